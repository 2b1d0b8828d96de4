"""The passes over bars and positions that several metrics share, each made once."""

from typing import NamedTuple

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.kernel import kernel
from backend.engine.simulation.records import Positions


class Moments(NamedTuple):
    """Of N bar returns in excess of the risk-free rate per bar."""

    mean: float
    squares: float
    """Sum of squared distances from the mean."""
    downside: float
    """Mean of the squares of the returns below zero."""


class CoMoments(NamedTuple):
    """Of N bar returns and the benchmark's, both in excess of the risk-free rate per bar."""

    benchmark_mean: float
    benchmark_squares: float
    """Sum of squared distances from the benchmark's mean."""
    products: float
    """Sum of the products of both distances."""


class TradeTotals(NamedTuple):
    """Of the closed trades; with none of them, best and worst mean nothing."""

    winners: int
    won: float
    """Money of the trades that made some."""
    lost: float
    """Money of the trades that lost some, above zero."""
    returns: float
    """Sum of the returns on the money put in."""
    best: float
    worst: float


@kernel
def moments(returns: Floats, risk_free: float) -> tuple[float, float, float]:
    """The fields of ``Moments`` of ``returns``, shape (N,), in excess of ``risk_free`` per bar."""
    mean = 0.0
    for bar in range(returns.size):
        mean += returns[bar]
    mean = mean / returns.size - risk_free
    squares, downside = 0.0, 0.0
    for bar in range(returns.size):
        excess = returns[bar] - risk_free
        squares += (excess - mean) ** 2
        if excess < 0.0:
            downside += excess**2
    return mean, squares, downside / returns.size


@kernel
def co_moments(
    returns: Floats, mean: float, closes: Floats, bought_at: float, risk_free: float
) -> tuple[float, float, float]:
    """The fields of ``CoMoments`` against buying at ``bought_at`` and holding over ``closes``; ``mean`` of Moments."""
    benchmark = np.empty(closes.size)
    previous, benchmark_mean = bought_at, 0.0
    for bar in range(closes.size):
        benchmark[bar] = closes[bar] / previous - 1.0 - risk_free
        benchmark_mean += benchmark[bar]
        previous = closes[bar]
    benchmark_mean /= closes.size
    squares, products = 0.0, 0.0
    for bar in range(closes.size):
        distance = benchmark[bar] - benchmark_mean
        squares += distance**2
        products += distance * (returns[bar] - risk_free - mean)
    return benchmark_mean, squares, products


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
def trade_totals(closed: Positions) -> tuple[int, float, float, float, float, float]:
    """The fields of ``TradeTotals`` of closed positions, rows of ``POSITION``."""
    winners, won, lost, returns, best, worst = 0, 0.0, 0.0, 0.0, -np.inf, np.inf
    for trade in closed:
        if trade.pnl > 0.0:
            winners += 1
            won += trade.pnl
        else:
            lost -= trade.pnl
        earned = trade.pnl / trade.paid_in
        returns += earned
        best, worst = max(best, earned), min(worst, earned)
    return winners, won, lost, returns, best, worst
