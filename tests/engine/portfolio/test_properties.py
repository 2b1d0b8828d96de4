"""What holds for any portfolio: money adds up, cash lasts, slots are kept, and nothing knows the future."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.arrays import Instants
from backend.engine.portfolio import Book, PortfolioSimulation, RotationRules, simulate_portfolio
from backend.engine.simulation import Rules
from tests.engine.portfolio.generated import books, executions, rotations, rule_sets

pytestmark = pytest.mark.slow


@settings(max_examples=50)
@given(st.data(), rule_sets(), st.none() | rotations)
def test_profits_and_interest_are_what_the_equity_grew_by(
    data: st.DataObject, rules: Rules, rotation: RotationRules | None
) -> None:
    made = data.draw(books(rotating=rotation is not None).filter(bool))
    execution = data.draw(executions(len(made)))

    simulation = simulate_portfolio(made, rules, execution, rotation)

    grown = simulation.equity[-1] - execution.capital
    total = simulation.positions["pnl"].sum() + simulation.financing.interest_earned
    assert total == pytest.approx(grown, rel=1e-9, abs=1e-9 * np.abs(simulation.equity).max())


@settings(max_examples=50)
@given(st.data(), rule_sets(), rotations)
def test_long_positions_are_paid_in_cash_and_stay_within_their_slots(
    data: st.DataObject, rules: Rules, rotation: RotationRules
) -> None:
    made = data.draw(books(rotating=True).filter(bool))
    execution = data.draw(executions(len(made)))
    execution = execution.model_copy(
        update={"costs": execution.costs.model_copy(update={"commission_fixed": 0.0})}  # owed also by a worthless sale
    )

    simulation = simulate_portfolio(made, rules, execution, rotation)

    cash = (simulation.equity - simulation.exposure)[:-1]  # the last one is after the cost of leaving
    assert (cash >= -1e-9 * execution.capital).all()
    assert (np.count_nonzero(simulation.weights, axis=0) <= simulation.slots).all()


@settings(max_examples=50)
@given(st.data(), rule_sets(), st.none() | rotations)
def test_the_future_of_no_symbol_changes_the_past(
    data: st.DataObject, rules: Rules, rotation: RotationRules | None
) -> None:
    made = data.draw(books(rotating=rotation is not None).filter(bool))
    execution = data.draw(executions(len(made)))
    before = simulate_portfolio(made, rules, execution, rotation)
    known = data.draw(st.integers(1, max(1, before.end.size - 1)))

    after = simulate_portfolio(
        [changed_after(book, before.end[known - 1]) for book in made], rules, execution, rotation
    )

    assert past(after, known) == past(before, known)


def changed_after(book: Book, moment: Instants) -> Book:
    """Other prices, decisions and ranks from the bar on that ends after ``moment``."""
    later = book.bars.end > moment
    factor = np.where(later, 1.7, 1.0)
    prices = {name: getattr(book.bars, name) * factor for name in ("open", "high", "low", "close")}
    bars = replace(book.bars, **prices, adjustment=np.where(later, 0.3, book.bars.adjustment))
    decided = {name: getattr(book.signals, name) ^ later for name in ("long_entry", "long_exit")}
    rank = None if book.rank is None else np.where(later, -book.rank, book.rank)
    return Book(bars, replace(book.signals, **decided), book.rows, rank)


def past(simulation: PortfolioSimulation, known: int) -> list[bytes]:
    """All that has happened in the first moments; the very last close, which also marks the end, left out."""
    if simulation.end.size == known:
        known -= 1
    rows = np.sort(simulation.positions, order=["entry_bar", "symbol"])
    entered, left = rows[rows["entry_bar"] < known], rows[rows["exit_bar"] < known]
    entries = [entered[name] for name in ("symbol", "side", "entry_bar", "units", "entry_price", "paid_in")]
    return [x.tobytes() for x in (simulation.equity[:known], simulation.exposure[:known], *entries, left)]
