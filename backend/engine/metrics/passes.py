"""The passes over bars and positions that several metrics share, each made once."""

from typing import NamedTuple

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.kernel import kernel
from backend.engine.simulation.records import Positions


class Moments(NamedTuple):
    """Of N bar returns and the benchmark's, both in excess of the risk-free rate per bar."""

    mean: float
    squares: float
    """Sum of squared distances from the mean."""
    downside: float
    """Mean of the squares of the returns below zero."""
    benchmark_mean: float
    benchmark_squares: float
    """Sum of squared distances from the benchmark's mean."""
    products: float
    """Sum of the products of both distances."""


class Totals(NamedTuple):
    """Of the positions; won .. worst of the closed ones only, and without any, best and worst mean nothing."""

    winners: int
    won: float
    """Money of the trades that made some."""
    lost: float
    """Money of the trades that lost some, above zero."""
    returns: float
    """Sum of the returns on the money put in."""
    best: float
    worst: float
    bars_held: int
    """Closes at which a position was held."""


@kernel
def moments(
    returns: Floats, closes: Floats, bought_at: float, risk_free: float
) -> tuple[float, float, float, float, float, float]:
    """The fields of ``Moments``, in two passes; the benchmark is bought at ``bought_at`` and held over ``closes``.

    Args:
        returns: shape (N,).
        closes: shape (N,).
        bought_at: price before the first close.
        risk_free: per bar.
    """
    size, previous = returns.size, bought_at
    mean, benchmark_mean = 0.0, 0.0
    for bar in range(size):
        mean += returns[bar]
        benchmark_mean += closes[bar] / previous - 1.0
        previous = closes[bar]
    mean, benchmark_mean, previous = mean / size - risk_free, benchmark_mean / size - risk_free, bought_at
    squares, downside, benchmark_squares, products = 0.0, 0.0, 0.0, 0.0
    for bar in range(size):
        excess = returns[bar] - risk_free
        benchmark_distance = closes[bar] / previous - 1.0 - risk_free - benchmark_mean
        previous = closes[bar]
        squares += (excess - mean) ** 2
        downside += min(excess, 0.0) ** 2
        benchmark_squares += benchmark_distance**2
        products += (excess - mean) * benchmark_distance
    return mean, squares, downside / size, benchmark_mean, benchmark_squares, products


@kernel
def drawdowns(equity: Floats, capital: float, days: Integers) -> tuple[float, int]:
    """The deepest fall below the highest close so far, and the longest time below one; the capital is the first peak.

    Args:
        equity: shape (N,).
        capital: above zero.
        days: the day of each bar, shape (N,).

    Returns:
        Depth as a fraction of the peak, >= 0, and days from a peak until equity was there again or the bars ended.
    """
    peak, peak_day, depth, longest = capital, days[0], 0.0, 0
    below = False
    for bar in range(equity.size):
        if below or equity[bar] < peak:
            longest = max(longest, days[bar] - peak_day)
            depth = max(depth, 1.0 - equity[bar] / peak)
        below = equity[bar] < peak
        if not below:
            peak, peak_day = equity[bar], days[bar]
    return depth, longest


@kernel
def totals(positions: Positions, closed: int) -> tuple[int, float, float, float, float, float, int]:
    """The fields of ``Totals`` of rows of ``POSITION``, the first ``closed`` of which are closed."""
    winners, won, lost, returns, best, worst, held = 0, 0.0, 0.0, 0.0, -np.inf, np.inf, 0
    for row in range(positions.size):
        held += positions[row].exit_bar - positions[row].entry_bar
    for row in range(closed):
        pnl = positions[row].pnl
        winners += pnl > 0.0
        won += max(pnl, 0.0)
        lost += max(-pnl, 0.0)
        earned = pnl / positions[row].paid_in
        returns += earned
        best, worst = max(best, earned), min(worst, earned)
    return winners, won, lost, returns, best, worst, held
