"""Market orders that wait for the open of each bar; it imports numba, so only a running backtest imports it."""

from typing import Any

import numpy as np

from backend.engine.kernel import compiled

ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT = 1, 2, 4, 8
STRIDE = 16
"""Bars that are looked through at once: few enough to stop soon, enough for the vector units."""


@compiled()
def market_orders(signals: Any, first: int, bars: int) -> Any:
    """Market orders that wait for the open of each bar, as bits; shape (bars,).

    An entry needs its own side alone, without its own exit; a valid entry also ends a position of the other side.

    Args:
        signals: long entry and exit, short entry and exit of all bars, shape (T,) each.
        first: the bar that the first order may fill on.
        bars: how many bars from there.
    """
    undecided = 1 if first == 0 else 0  # no close comes before the very first bar
    decided = slice(first + undecided - 1, first + bars - 1)  # the one place where a decision meets the bar it fills on
    enter_longs, leave_longs = signals[0][decided], signals[1][decided]
    enter_shorts, leave_shorts = signals[2][decided], signals[3][decided]
    orders = np.zeros(bars, np.uint8)
    filled = orders[undecided:]
    for row in range(filled.size):
        enter_long = enter_longs[row] & (not leave_longs[row]) & (not enter_shorts[row])
        enter_short = enter_shorts[row] & (not leave_shorts[row]) & (not enter_longs[row])
        enter = np.uint8(enter_long) * ENTER_LONG | np.uint8(enter_short) * ENTER_SHORT
        leave_long, leave_short = leave_longs[row] | enter_short, leave_shorts[row] | enter_long
        filled[row] = enter | np.uint8(leave_long) * LEAVE_LONG | np.uint8(leave_short) * LEAVE_SHORT
    return orders


@compiled(inline=True)
def next_order(orders: Any, bar: int, wanted: int) -> int:
    """The first bar from ``bar`` on whose orders have a bit of ``wanted``; the number of bars when none has."""
    while bar + STRIDE <= orders.size:
        stride, seen = orders[bar : bar + STRIDE], np.uint8(0)
        for row in range(STRIDE):
            seen |= stride[row]
        if seen & wanted:
            break
        bar += STRIDE
    while bar < orders.size and not orders[bar] & wanted:
        bar += 1
    return bar


@compiled()
def count_entries(orders: Any) -> int:
    """How many bars have an entry order: more positions there cannot be."""
    entries = 0
    for row in range(orders.size):
        entries += (orders[row] & (ENTER_LONG | ENTER_SHORT)) != 0
    return entries
