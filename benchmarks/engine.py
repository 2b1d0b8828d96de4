"""Times this engine beside its peers and compares their trades: ``python -m benchmarks.engine``.

It builds an environment for each peer under ``.peers`` (once), hands all of them the same bars, and ends with 1 when a
result differs and with 2 when a peer could not be asked. ``--record`` keeps the trades of the peers for the tests.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.engine_cases import write_cases
from benchmarks.engine_cold import own_cold_seconds, peer_cold_seconds
from benchmarks.engine_figures import figures
from benchmarks.engine_parity import PROFILES, Compared, compare_cases
from benchmarks.engine_peers import PEERS, Peer, PeerFailed, ask, install
from benchmarks.engine_recorded import record
from benchmarks.engine_results import compare_works
from benchmarks.engine_works import Done, Works
from benchmarks.table import Figure, print_beside, short

DIFFERENT, INCOMPLETE = 1, 2
"""How the command ends when a result differs, and when a peer is missing."""
WANTED_RATIOS = {"raptorbt": 3.0, "vectorbt": 300.0}
"""How many times as fast as a peer the first work is wanted."""

Answers = dict[str, dict[str, Any]]
"""What each peer answered, by its name and then by work or case."""


def main() -> int:
    """Measure, compare, print both tables."""
    options = _options()
    with TemporaryDirectory() as temporary:
        folder, works = Path(temporary), Works()
        works.write(folder)
        write_cases(folder)
        peers = list(_installed())
        done = works.done()
        own_cold = own_cold_seconds()
        times, cases, cold = _asked(peers, folder)
    table = figures(works, done, own_cold, times, cold)
    _print_times(table, options.date, [peer.name for peer in peers])
    _print_calls(times)
    compared = _compared(done, times, cases)
    _print_agreement(compared)
    if options.record:
        record(cases, options.date)
    return ending(compared, complete=len(times) == len(PEERS))


def ending(compared: Mapping[str, Compared], *, complete: bool) -> int:
    """How the command ends: a result that differs counts more than a peer that is missing."""
    if any(each.mismatches for each in compared.values()):
        return DIFFERENT
    return 0 if complete else INCOMPLETE


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description="Engine beside its peers.")
    parser.add_argument("--record", action="store_true", help="keep the trades of the peers as golden figures")
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat(), help="the date to print and to record")
    return parser.parse_args()


def _installed() -> Iterator[Peer]:
    """The peers that can be had here; the others are named."""
    for peer in PEERS:
        try:
            install(peer)
        except PeerFailed as failed:
            print(f"{peer.name} is left out: {failed}", file=sys.stderr)
        else:
            yield peer


def _asked(peers: list[Peer], folder: Path) -> tuple[Answers, Answers, dict[str, float]]:
    """Times and outcomes of each peer and the CPU seconds of its cold start; one that fails is named and left out."""
    times: Answers = {}
    cases: Answers = {}
    cold: dict[str, float] = {}
    for peer in peers:
        try:
            times[peer.name] = ask(peer, "times", folder)
            if peer.name in PROFILES:
                cases[peer.name] = ask(peer, "trades", folder)
            cold[peer.name] = peer_cold_seconds(peer, folder)
        except PeerFailed as failed:
            print(f"{peer.name} is left out: {failed}", file=sys.stderr)
            times.pop(peer.name, None)
    return times, cases, cold


def _compared(done: Mapping[str, Done], times: Answers, cases: Answers) -> dict[str, Compared]:
    """What was compared with each peer: the timed works, and the cases trade for trade."""
    works = {f"{peer}, timed works": compare_works(done, answers) for peer, answers in times.items()}
    trades = {f"{peer}, trade for trade": compare_cases(peer, outcomes) for peer, outcomes in cases.items()}
    return trades | works


def _print_times(table: list[Figure], date: str, peers: list[str]) -> None:
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}"
    )
    versions = ", ".join(requirement.replace("==", " ") for peer in PEERS for requirement in peer.requirements[:1])
    print_beside(f"Engine beside its peers, best of runs; {machine}, {date}; {versions}", "Backproof", peers, table)
    for peer, wanted in WANTED_RATIOS.items():
        ratio = table[0].times_as_fast_as(peer)
        if ratio is not None:
            print(f"\n{short(ratio)} times as fast as {peer} at the first work, wanted {wanted:g}", end="")
    print()


def _print_calls(times: Answers) -> None:
    """Say what of each peer was timed."""
    print("\nWhat was timed, warm:\n")
    for peer, answers in times.items():
        calls = dict.fromkeys(answer["call"] for answer in answers.values())
        print(f"- {peer}: {'; '.join(calls)}")


def _print_agreement(compared: Mapping[str, Compared]) -> None:
    print("\nBars are compared exactly, prices, units, profits and final equity to 1e-9\n")
    print(
        "| peer | backtests | closed trades | mismatches | largest difference of final equity |\n|---|--:|--:|--:|--:|"
    )
    for name, each in compared.items():
        print(f"| {name} | {each.runs:,} | {each.trades:,} | {each.mismatches} | {each.difference:.1e} |")


if __name__ == "__main__":
    sys.exit(main())
