"""Golden figures of a moving average cross on AAPL, on which three other backtesters agree.

Provenance: bokeh-sampledata 2026.1, AAPL daily 2000-03-01..2013-03-01, prices scaled by adj_close / close. The same
rule with fills at the next open, all-in, commission 0.001 per side, no slippage, start cash 1,000,000 gives 59 closed
trades and a final equity of 8,808,290.521124745 in backtesting.py (FractionalBacktest), vectorbt (signals shifted by
one, price = open) and raptorbt, to 6e-12 relative.
"""

import math

import numpy as np
import pytest

from backend.domain.arrays import Bools, Floats
from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution
from backend.domain.signals import Signals
from backend.engine.metrics import measure
from backend.engine.simulation import Rules, simulate
from tests.samples import aapl_bars

EXECUTION = Execution(capital=1_000_000, costs=Costs(commission_rate=0.001, slippage=0))


def mean_of_last(close: Floats, window: int) -> Floats:
    """Exactly rounded sums, so that no tie between two means is decided by drift."""
    closes = close.tolist()
    sums = [math.fsum(closes[bar + 1 - window : bar + 1]) for bar in range(window - 1, len(closes))]
    return np.array([math.nan] * (window - 1) + sums) / window


def crosses_above(a: Floats, b: Floats) -> Bools:
    crossed = np.zeros(a.size, dtype=np.bool_)
    crossed[1:] = (a[1:] > b[1:]) & (a[:-1] <= b[:-1])
    return crossed


def cross_signals(bars: Bars) -> Signals:
    fast, slow = mean_of_last(bars.close, 10), mean_of_last(bars.close, 30)
    never = np.zeros(len(bars), dtype=np.bool_)
    return Signals(crosses_above(fast, slow), crosses_above(slow, fast), never, never)


def test_moving_average_cross() -> None:
    bars = aapl_bars()

    simulation = simulate(bars, cross_signals(bars), Rules(), EXECUTION, slice(0, len(bars)))

    assert simulation.trade_count == 59
    assert simulation.open_positions() == ()
    assert simulation.equity[-1] == pytest.approx(8_808_290.521124745, rel=1e-9)
    assert measure(simulation, 252).final_equity == simulation.equity[-1]


def test_trades_add_up_to_the_final_equity() -> None:
    bars = aapl_bars()

    trades = simulate(bars, cross_signals(bars), Rules(), EXECUTION, slice(0, len(bars))).trades()

    assert 1e6 + math.fsum(t.pnl for t in trades) == pytest.approx(8_808_290.521124745, rel=1e-9)
    # all-in, each trade puts in everything: the returns compound to the same figure
    assert 1e6 * math.prod(1 + t.return_ for t in trades) == pytest.approx(8_808_290.521124745, rel=1e-9)
