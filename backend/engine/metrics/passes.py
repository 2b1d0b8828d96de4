"""What all metrics read of a result, in one compiled call; it imports numba, so only a running backtest imports it."""

from typing import Any, NamedTuple

import numpy as np
from numba import float64, from_dtype, int64, types

from backend.domain.arrays import Floats, Integers
from backend.engine.borrowed import borrowed
from backend.engine.kernel import compiled
from backend.engine.metrics.curves import CHUNK, drawdown, sum_of
from backend.engine.simulation.records import POSITION, Positions
from backend.engine.simulation.returns import write_returns

_floats, _days, _positions = (
    types.Array(kind, 1, "C", readonly=True) for kind in (float64, int64, from_dtype(POSITION))
)
_tuple: Any = types.Tuple
_pair: Any = types.UniTuple
_result: Any = _tuple((float64, int64, int64, float64, *(float64,) * 6, int64, *(float64,) * 7))


class PairMoments(NamedTuple):
    """Moments of N bar returns and of the benchmark's, both in excess of the risk-free rate of a bar."""

    mean: float
    squares: float
    downside: float
    benchmark_mean: float
    benchmark_squares: float
    products: float


class Pair(NamedTuple):
    """Returns and those of the benchmark."""

    own: Floats
    beside: Floats


class Bill(NamedTuple):
    """What rows of ``POSITION`` add up to."""

    winners: int
    won: float
    lost: float
    returns: float
    best: float
    worst: float
    costs: float
    traded: float


@compiled()
def _distances(returns: Pair, risk_free: float, mean: float, mean_beside: float) -> Any:
    """Sums of the squared distances from the mean, of the squared losses, and so on as in ``PairMoments``."""
    squares, downside, squares_beside, products = 0.0, 0.0, 0.0, 0.0
    for row in range(returns.own.size):
        excess, distance_beside = returns.own[row] - risk_free, returns.beside[row] - risk_free - mean_beside
        distance, loss = excess - mean, min(excess, 0.0)
        squares += distance * distance
        downside += loss * loss
        squares_beside += distance_beside * distance_beside
        products += distance * distance_beside
    return squares, downside, squares_beside, products


@compiled()
def _pair_moments(lines: Any, starts: Any, risk_free: float, rows: Any) -> PairMoments:
    """Moments in two passes over chunks of returns: means first, then distances from them."""
    equity, benchmark, scratch, scratch_beside = lines[0], lines[1], rows[0], rows[1]
    size, mean, mean_beside, before, before_beside = equity.size, 0.0, 0.0, starts[0], starts[1]
    for first in range(0, size, CHUNK):
        part, beside = equity[first : first + CHUNK], benchmark[first : first + CHUNK]
        write_returns(part, before, scratch[: part.size])
        write_returns(beside, before_beside, scratch_beside[: part.size])
        mean, mean_beside = mean + sum_of(scratch[: part.size]), mean_beside + sum_of(scratch_beside[: part.size])
        before, before_beside = part[-1], beside[-1]
    mean, mean_beside = mean / size - risk_free, mean_beside / size - risk_free
    squares, downside, squares_beside, products = 0.0, 0.0, 0.0, 0.0
    before, before_beside = starts
    for first in range(0, size, CHUNK):
        part, beside = equity[first : first + CHUNK], benchmark[first : first + CHUNK]
        write_returns(part, before, scratch[: part.size])
        write_returns(beside, before_beside, scratch_beside[: part.size])
        returns = Pair(scratch[: part.size], scratch_beside[: part.size])
        second, below, second_beside, product = _distances(returns, risk_free, mean, mean_beside)
        squares, downside = squares + second, downside + below
        squares_beside, products = squares_beside + second_beside, products + product
        before, before_beside = part[-1], beside[-1]
    return PairMoments(mean, squares, downside / size, mean_beside, squares_beside, products)


@compiled()
def _lend(lines: Any, starts: Any, risk_free: float, rows: Any) -> PairMoments:
    """``_pair_moments`` of lines and of scratch rows that the caller keeps."""
    rows = borrowed(rows[0]), borrowed(rows[1])
    return _pair_moments((borrowed(lines[0]), borrowed(lines[1])), starts, risk_free, rows)


@compiled(inline=True)
def _bill(positions: Positions, closed: int) -> Bill:
    """Totals of the positions; won .. worst of the closed ones only."""
    winners, won, lost, returns, best, worst, costs, traded = 0, 0.0, 0.0, 0.0, -np.inf, np.inf, 0.0, 0.0
    for row in range(positions.size):
        costs += positions[row].costs
        traded += positions[row].units * positions[row].entry_price
    for row in range(closed):
        pnl = positions[row].pnl
        winners += pnl > 0.0
        won += max(pnl, 0.0)
        lost += max(-pnl, 0.0)
        earned = pnl / positions[row].paid_in
        returns += earned
        best, worst = max(best, earned), min(worst, earned)
        traded += positions[row].units * positions[row].exit_price
    return Bill(winners, won, lost, returns, best, worst, costs, traded)


@compiled(_result(_pair(_floats, 2), _pair(float64, 2), _days, float64, _positions, int64))
def passes(lines: Any, starts: Any, days: Integers, risk_free: float, positions: Positions, closed: int) -> Any:
    """The fields of ``Sample`` from ``depth`` on.

    Args:
        lines: equity and benchmark at each close, shape (N,) each, N >= 1.
        starts: their values before the first bar, above zero.
        days: the day of each bar, shape (N,).
        risk_free: return of a bar without risk.
        positions: rows of ``POSITION``, the first ``closed`` of which are closed.
        closed: how many are.
    """
    equity, scratch = borrowed(lines[0]), (np.empty(CHUNK), np.empty(CHUNK))
    moments = _lend(lines, starts, risk_free, scratch)
    depth, longest = drawdown(equity, starts[0], borrowed(days))
    bill = _bill(borrowed(positions), closed)
    return depth, longest, days[-1] - days[0], sum_of(equity), *moments[:], *bill[:]
