"""A combination under any rules, by its equity curve; it imports numba, so only a running sweep imports it."""

from typing import Any

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.kernel import compiled
from backend.engine.metrics.curves import drawdown, moments_of
from backend.engine.simulation.orders import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT
from backend.engine.simulation.records import Positions
from backend.engine.sweep.columns import CUBES, DEPTH, FINAL, FOURTHS, MEAN, SQUARES
from backend.engine.sweep.program import Words
from backend.engine.sweep.segments import Sums, about_the_mean, add_return


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
    moments = moments_of(equity, capital, scratch)
    measured[MEAN], measured[SQUARES], measured[CUBES] = moments.mean, moments.squares, moments.cubes
    measured[FOURTHS], measured[FINAL] = moments.fourths, equity[-1]
    measured[DEPTH] = drawdown(equity, capital, days)[0]


@compiled()
def measure_positions(equity: Floats, capital: float, positions: Positions, count: int, measured: Floats) -> bool:
    """The same as ``measure_curve`` in one pass over the bars that equity moves at, where idle money earns nothing.

    Args:
        equity: shape (N,).
        capital: cash before the first bar.
        positions: rows of ``POSITION`` in the order of entry.
        count: how many of them there are.
        measured: filled, shape (MEASURED,).

    Returns:
        False when the returns hardly vary about their mean: then sums of powers are not exact enough.
    """
    powers, peak, depth, counted = Sums(0.0, 0.0, 0.0, 0.0), capital, 0.0, 0
    deeper = peak
    for place in range(count):
        start = max(positions[place].entry_bar, counted)  # one that reverses enters at the bar that another left at
        counted = min(positions[place].exit_bar + 1, equity.size)
        before = equity[start - 1] if start > 0 else capital
        for value in equity[start:counted]:
            powers = add_return(powers, value / before - 1.0)
            before = value
            if value >= peak:
                peak = value
                deeper = peak * (1.0 - depth)
            elif value < deeper:
                depth = 1.0 - value / peak
                deeper = value
    measured[FINAL], measured[DEPTH] = equity[-1], depth
    return about_the_mean(powers, equity.size, measured)
