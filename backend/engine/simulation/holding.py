"""One position from its entry bar to its exit; only a running backtest imports it, for numba."""

from typing import Any, NamedTuple

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import compiled
from backend.engine.simulation.fills import charge_borrow, interest_on
from backend.engine.simulation.orders import LEAVE_LONG, LEAVE_SHORT, STRIDE, next_order
from backend.engine.simulation.records import LIQUIDATION, OPEN, SIGNAL, TIME, VECTORBT
from backend.engine.simulation.stops import Levels, level_reference, levels_at, touched


class Course(NamedTuple):
    """The simulated bars with what is ordered at their opens and what is owned at their closes; shape (N,) each."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adjustment: Floats
    """Adjusted over raw price."""
    orders: Any
    """Bits for the open of each bar, ``uint8``; those that an exit used up are erased."""
    equity: Floats
    """Filled by the simulation."""


class Ending(NamedTuple):
    """How a position ended, before the fill of its exit."""

    bar: int
    """Of the exit; the number of bars when there is none."""
    reference: float
    """Price of the exit before slippage."""
    reason: int
    cash: float
    interest: float
    borrow: float


@compiled(inline=True)
def _skip_untouched(course: Course, levels: Levels, bar: int, stop: int) -> int:
    """Start of the first stretch of bars in which fixed levels are touched, or of the last that is too short."""
    opens, adverse, favourable, side = course.open, course.low, course.high, levels.side
    if side < 0.0:
        adverse, favourable = course.high, course.low
    while bar + STRIDE <= stop:
        stride, touches = slice(bar, bar + STRIDE), False
        worst, best, opened = adverse[stride], favourable[stride], opens[stride]
        for row in range(STRIDE):
            stopped = side * worst[row] <= levels.stop
            touches |= stopped | (side * best[row] >= levels.target) | (side * opened[row] >= levels.target)
        if touches:
            break
        bar += STRIDE
    return bar


@compiled(inline=True)
def _first_touch(course: Course, terms: Any, levels: Levels, entered: int, late: int, stop: int) -> Any:
    """Bar, price and reason of the first stop or target filled before the bar ``stop``; ``OPEN`` without one."""
    best, first = levels.start, entered + late
    if terms.trailing_stop < np.inf:
        for bar in range(entered, stop):
            if bar >= first:
                reason, price = touched(terms, levels, best, course.open[bar], course.high[bar], course.low[bar])
                if reason != OPEN:
                    return bar, price, reason
            best = max(best, levels.side * course.close[bar])
    elif terms.stop_loss < np.inf or terms.take_profit < np.inf:
        for bar in range(_skip_untouched(course, levels, first, stop), stop):
            reason, price = touched(terms, levels, best, course.open[bar], course.high[bar], course.low[bar])
            if reason != OPEN:
                return bar, price, reason
    return stop, course.close[-1], OPEN


@compiled()
def _ruin(equity: Floats, bar: int, stop: int) -> int:
    """The first bar from ``bar`` on that closes with nothing or less; ``stop`` when none does."""
    while bar < stop and equity[bar] > 0.0:
        bar += 1
    return bar


@compiled(inline=True)
def _mark(course: Course, terms: Any, position: Any, stop: int, cash: float) -> Any:
    """Write the equity of each close from the entry up to the bar ``stop``, or to the one that leaves nothing.

    Returns:
        That bar, the cash at it, interest earned and fees for borrowing.
    """
    entered, units, interest, borrow = position.entry_bar, position.side * position.units, 0.0, 0.0
    if terms.interest_per_bar == 0.0 and (units > 0.0 or terms.borrow_per_bar == 0.0):
        equity, closes = course.equity[entered:stop], course.close[entered:stop]
        for row in range(equity.size):
            equity[row] = cash + units * closes[row]
        return (stop if units > 0.0 else _ruin(course.equity, entered, stop)), cash, interest, borrow
    for bar in range(entered, stop):
        close = course.close[bar]
        fee = charge_borrow(position, terms, close)
        cash -= fee
        borrow += fee
        if cash + units * close <= 0.0:
            return bar, cash, interest, borrow
        earned = interest_on(terms, cash + min(units, 0.0) * close)
        cash += earned
        interest += earned
        course.equity[bar] = cash + units * close
    return stop, cash, interest, borrow


@compiled(inline=True)
def hold(course: Course, terms: Any, position: Any, signal_close: float, cash: float) -> Ending:
    """Carry a position from its entry bar to its exit, writing the equity of each close in between.

    Args:
        course: the simulated bars.
        terms: a row of ``TERMS``.
        position: entered at the bar that it names.
        signal_close: the close before its entry.
        cash: after the entry.
    """
    bars, entered, side = course.equity.size, position.entry_bar, float(position.side)
    ordered = next_order(course.orders, entered, LEAVE_LONG if side > 0.0 else LEAVE_SHORT)
    left = min(ordered, entered + min(terms.max_holding_bars, bars))
    late = 1 if terms.profile == VECTORBT else 0  # stops wait a bar, and then come before the order of the same open
    levels = levels_at(terms, side, level_reference(terms, position.entry_price, signal_close))
    bar, reference, reason = _first_touch(course, terms, levels, entered, late, min(left + late, bars))
    if reason == OPEN:
        bar = left
        if left < bars:
            reference, reason = course.open[left], SIGNAL if left == ordered else TIME
    held, cash, interest, borrow = _mark(course, terms, position, bar, cash)
    if held < bar:
        return Ending(held, course.close[held], LIQUIDATION, cash, interest, borrow)
    return Ending(bar, reference, reason, cash, interest, borrow)
