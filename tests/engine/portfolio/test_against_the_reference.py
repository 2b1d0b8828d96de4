"""The compiled pass over a portfolio against the plain one, over generated books, rules, rotations and executions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.results import EXIT_REASONS
from backend.engine.portfolio import PortfolioSimulation, RotationRules, simulate_portfolio
from backend.engine.simulation import Rules
from tests.engine.portfolio.generated import books, executions, rotations, rule_sets
from tests.engine.portfolio.reference import Position, Reference


@pytest.mark.slow
@settings(max_examples=100)
@given(st.data(), rule_sets())
def test_decisions_agree_with_the_reference(data: st.DataObject, rules: Rules) -> None:
    made = data.draw(books(rotating=False).filter(bool))
    execution = data.draw(executions(len(made)))

    assert_equal(simulate_portfolio(made, rules, execution), Reference(made, rules, execution).play())


@pytest.mark.slow
@settings(max_examples=100)
@given(st.data(), rule_sets(), rotations)
def test_rotations_agree_with_the_reference(data: st.DataObject, rules: Rules, rotation: RotationRules) -> None:
    made = data.draw(books(rotating=True).filter(bool))
    execution = data.draw(executions(len(made)))

    got = simulate_portfolio(made, rules, execution, rotation)

    assert_equal(got, Reference(made, rules, execution, rotation).play())


def assert_equal(got: PortfolioSimulation, want: Reference) -> None:
    scale = max(float(np.abs(want.equity).max()), want.execution.capital)
    assert got.end.tolist() == want.moments
    assert (got.slots, got.unfilled, got.crowded_out) == (want.slots, want.unfilled, want.crowded_out)
    assert got.equity == pytest.approx(want.equity, rel=1e-9, abs=1e-9 * scale)
    values = got.weights.T * got.equity[:, np.newaxis]
    assert values == pytest.approx(np.array(want.values), rel=1e-9, abs=1e-9 * scale)
    assert got.exposure == pytest.approx(values.sum(axis=1), rel=1e-9, abs=1e-9 * scale)
    assert got.bars_held == sum(any(row) for row in want.values)
    assert got.financing.interest_earned == pytest.approx(want.interest, rel=1e-9, abs=1e-9 * scale)
    assert got.financing.borrow_paid == pytest.approx(want.borrowed, rel=1e-9, abs=1e-9 * scale)
    positions = want.closed + want.open
    assert got.trade_count == len(want.closed)
    assert len(got.positions) == len(positions)
    for row, position in zip(got.positions, positions, strict=True):
        assert_same(row, position, len(want.moments), scale)
    held = [t.bars_held for t in got.trades()] + [p.bars_held for p in got.open_positions()]
    assert held == [len(p.closes) for p in positions]


def assert_same(got: np.void, want: Position, moments: int, scale: float) -> None:
    left = moments if want.exit is None else want.exit
    assert (got["symbol"], got["side"], got["entry_bar"], got["exit_bar"]) == (want.symbol, want.sign, want.entry, left)
    assert (EXIT_REASONS[got["reason"]] if got["reason"] >= 0 else None) == want.reason
    for name in ("units", "entry_price", "exit_price", "paid_in", "costs"):
        assert got[name] == pytest.approx(getattr(want, name), rel=1e-9), name
    assert got["pnl"] == pytest.approx(want.pnl, rel=1e-9, abs=1e-9 * scale)
