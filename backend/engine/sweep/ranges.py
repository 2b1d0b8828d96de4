"""What the closes did between any two bars in a few steps: sums of return powers, highest, lowest, drawdown.

It imports numba, so only a running sweep imports it.
"""

from typing import Any, NamedTuple

import numpy as np
from numba.cpython.unsafe.numbers import leading_zeros

from backend.domain.arrays import Floats
from backend.engine.kernel import compiled

_leading_zeros: Any = leading_zeros  # typed with the arguments of its compiler

MOST_BARS = 2**13
"""Bars up to which there is a table of extremes, 2.5 MB then. A larger one would leave the caches and be slower than
looking through the closes of a stretch, which is what is done with longer series."""


class Ranges(NamedTuple):
    """What is prepared of N closes.

    A disjoint sparse table: the bars of level h come in groups of 2 << h, and an entry is over the bars from its own to
    the middle of its group, or from there to it. Two bars that differ first in bit h lie in different halves of one
    group, so their entries together are the stretch between them. There are no levels above ``MOST_BARS``.

    Attributes:
        sums: prefix sums of the powers 1 .. 4 of the returns from close to close, then what rounding took from each
            (Neumaier, ZAMM 54, 1974), so that a short stretch is as exact as one summed afresh; shape (N, 8).
        table: highest and lowest close by level and bar, shape (log2 N, N, 2).
        falls: largest drawdown likewise, shape (log2 N, N).
    """

    sums: Floats
    table: Floats
    falls: Floats


@compiled()
def _spread(closes: Floats, extremes: Floats, falls: Floats, middle: int, reach: int) -> None:
    """Fill one group from its middle to both sides."""
    start = min(middle, closes.size)
    high, low, fall = -np.inf, np.inf, 0.0
    for bar in range(start - 1, middle - reach - 1, -1):
        high, low = max(high, closes[bar]), min(low, closes[bar])
        fall = max(fall, 1.0 - low / closes[bar])
        extremes[bar, 0], extremes[bar, 1], falls[bar] = high, low, fall
    high, low, fall = -np.inf, np.inf, 0.0
    for bar in range(start, min(middle + reach, closes.size)):
        high, low = max(high, closes[bar]), min(low, closes[bar])
        fall = max(fall, 1.0 - closes[bar] / high)
        extremes[bar, 0], extremes[bar, 1], falls[bar] = high, low, fall


@compiled()
def _power_sums(closes: Floats) -> Any:
    sums = np.zeros((closes.size, 8))
    for bar in range(1, closes.size):
        earned = closes[bar] / closes[bar - 1] - 1.0
        power = 1.0
        for k in range(4):
            power *= earned
            total = sums[bar - 1, k]
            grown = total + power
            added = grown - total
            sums[bar, k] = grown
            sums[bar, k + 4] = sums[bar - 1, k + 4] + ((total - (grown - added)) + (power - added))
    return sums


@compiled()
def ranges_of(closes: Floats) -> Ranges:
    """Prepare the closes of N >= 1 bars."""
    levels = 0
    if closes.size <= MOST_BARS:
        levels = 64 - int(_leading_zeros(np.int64((closes.size - 1) | 1)))
    table, falls = np.empty((levels, closes.size, 2)), np.empty((levels, closes.size))
    for level in range(levels):
        for middle in range(1 << level, closes.size + (1 << level), 2 << level):
            _spread(closes, table[level], falls[level], middle, 1 << level)
    return Ranges(_power_sums(closes), table, falls)


@compiled()
def power_sum(sums: Floats, power: int, after: int, last: int) -> float:
    """Sum of the ``power``-th powers of the returns of the bars ``after + 1 .. last``."""
    k = power - 1
    return float((sums[last, k] - sums[after, k]) + (sums[last, k + 4] - sums[after, k + 4]))


@compiled()
def _scanned(closes: Floats, first: int, last: int) -> Any:
    high, low = closes[first], closes[first]
    for bar in range(first + 1, last + 1):
        close = closes[bar]
        high, low = (close if close > high else high), (close if close < low else low)
    return high, low


@compiled()
def highest_lowest(closes: Floats, table: Floats, first: int, last: int) -> Any:
    """Highest and lowest of the closes ``first .. last``, at least one bar."""
    if table.shape[0] == 0:
        return _scanned(closes, first, last)
    level = 63 - _leading_zeros(np.int64((first ^ last) | 1))
    high, other_high = table[level, first, 0], table[level, last, 0]
    low, other_low = table[level, first, 1], table[level, last, 1]
    return (high if high > other_high else other_high), (low if low < other_low else other_low)


@compiled()
def drawdown(closes: Floats, table: Floats, falls: Floats, first: int, last: int) -> float:
    """Largest drawdown within the closes ``first .. last``, at least one bar."""
    if table.shape[0]:
        level = 63 - _leading_zeros(np.int64((first ^ last) | 1))
        within = max(falls[level, first], falls[level, last])
        return float(max(within, 1.0 - table[level, last, 1] / table[level, first, 0]))
    high, fall = closes[first], 0.0
    for bar in range(first + 1, last + 1):
        high = max(high, closes[bar])
        fall = max(fall, 1.0 - closes[bar] / high)
    return fall
