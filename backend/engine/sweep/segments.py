"""A combination without stops in O(trades); it imports numba, so only a running sweep imports it.

While all money is in the market, equity is units x close, so the returns between two closes are the market's own, and
what a position adds to moments and drawdown is read off the prepared ``Ranges``.
"""

from typing import Any, NamedTuple

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from backend.domain.arrays import Floats
from backend.engine.kernel import compiled
from backend.engine.simulation.fills import Means, enter, leave
from backend.engine.simulation.records import OPEN, SIGNAL
from backend.engine.sweep.columns import CUBES, DEPTH, FINAL, FOURTHS, MEAN, SQUARES, TRADES
from backend.engine.sweep.program import FILLS_AT_ONCE, Words
from backend.engine.sweep.ranges import drawdown, highest_lowest, power_sum

_trailing_zeros: Any = trailing_zeros  # typed with the arguments of its compiler


class Sums(NamedTuple):
    """Sums of the powers 1 .. 4 of bar returns."""

    first: float
    second: float
    third: float
    fourth: float


@compiled()
def fills_of(entries: Words, exits: Words, fills: Any) -> int:
    """Bars of entry and exit by turns, flat at first; how many they are.

    Branches here would be guessed wrong at nearly every order, so there are none but the loops: each word gives four
    bars at once, of which those after its last set bit are overwritten.

    Args:
        entries: where entering is decided, shape (W,); bit k fills at the open of bar k - 1.
        exits: where leaving is decided, shape (W,); an entry at the same bar is void.
        fills: filled, shape (64 W + FILLS_AT_ONCE,).
    """
    count, held = 0, np.int64(0)
    for word in range(entries.size):
        enters = entries[word] & ~exits[word]
        rest = enters | exits[word]
        while rest:
            for _ in range(FILLS_AT_ONCE):
                bit = _trailing_zeros(rest) & np.uint64(63)
                taken = np.int64(rest != 0) & (np.int64(enters >> bit & np.uint64(1)) ^ held)
                fills[count] = 64 * word + np.int64(bit) - 1
                count += int(taken)
                held ^= taken
                rest &= rest - np.uint64(1)
    return count


@compiled(inline=True)
def add_return(powers: Sums, earned: float) -> Sums:
    """The sums with one more return."""
    square = earned * earned
    return Sums(
        powers.first + earned,
        powers.second + square,
        powers.third + square * earned,
        powers.fourth + square * square,
    )


@compiled(inline=True)
def add_stretch(powers: Sums, sums: Floats, after: int, last: int) -> Sums:
    """The sums with the market's returns of the bars ``after + 1 .. last``."""
    return Sums(
        powers.first + power_sum(sums, 1, after, last),
        powers.second + power_sum(sums, 2, after, last),
        powers.third + power_sum(sums, 3, after, last),
        powers.fourth + power_sum(sums, 4, after, last),
    )


@compiled()
def about_the_mean(sums: Sums, bars: int, measured: Floats) -> bool:
    """Write the moments that follow from sums of powers; False when they cancel out."""
    first, second, third, fourth = sums
    mean = first / bars
    square = mean * mean
    measured[MEAN] = mean
    measured[SQUARES] = second - bars * square
    measured[CUBES] = third - 3.0 * mean * second + 2.0 * bars * square * mean
    measured[FOURTHS] = fourth - 4.0 * mean * third + 6.0 * square * second - 3.0 * bars * square * square
    return bool(measured[SQUARES] >= bars * square)


@compiled()
def trade_segments(prices: Any, ranges: Any, fills: Any, count: int, trading: Any, measured: Floats) -> bool:
    """Trade long with all money and measure it.

    Args:
        prices: opens and closes of the simulated bars, shape (N,) each.
        ranges: the fields of ``Ranges`` of these closes.
        fills: bars of entry and exit by turns; an entry without an exit stays open.
        count: how many of them there are.
        trading: a row of ``TERMS`` without stops, of all money, and a row of ``POSITION`` as scratch.
        measured: filled, shape (MEASURED,).

    Returns:
        False where it cannot tell: an entry did not fill, or the returns hardly vary about their mean, and then sums
        of powers are not exact enough.
    """
    opens, closes = prices
    sums, table, falls = ranges
    terms, held = trading
    cash, peak, depth, powers = terms.capital, terms.capital, 0.0, Sums(0.0, 0.0, 0.0, 0.0)
    held.side = 1
    for fill in range(0, count, 2):
        entered, before, closed = fills[fill], cash, fill + 1 < count
        cash = enter(held, terms, opens[entered], Means(cash, cash * terms.sizing_value, 1.0), cash)
        if held.units == 0.0:
            return False
        left, units = fills[fill + 1] if closed else closes.size - 1, held.units
        if left > entered:
            last = left - 1
            powers = add_return(powers, (cash + units * closes[entered]) / before - 1.0)
            powers = add_stretch(powers, sums, entered, last)
            high, low = highest_lowest(closes, table, entered, last)
            depth = max(depth, 1.0 - (cash + units * low) / peak)
            if cash + units * high > peak and low < high * (1.0 - depth):
                depth = max(depth, drawdown(closes, table, falls, entered, last))
            peak, before = max(peak, cash + units * high), cash + units * closes[last]
        cash = leave(held, terms, opens[left] if closed else closes[left], SIGNAL if closed else OPEN, cash)
        powers = add_return(powers, cash / before - 1.0)
        depth, peak = max(depth, 1.0 - cash / peak), max(peak, cash)
    measured[FINAL], measured[DEPTH], measured[TRADES] = cash, depth, count // 2
    return about_the_mean(powers, closes.size, measured)
