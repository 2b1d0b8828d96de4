"""The choices of a rotation as market orders; it imports numba, so only a running backtest imports it."""

from typing import Any

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.kernel import compiled
from backend.engine.portfolio.records import ABSENT, Lines, Plan
from backend.engine.simulation.orders import ENTER_LONG, LEAVE_LONG


@compiled()
def best_of(values: Floats, chosen: Any) -> int:
    """Fill ``chosen`` with the symbols of the highest values from the highest on, equal ones as they stand.

    Returns:
        How many there are: symbols whose value is NaN are never among them.
    """
    count = 0
    for symbol in range(values.size):
        if np.isnan(values[symbol]):
            continue
        place = count
        while place > 0 and values[symbol] > values[chosen[place - 1]]:
            if place < chosen.size:
                chosen[place] = chosen[place - 1]
            place -= 1
        if place < chosen.size:
            chosen[place] = symbol
            count = min(count + 1, chosen.size)
    return count


@compiled()
def _order(chosen: Integers, following: Integers, stop: Integers, orders: Any, place: Any) -> None:
    """Let the chosen symbols enter at their next open, and all others leave."""
    for symbol in range(following.size):
        if following[symbol] < stop[symbol]:
            orders[following[symbol]] = LEAVE_LONG
    for position in range(chosen.size):
        at = following[chosen[position]]
        if at < stop[chosen[position]]:
            orders[at] = ENTER_LONG
            place[at] = position


@compiled()
def rotate(ranks: Floats, signals: Any, lines: Lines, plan: Plan, orders: Any, place: Any) -> None:
    """Replace the entry orders of every symbol by those of the choices, and note in which order they fill.

    The first choice is made at the last close before the period, or at the first close where no symbol has a warm-up.
    A symbol without a bar at the close of a choice is not chosen. A later choice overrules what still waits.

    Args:
        ranks: of all rows, NaN where there is none.
        signals: of all rows; those with ``long_entry`` and without ``long_exit`` may be chosen.
        lines: which row is where.
        plan: how many are chosen, and when.
        orders: bits of all rows, overwritten.
        place: of the symbol of each row in the choice that it fills, overwritten.
    """
    may_enter, leaves = signals[0], signals[1]
    moments, symbols = lines.row.shape
    chosen, values, following = np.empty(min(plan.top, symbols), np.int64), np.empty(symbols), lines.start.copy()
    orders &= np.uint8(LEAVE_LONG)
    undecided = 0 if lines.warm_up.max() > ABSENT else 1
    for close in range(undecided, moments):  # number 0 comes before the period
        here = lines.row[close - 1] if close > 0 else lines.warm_up
        choosing = (close - undecided) % plan.every == 0
        for symbol in range(symbols):
            at = here[symbol]
            if at != ABSENT:
                following[symbol] = at + 1
            if choosing:
                able = at != ABSENT and may_enter[at] and not leaves[at]
                values[symbol] = ranks[at] if able else np.nan
        if choosing:
            _order(chosen[: best_of(values, chosen)], following, lines.stop, orders, place)
