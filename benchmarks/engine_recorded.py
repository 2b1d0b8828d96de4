"""Keeps what the peers answered as small golden figures that tests compare with, no peer being installed there."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.engine_cases import CAPITAL, CASES, FEE, SYMBOLS
from benchmarks.engine_parity import fingerprint, peer_ledger
from benchmarks.engine_peers import PEERS, ROOT

GOLDEN = ROOT / "tests" / "golden" / "peers"
FULL = "AAPL, cross, long and short, stop 5%, target 10%"
"""The case of which every trade is kept, for people to read."""


def record(cases: Mapping[str, Mapping[str, Any]], date: str, folder: Path = GOLDEN) -> None:
    """Write a file for each peer: where its numbers come from, and a fingerprint of each case."""
    folder.mkdir(exist_ok=True)
    for peer, outcomes in ((peer, cases[peer.name]) for peer in PEERS if peer.name in cases):
        provenance = {
            "packages": peer.requirements,
            "data": f"bokeh-sampledata 2026.1: all daily bars of {', '.join(SYMBOLS)}, scaled by adj_close / close",
            "terms": f"capital {CAPITAL:,.0f}, all-in, commission {FEE} per side, no slippage",
            "recorded": date,
            "command": "python -m benchmarks.engine --record",
        }
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(figures)}" for name, figures in _figures(outcomes))
        text = f'{{"provenance": {json.dumps(provenance, indent=2)},\n"cases": {{\n{lines}\n}}}}\n'
        (folder / f"{peer.key}.json").write_text(text)


def _figures(outcomes: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and figures of each case that the peer could trade."""
    for case in CASES:
        if case.name in outcomes:
            kept = fingerprint(peer_ledger(case, outcomes[case.name]))
            columns = {"columns": outcomes[case.name]["trades"]} if case.name == FULL else {}
            yield case.name, kept | columns
