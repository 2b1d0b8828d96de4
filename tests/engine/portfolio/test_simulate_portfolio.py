"""What a portfolio refuses, promises and loads."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.timeframes import Timeframe
from backend.engine.metrics import measure
from backend.engine.portfolio import Book, RotationRules, refuse_unaffordable_portfolio, simulate_portfolio
from backend.engine.simulation import Rules
from tests.conftest import ROOT
from tests.engine.portfolio.scenarios import book, play
from tests.engine.simulation.scenarios import signals

A, B = book("A", [10, 11, 12], long_entry=[0]), book("B", [5, 6, 7], long_entry=[1])
RANKED = book("A", [10, 11, 12], rank=[1, 2, 3])
ROTATION = RotationRules(top=1, every=1)


@pytest.mark.parametrize(
    ("books", "rotation", "message"),
    [
        ([], None, "no symbol to trade"),
        ([A, B, A], None, "A is named more than once"),
        ([A, replace(B, rows=slice(3, 3))], None, "B has no bars in the period"),
        ([A, replace(B, rows=slice(0, 4))], None, "not a stretch of the 3 bars of B"),
        ([A, replace(B, rows=slice(0, 2))], None, "rows of B leave out bars that end between 2020-01-01T21:00:00Z"),
        ([A, replace(B, rows=slice(1, 3))], None, "rows of B leave out bars"),
        ([A, replace(B, signals=signals(book("C", [1, 2]).bars))], None, "for each of the 3 bars of B"),
        ([A, replace(B, bars=replace(B.bars, timeframe=Timeframe.HOUR))], None, "B are of 1h, those of A of 1d"),
        ([RANKED], None, "A has a rank without a rotation"),
        ([RANKED, B], ROTATION, "B has no rank to rotate by"),
        ([replace(RANKED, rank=np.ones(2))], ROTATION, "ranks are not one value for each of the 3 bars of A"),
        ([replace(RANKED, signals=signals(RANKED.bars, short_entry=[1]))], ROTATION, "A has short decisions"),
    ],
)
def test_books_that_do_not_go_together_are_refused(
    books: Sequence[Book], rotation: RotationRules | None, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        simulate_portfolio(books, Rules(), Execution(), rotation)


def test_more_positions_than_symbols_are_refused() -> None:
    with pytest.raises(InvalidInput, match="max_positions is 3, but there are only 2 symbols") as refusal:
        play(A, B, max_positions=3)
    assert refusal.value.hint == "set max_positions to 2 or less"


def test_a_capital_that_buys_no_share_of_any_symbol_is_refused() -> None:
    execution = Execution(capital=9, whole_shares=True)
    simulation = simulate_portfolio([A, B], Rules(), execution)

    # 4.5 for each; B costs 5 at the least, A 10
    with pytest.raises(InvalidInput, match=r"capital of 9, spread over 2 positions, .* cheapest, B, cost 5\.00"):
        refuse_unaffordable_portfolio(simulation, execution)
    assert simulation.unfilled == 2


def test_a_capital_that_bought_something_is_not_refused() -> None:
    execution = Execution(capital=15, whole_shares=True)
    simulation = simulate_portfolio([A, B], Rules(), execution)

    refuse_unaffordable_portfolio(simulation, execution)

    assert (simulation.unfilled, len(simulation.positions)) == (1, 1)


def test_without_an_entry_nothing_is_refused() -> None:
    execution = Execution(capital=1, whole_shares=True)
    simulation = simulate_portfolio([book("A", [10, 11])], Rules(), execution)

    refuse_unaffordable_portfolio(simulation, execution)

    assert (simulation.unfilled, len(simulation.positions)) == (0, 0)


def test_a_portfolio_is_measured_like_a_single_symbol() -> None:
    simulation = play(A, B)

    metrics = measure(simulation, 252)

    # 500 of A from 11, still held at 12; 500 of B bought at 7: 500 x 12 / 11 + 500
    assert metrics.final_equity == pytest.approx(500 * 12 / 11 + 500)
    assert metrics.exposure == pytest.approx(2 / 3)
    # held evenly: half at 10 -> 12, half at 5 -> 7
    assert metrics.benchmark_return == pytest.approx((1.2 + 1.4) / 2 - 1)
    assert metrics.trades == 0
    assert metrics.costs_paid == simulation.costs_paid == 0


def test_a_rotation_changes_neither_books_nor_results_when_repeated() -> None:
    books = [book(s, [10, 11, 9, 12, 8], rank=r) for s, r in (("A", [1, 2, 1, 2, 1]), ("B", [2, 1, 2, 1, 2]))]

    first, second = (play(*books, rotation=ROTATION, max_positions=1) for _ in range(2))

    assert first.equity.tobytes() == second.equity.tobytes()
    assert first.positions.tobytes() == second.positions.tobytes()
    assert first.trade_count == 3


def test_results_cannot_be_written_to() -> None:
    simulation = play(A, B)
    arrays = ("equity", "exposure", "returns", "weight", "weights", "benchmark", "positions", "end", "session")

    for name in arrays:
        assert not getattr(simulation, name).flags.writeable, name


def test_importing_a_portfolio_loads_no_numba() -> None:
    program = "import sys, backend.engine.portfolio; sys.exit('numba' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
