"""The engine's benchmark counts what differs from a peer, and goes on without a peer that cannot be had."""

import json
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from benchmarks.engine import DIFFERENT, INCOMPLETE, ending
from benchmarks.engine_cases import CAPITAL, CASES, FEE, decisions, sample_bars, write_cases
from benchmarks.engine_figures import swept_line, timed_line
from benchmarks.engine_parity import (
    Agreement,
    Compared,
    Ledger,
    compare,
    compare_cases,
    fingerprint,
    own_ledger,
    together,
)
from benchmarks.engine_peers import Peer, PeerFailed, ask, install
from benchmarks.engine_recorded import record
from benchmarks.engine_results import compare_works
from benchmarks.engine_works import Done, random_walk
from benchmarks.peers.exchange import HELD, TRADE, read_cases, timed
from benchmarks.table import Figure, print_beside

CASE = CASES[0]


def answered(ledger: Ledger, **held: list[float]) -> dict[str, Any]:
    """A ledger as a peer answers it."""
    trades = {name: column.tolist() for name, column in ledger.trades.items()}
    return {"final_equity": ledger.final_equity, "trades": trades, "held": {name: held.get(name, []) for name in HELD}}


def changed(ledger: Ledger, column: str, row: int, factor: float) -> Ledger:
    """The ledger with one number of one trade multiplied."""
    values = ledger.trades[column].astype(np.float64)
    values[row] *= factor
    return ledger._replace(trades=ledger.trades | {column: values})


def empty_wheel(folder: Path) -> Path:
    """A package without any module."""
    metadata = "nothing-1.0.dist-info"
    path = folder / "nothing-1.0-py3-none-any.whl"
    with ZipFile(path, "w") as wheel:
        wheel.writestr(f"{metadata}/METADATA", "Metadata-Version: 2.1\nName: nothing\nVersion: 1.0\n")
        wheel.writestr(f"{metadata}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{metadata}/RECORD", "")
    return path


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return own_ledger(CASE, "default")


def test_equal_ledgers_agree(ledger: Ledger) -> None:
    assert compare(ledger, ledger) == Agreement(trades=59, mismatches=0, difference=0.0)


@pytest.mark.parametrize("column", TRADE)
def test_a_trade_that_differs_is_a_mismatch(ledger: Ledger, column: str) -> None:
    assert compare(ledger, changed(ledger, column, 7, 2.0)).mismatches == 1


@pytest.mark.parametrize("column", ["entry_price", "exit_price", "units"])
def test_amounts_are_compared_to_the_tolerance(ledger: Ledger, column: str) -> None:
    assert compare(ledger, changed(ledger, column, 7, 1 + 1e-10)).mismatches == 0
    assert compare(ledger, changed(ledger, column, 7, 1 + 1e-8)).mismatches == 1


def test_a_trade_that_one_side_alone_has_is_a_mismatch(ledger: Ledger) -> None:
    shorter = ledger._replace(trades={name: column[:-2] for name, column in ledger.trades.items()})

    assert compare(ledger, shorter).mismatches == compare(shorter, ledger).mismatches == 2


@pytest.mark.parametrize("factor", [1 + 1e-8, np.nan])
def test_another_final_equity_is_a_mismatch(ledger: Ledger, factor: float) -> None:
    assert compare(ledger, ledger._replace(final_equity=ledger.final_equity * factor)).mismatches == 1


def test_a_position_left_open_costs_its_exit(ledger: Ledger) -> None:
    # the peer marks 10 units at the last close without a fee; leaving would cost 10 x close x fee
    marked = ledger._replace(final_equity=ledger.final_equity + 10 * float(sample_bars("AAPL").close[-1]) * FEE)

    assert compare_cases("raptorbt", {CASE.name: answered(marked, units=[10.0])}).mismatches == 0
    assert compare_cases("raptorbt", {CASE.name: answered(marked)}).mismatches == 1


def test_without_stops_every_profile_is_compared(ledger: Ledger) -> None:
    # default and vectorbt
    assert compare_cases("vectorbt", {CASE.name: answered(ledger)})[:3] == (2, 2 * 59, 0)


def test_comparisons_add_up() -> None:
    assert together([Agreement(5, 0, 1e-12), Agreement(7, 2, 1e-3)]) == Compared(2, 12, 2, 1e-3)
    assert together([]) == Compared(0, 0, 0, 0.0)


def test_timed_works_are_compared() -> None:
    done = {"w1": Done(1.0, [100.0, 200.0, 300.0], [1, 2, 3])}
    other = {"final_equity": [100.0, 200.1, 300.0], "trades": [1, 2, 4]}

    compared = compare_works(done, {"w1": other})

    assert compared[:3] == (3, 7, 2)
    assert compared.difference == pytest.approx(0.1 / 200.1)


def test_a_peer_that_left_backtests_out_is_noticed() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compare_works({"w1": Done(1.0, [100.0, 200.0], [1, 2])}, {"w1": {"final_equity": [100.0], "trades": [1]}})


@pytest.mark.parametrize(
    ("mismatches", "complete", "status"), [(0, True, 0), (0, False, INCOMPLETE), (1, True, DIFFERENT), (1, False, 1)]
)
def test_the_command_ends_with_what_it_found(mismatches: int, complete: bool, status: int) -> None:
    compared = {"same": Compared(1, 1, 0, 0.0), "other": Compared(1, 1, mismatches, 0.0)}

    assert ending(compared, complete=complete) == status


