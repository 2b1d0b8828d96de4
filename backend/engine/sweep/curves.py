"""A combination under any rules, by its equity curve; it imports numba, so only a running sweep imports it."""

from typing import Any

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.kernel import compiled
from backend.engine.metrics.curves import drawdown, moments_of
from backend.engine.simulation.orders import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT
from backend.engine.sweep.columns import CUBES, DEPTH, FINAL, FOURTHS, MEAN, SQUARES
from backend.engine.sweep.program import Words


@compiled()
def orders_of(decisions: Words, orders: Any) -> None:
    """Decisions as market orders, as ``market_orders`` makes them.

    Args:
        decisions: long entry and exit, short entry and exit, shape (4, W).
        orders: filled with the bits of each column, shape (64 W,).
    """
    long_entry, long_exit, short_entry, short_exit = decisions[0], decisions[1], decisions[2], decisions[3]
    for word in range(long_entry.size):
        longs = long_entry[word] & ~long_exit[word] & ~short_entry[word]
        shorts = short_entry[word] & ~short_exit[word] & ~long_entry[word]
        leave_longs, leave_shorts = long_exit[word] | shorts, short_exit[word] | longs
        made = orders[64 * word : 64 * word + 64]
        if not longs | shorts | leave_longs | leave_shorts:
            made[:] = 0
            continue
        for bit in range(64):
            place = np.uint64(bit)
            enter = (longs >> place & np.uint64(1)) * np.uint64(ENTER_LONG)
            enter |= (shorts >> place & np.uint64(1)) * np.uint64(ENTER_SHORT)
            leave = (leave_longs >> place & np.uint64(1)) * np.uint64(LEAVE_LONG)
            leave |= (leave_shorts >> place & np.uint64(1)) * np.uint64(LEAVE_SHORT)
            made[bit] = enter | leave


@compiled()
def measure_curve(equity: Floats, capital: float, days: Integers, scratch: Floats, measured: Floats) -> None:
    """Fill in all that is measured of an equity curve but the trades.

    Args:
        equity: shape (N,).
        capital: cash before the first bar.
        days: the day of each bar, shape (N,).
        scratch: overwritten, shape (CHUNK,).
        measured: filled, shape (MEASURED,).
    """
    moments = moments_of(equity, capital, 0.0, scratch)
    measured[MEAN], measured[SQUARES], measured[CUBES] = moments.mean, moments.squares, moments.cubes
    measured[FOURTHS], measured[FINAL] = moments.fourths, equity[-1]
    measured[DEPTH] = drawdown(equity, capital, days)[0]
