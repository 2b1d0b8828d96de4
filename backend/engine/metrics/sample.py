"""A result as metrics see it: what several of them need is computed once."""

import math
from typing import NamedTuple, Protocol

import numpy as np

from backend.domain.arrays import Dates, Floats
from backend.engine.simulation.records import Positions

NEGLIGIBLE = 1e-12
"""A standard deviation per bar at or below this is rounding, not movement."""


class Measurable(Protocol):
    """What trading N bars came to, of one symbol or of several; arrays are C-contiguous."""

    @property
    def capital(self) -> float:
        """Cash before the first bar."""

    @property
    def equity(self) -> Floats:
        """At each close, shape (N,), N >= 1."""

    @property
    def session(self) -> Dates:
        """Trading session of each close, shape (N,)."""

    @property
    def benchmark(self) -> Floats:
        """Value of buying and holding at each close, in any unit; shape (N,)."""

    @property
    def benchmark_start(self) -> float:
        """Its value before the first close."""

    @property
    def positions(self) -> Positions:
        """Rows of ``POSITION``, the closed ones first."""

    @property
    def trade_count(self) -> int:
        """How many of the positions are closed."""

    @property
    def bars_held(self) -> int:
        """Closes at which a position was held."""


class Sample(NamedTuple):
    """Figures of N bars with the scale of their time; money is in the currency of the prices.

    The moments are of bar returns and of the benchmark's, both in excess of the risk-free rate of a bar. Figures of
    trades are of closed ones only; without any, ``best`` and ``worst`` mean nothing.
    """

    periods_per_year: float
    capital: float
    final_equity: float
    size: int
    """N."""
    trades: int
    bars_held: int
    benchmark_return: float
    depth: float
    """Of the deepest drawdown, a fraction of its peak."""
    longest: int
    """Days of the longest drawdown."""
    elapsed_days: int
    """Calendar days from the first session to the last."""
    total_equity: float
    """Sum of the equity at all closes."""
    mean: float
    squares: float
    """Sum of squared distances from the mean."""
    downside: float
    """Mean of the squares of the returns below zero."""
    benchmark_mean: float
    benchmark_squares: float
    products: float
    """Sum of the products of both distances."""
    winners: int
    won: float
    """Money of the trades that made some."""
    lost: float
    """Money of the trades that lost some, above zero."""
    returns: float
    """Sum of the returns of trades on the money put in."""
    best: float
    worst: float
    costs: float
    """Of all positions."""
    traded: float
    """Value of all fills."""

    @property
    def deviation(self) -> float | None:
        """Standard deviation (ddof 1) of a bar return; None for a single bar."""
        return deviation_of(self.squares, self.size)


def sample_of(result: Measurable, periods_per_year: float, risk_free_rate: float) -> Sample:
    """Gather the figures of a result; the arguments are those of ``measure``."""
    from backend.engine.metrics.passes import passes

    equity, benchmark, count = result.equity, result.benchmark, result.trade_count
    capital, start = result.capital, result.benchmark_start
    days, risk_free = result.session.view(np.int64), risk_free_rate / periods_per_year
    return Sample(
        periods_per_year,
        capital,
        float(equity[-1]),
        equity.size,
        count,
        result.bars_held,
        float(benchmark[-1]) / start - 1.0,
        *passes((equity, benchmark), (capital, start), days, risk_free, result.positions, count),
    )


def deviation_of(squares: float, size: int) -> float | None:
    """Standard deviation (ddof 1) from a sum of squared distances; None below two values, 0 where it is rounding."""
    if size < 2:
        return None
    deviation = math.sqrt(squares / (size - 1))
    return deviation if deviation > NEGLIGIBLE else 0.0
