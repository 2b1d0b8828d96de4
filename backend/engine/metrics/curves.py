"""What a line of values tells: moments of its returns, its drawdown; it imports numba, for running backtests only.

A sum in lanes does not wait for the one before it; the order is fixed, so the result is too.
"""

from typing import Any, NamedTuple

from backend.domain.arrays import Floats, Integers
from backend.engine.kernel import compiled
from backend.engine.simulation.returns import write_returns

LANES = 4
CHUNK = 1024
"""Returns that are worked out at once: few enough to stay in the nearest cache."""


class Moments(NamedTuple):
    """Of the N returns of a line."""

    mean: float
    squares: float
    """Sum of squared distances from the mean; cubes and fourths accordingly."""
    cubes: float
    fourths: float


@compiled()
def sum_of(values: Floats) -> float:
    """Sum in four lanes; shape (M,)."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    rounds = values.size // LANES
    for turn in range(rounds):
        row = turn * LANES
        a, b, c, d = a + values[row], b + values[row + 1], c + values[row + 2], d + values[row + 3]
    for value in values[rounds * LANES :]:
        a += value
    return (a + b) + (c + d)


@compiled()
def _sum_of_returns(values: Floats, before: float, scratch: Floats) -> float:
    total = 0.0
    for first in range(0, values.size, CHUNK):
        part = values[first : first + CHUNK]
        returns = scratch[: part.size]
        write_returns(part, before, returns)
        before = part[-1]
        total += sum_of(returns)
    return total


@compiled()
def _powers(returns: Floats, mean: float) -> Any:
    """Sums of the second, third and fourth powers of the distances from the mean."""
    squares, cubes, fourths = 0.0, 0.0, 0.0
    for row in range(returns.size):
        distance = returns[row] - mean
        square = distance * distance
        squares += square
        cubes += square * distance
        fourths += square * square
    return squares, cubes, fourths


@compiled()
def moments_of(values: Floats, before: float, scratch: Floats) -> Moments:
    """Moments of the returns that ``write_returns`` gives, without keeping these.

    Args:
        values: shape (N,), N >= 1.
        before: the value before the first.
        scratch: overwritten, shape (CHUNK,).
    """
    mean = _sum_of_returns(values, before, scratch) / values.size
    squares, cubes, fourths = 0.0, 0.0, 0.0
    for first in range(0, values.size, CHUNK):
        part = values[first : first + CHUNK]
        returns = scratch[: part.size]
        write_returns(part, before, returns)
        before = part[-1]
        second, third, fourth = _powers(returns, mean)
        squares, cubes, fourths = squares + second, cubes + third, fourths + fourth
    return Moments(mean, squares, cubes, fourths)


@compiled()
def drawdown(equity: Floats, capital: float, days: Integers) -> Any:
    """The deepest fall below the highest close so far, and the longest time below one; the capital is the first peak.

    Args:
        equity: shape (N,).
        capital: above zero.
        days: the day of each bar, shape (N,).

    Returns:
        Depth as a fraction of the peak, >= 0, and days from a peak until equity was there again or the bars ended.
    """
    peak, peak_day, lowest, depth, longest, bar = capital, days[0], capital, 0.0, 0, 0
    while bar < equity.size:
        if bar + LANES <= equity.size:
            a, b, c, d = equity[bar], equity[bar + 1], equity[bar + 2], equity[bar + 3]
            if max(a, b) < peak and max(c, d) < peak:
                one, other = min(a, b), min(c, d)
                lowest = min(lowest, one, other)
                bar += LANES
                continue
        value = equity[bar]
        if value < peak:
            lowest = min(lowest, value)
        else:
            if lowest < peak:
                depth, longest = max(depth, 1.0 - lowest / peak), max(longest, days[bar] - peak_day)
            peak, peak_day, lowest = value, days[bar], value
        bar += 1
    if lowest < peak:
        depth, longest = max(depth, 1.0 - lowest / peak), max(longest, days[-1] - peak_day)
    return depth, longest