def test_a_package_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    missing = Peer("nothing", "nothing", (str(tmp_path / "nothing.whl"),), environments=tmp_path)

    with pytest.raises(PeerFailed, match=r"nothing\.whl|uv"):
        install(missing)

    assert not (missing.home / "requirements.txt").exists()


def test_an_environment_with_the_same_pins_is_used_again(tmp_path: Path) -> None:
    peer = Peer("nothing", "nothing", (str(empty_wheel(tmp_path)),), environments=tmp_path)
    install(peer)
    mark = peer.home / "mark"
    mark.touch()

    install(peer)
    assert mark.exists()

    (peer.home / "requirements.txt").write_text("something else")
    install(peer)
    assert not mark.exists()


def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    peer = Peer("nothing", "nothing", (), environments=tmp_path)
    peer.python.parent.mkdir(parents=True)
    peer.python.symlink_to(sys.executable)

    with pytest.raises(PeerFailed, match=r"No module named benchmarks\.peers\.nothing_times"):
        ask(peer, "times", tmp_path)


def test_cases_reach_a_peer_as_they_are(tmp_path: Path) -> None:
    write_cases(tmp_path)
    cases = {case.name: case for case in read_cases(tmp_path)}

    assert list(cases) == [case.name for case in CASES]
    for wanted in CASES:
        case = cases[wanted.name]
        assert (case.stop, case.target, case.capital, case.fee) == (wanted.stop, wanted.target, CAPITAL, FEE)
        np.testing.assert_array_equal(case.prices["open"], sample_bars(wanted.symbol).open)
        signals = decisions(wanted.symbol, wanted.strategy)
        np.testing.assert_array_equal(case.decisions["short_entry"], signals.short_entry)


def test_what_is_recorded_is_what_the_peer_answered(tmp_path: Path, ledger: Ledger) -> None:
    record({"vectorbt": {CASE.name: answered(ledger)}}, "2026-01-02", tmp_path)

    kept = json.loads((tmp_path / "vectorbt.json").read_text())
    assert kept["cases"] == {CASE.name: fingerprint(ledger)}
    assert kept["provenance"]["recorded"] == "2026-01-02"
    assert [path.name for path in tmp_path.iterdir()] == ["vectorbt.json"]


@pytest.mark.parametrize("column", TRADE)
def test_a_fingerprint_tells_trades_apart(ledger: Ledger, column: str) -> None:
    other, same = fingerprint(changed(ledger, column, 7, 2.0)), fingerprint(ledger)

    assert [name for name in same if other[name] != same[name]] == [column if column in same else "bars"]


def test_a_fingerprint_tells_exchanged_trades_apart(ledger: Ledger) -> None:
    backwards = {name: column[::-1] for name, column in ledger.trades.items()}

    assert fingerprint(ledger._replace(trades=backwards))["entry_price"] != fingerprint(ledger)["entry_price"]


def test_ratios_say_how_many_times_as_fast() -> None:
    # 10 us beside 30 us: 3 times as fast; 1,000/s beside 500/s: twice as fast
    assert Figure("a", "", 10.0, "us", beside={"other": 30.0}).times_as_fast_as("other") == 3.0
    assert Figure("a", "", 1000.0, "/s", more_is_better=True, beside={"other": 500.0}).times_as_fast_as("other") == 2.0
    assert Figure("a", "", 10.0, "us").times_as_fast_as("other") is None


def test_the_table_has_a_column_for_each_and_the_ratios_last(capsys: pytest.CaptureFixture[str]) -> None:
    figures = [Figure("a", "work", 50.0, "us", 40.0, beside={"one": 150.0}), Figure("b", "more", 1.0, "s", 2.0)]

    print_beside("Title", "Own", ["one", "two"], figures)

    assert capsys.readouterr().out.splitlines()[2:] == [
        "| work | unit | Own | wanted | one | two | x one | x two |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
        "| work | us | 50 | <= 40, **missed** | 150 |  | 3 |  |",
        "| more | s | 1 | <= 2 |  |  |  |  |",
    ]


ANSWER: Mapping[str, Any] = {"seconds": 2e-3, "trades": [1] * 4}


def test_a_line_takes_what_peers_answered() -> None:
    single = timed_line("w1", Done(1e-3, [], []), {"one": {"w1": ANSWER}, "two": {}})
    many = swept_line("sweep", Done(1e-3, [], [1] * 8), {"one": {"sweep_some": ANSWER}, "two": {"sweep": ANSWER}})

    assert (single.value, single.beside) == (1e3, {"one": 2e3})
    # 8 in a millisecond here, 4 in two there
    assert (many.value, many.beside) == (8_000, {"one": 2_000, "two": 2_000})


def test_random_walks_are_the_same_everywhere() -> None:
    first, again, other = random_walk(50, 0.01, 1), random_walk(50, 0.01, 1), random_walk(50, 0.01, 2)

    np.testing.assert_array_equal(first.close, again.close)
    assert not np.array_equal(first.close, other.close)


def test_the_best_of_several_runs_counts() -> None:
    calls = count(1)

    seconds, last = timed(lambda: next(calls), budget=0.0, least=4)

    assert last == 4
    assert seconds > 0
