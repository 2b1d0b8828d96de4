"""The compiled pass against the reference, over generated bars, decisions, rules and costs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution
from backend.domain.results import EXIT_REASONS
from backend.domain.signals import Signals
from backend.domain.spec import Risk, Sizing
from backend.engine.simulation import Rules, simulate
from tests.engine.simulation.reference import Reference
from tests.samples import make_bars

MOVES = (0.5, 0.8, 0.97, 0.99, 1.0, 1.0, 1.01, 1.03, 1.25, 2.0)
"""Few and coarse, so that prices touch levels exactly and gaps jump over them."""
FAR = (1.0, 1.0, 1.01, 1.02, 1.3)
DISTANCES = (0.01, 0.05, 0.2, 0.5)


@st.composite
def bar_lists(draw: st.DrawFn) -> Bars:
    rows, price = [], 100.0
    for _ in range(draw(st.integers(1, 45))):
        gap, move, up, down = (draw(st.sampled_from(x)) for x in (MOVES, MOVES, FAR, FAR))
        opened = min(max(price * gap, 1.0), 1e4)
        price = min(max(opened * move, 1.0), 1e4)
        rows.append([opened, max(opened, price) * up, min(opened, price) / down, price])
    ratios = st.sampled_from(([1.0], [0.5, 1.0], [0.37, 0.61, 4.0]))
    adjustment = np.resize(np.array(draw(ratios)), len(rows))
    return replace(make_bars(rows), adjustment=adjustment)


@st.composite
def decisions(draw: st.DrawFn, bars: Bars) -> Signals:
    often = st.sampled_from((*(0,) * 24, 1, 1, 1, 1, 2, 4, 4, 4, 4, 8, 5, 6, 9, 10, 3, 12, 15))
    bits = np.array(draw(st.lists(often, min_size=len(bars), max_size=len(bars))))
    return Signals(*(bits & bit != 0 for bit in (1, 2, 4, 8)))


@st.composite
def rule_sets(draw: st.DrawFn) -> Rules:
    distance = st.none() | st.sampled_from(DISTANCES)
    risk = Risk(
        stop_loss=draw(distance),
        take_profit=draw(distance),
        trailing_stop=draw(distance),
        max_holding_bars=draw(st.none() | st.integers(1, 6)),
    )
    kinds = ["fraction", "volatility_target"] + (["risk_per_trade"] if risk.stop_loss else [])
    return Rules(Sizing(kind=draw(st.sampled_from(kinds)), value=draw(st.sampled_from((0.02, 0.3, 1.0)))), risk)


executions = st.builds(
    Execution,
    capital=st.sampled_from((50.0, 1e3, 1e6)),
    costs=st.builds(
        Costs,
        commission_rate=st.sampled_from((0.0, 0.001, 0.1)),
        commission_fixed=st.sampled_from((0.0, 1.0, 60.0)),
        slippage=st.sampled_from((0.0, 0.001, 0.1)),
    ),
    whole_shares=st.booleans(),
    profile=st.sampled_from(("default", "backtesting", "vectorbt")),
    borrow_rate=st.sampled_from((0.0, 0.0, 0.05, 0.9)),
    interest_rate=st.sampled_from((0.0, 0.0, 0.03, 0.9)),
)


@pytest.mark.slow
@settings(max_examples=400)
@given(st.data(), bar_lists(), rule_sets(), executions)
def test_agrees_with_the_reference(data: st.DataObject, bars: Bars, rules: Rules, execution: Execution) -> None:
    signals = data.draw(decisions(bars))
    first = data.draw(st.integers(0, len(bars) - 1))
    stop = data.draw(st.integers(first + 1, len(bars)))

    simulation = simulate(bars, signals, rules, execution, slice(first, stop))

    expected = Reference(bars, signals, rules, execution, first, stop).play()
    scale = float(np.abs(expected.equity).max())
    assert simulation.equity == pytest.approx(expected.equity, rel=1e-9, abs=1e-9 * scale)
    assert len(simulation.positions) == len(expected.positions)
    assert simulation.trade_count == sum(position.reason is not None for position in expected.positions)
    assert simulation.unfilled == expected.unfilled
    assert simulation.bars_held == sum(len(position.closes) for position in expected.positions)
    assert simulation.interest_earned == pytest.approx(expected.interest, rel=1e-9, abs=1e-9 * scale)
    borrowed = sum(position.borrowed for position in expected.positions)
    assert simulation.borrow_paid == pytest.approx(borrowed, rel=1e-9, abs=1e-9 * scale)
    earned = simulation.positions["pnl"].sum() + simulation.interest_earned
    assert simulation.equity[-1] - execution.capital == pytest.approx(earned, rel=1e-9, abs=1e-9 * scale)
    for got, want in zip(simulation.positions, expected.positions, strict=True):
        assert got["side"] == (1 if want.side == "long" else -1)
        assert got["entry_bar"] == want.entry_bar - first
        assert got["exit_bar"] == (stop if want.exit_bar is None else want.exit_bar) - first
        assert (EXIT_REASONS[got["reason"]] if got["reason"] >= 0 else None) == want.reason
        for name in ("units", "entry_price", "exit_price", "paid_in", "costs"):
            assert got[name] == pytest.approx(getattr(want, name), rel=1e-9), name
        assert got["pnl"] == pytest.approx(want.pnl, rel=1e-9, abs=1e-9 * scale)
