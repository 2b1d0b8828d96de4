"""How much a Sharpe ratio proves: probabilistic and deflated Sharpe ratio, minimum track record length."""

from dataclasses import dataclass
from functools import cache
from math import e, erf, exp, inf, log, sqrt
from statistics import NormalDist

import numpy as np

from backend.domain.arrays import Floats

EULER_MASCHERONI = 0.5772156649015329
ZERO_SPREAD = 1e-12
"""A standard deviation below this share of the largest value is rounding: the series is constant."""
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Moments:
    """What the Sharpe family reads of a return series; nothing here is annualised.

    Attributes:
        count: returns in the series.
        sharpe: mean / standard deviation (ddof 1) per period.
        skewness, kurtosis: standardised third and fourth moment; 0 and 3 for normal returns.
    """

    count: int
    sharpe: float
    skewness: float = 0.0
    kurtosis: float = 3.0

    @classmethod
    def of(cls, returns: Floats) -> "Moments | None":
        """Measure a series of shape (T,) without missing values; None when it is constant or has under 2 values."""
        found = _distances(returns)
        if found is None:
            return None
        distances, squares = found
        scores = distances / sqrt(squares / returns.size)
        return cls(
            count=int(returns.size),
            sharpe=_ratio(returns, squares),
            skewness=float(np.mean(scores**3)),
            kurtosis=float(np.mean(scores**4)),
        )

    @property
    def error_scale(self) -> float:
        """Standard error of the Sharpe ratio times ``sqrt(count - 1)`` (Mertens 2002); 1 for no skill."""
        squared = 1 - self.skewness * self.sharpe + (self.kurtosis - 1) / 4 * self.sharpe**2
        return sqrt(max(squared, ZERO_SPREAD))


def sharpe_of(returns: Floats) -> float | None:
    """``Moments.of(returns).sharpe``, and None where these are undefined, at a tenth of their cost."""
    found = _distances(returns)
    return None if found is None else _ratio(returns, found[1])


def _ratio(returns: Floats, squares: float) -> float:
    return float(returns.mean()) / sqrt(squares / (returns.size - 1))


def _distances(returns: Floats) -> tuple[Floats, float] | None:
    """Distances from the mean and the sum of their squares; None when constant or under 2 values."""
    if returns.size < 2:
        return None
    distances = returns - returns.mean()
    squares = float(np.sum(distances**2))
    if sqrt(squares / returns.size) <= ZERO_SPREAD * float(np.abs(returns).max()):
        return None
    return distances, squares


def probabilistic_sharpe(moments: Moments, benchmark: float = 0.0) -> float:
    """Probability that the true Sharpe ratio exceeds ``benchmark`` (per period).

    Source: Bailey & Lopez de Prado (2012), "The Sharpe Ratio Efficient Frontier", equation 9.
    """
    return _NORMAL.cdf((moments.sharpe - benchmark) * sqrt(moments.count - 1) / moments.error_scale)


def expected_maximum(trials: float) -> float:
    """Expected largest of ``trials`` independent standard normals; 0 for a single one.

    Source: Bailey & Lopez de Prado (2014), "The Deflated Sharpe Ratio", equation 1 with mean 0 and variance 1. The
    approximation falls below 0 for fewer than about 1.3 trials and is cut there.
    """
    if trials <= 1:
        return 0.0
    first = _NORMAL.inv_cdf(1 - 1 / trials)
    second = _NORMAL.inv_cdf(1 - 1 / (trials * e))
    return max(0.0, (1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second)


def luck(moments: Moments, trials: float, variance: float | None = None) -> float:
    """The Sharpe ratio per period that the best of ``trials`` strategies without skill is expected to show.

    Args:
        moments: of the strategy that was chosen; only their count is read here.
        trials: independent ones.
        variance: of the Sharpe ratio over the trials; by default that of one without skill, ``1 / (count - 1)``.
    """
    spread = sqrt(1 / (moments.count - 1) if variance is None else variance)
    return spread * expected_maximum(trials)


def deflated_sharpe(moments: Moments, trials: float, variance: float | None = None) -> float:
    """Probability that the true Sharpe ratio exceeds what luck gives the best of ``trials`` (DSR).

    Source: Bailey & Lopez de Prado (2014), equation 2; ``variance`` as in ``luck``. More trials never raise it.
    """
    return probabilistic_sharpe(moments, luck(moments, trials, variance))


def minimum_track_record(moments: Moments, benchmark: float = 0.0, confidence: float = 0.95) -> float:
    """Returns needed until the Sharpe ratio measured exceeds ``benchmark`` with ``confidence``; inf if it never does.

    Source: Bailey & Lopez de Prado (2012), equation 11.
    """
    if moments.sharpe <= benchmark:
        return inf
    needed = _NORMAL.inv_cdf(confidence) * moments.error_scale / (moments.sharpe - benchmark)
    return 1 + needed * needed


def minimum_deflated_record(moments: Moments, trials: float, confidence: float) -> float:
    """Returns needed until the deflated Sharpe ratio reaches ``confidence``; inf if it never does.

    The bar that luck sets falls with the length too: ``(SR - E / sqrt(T - 1)) sqrt(T - 1) / scale = z`` solved for T.
    """
    if moments.sharpe <= 0:
        return inf
    needed = max(0.0, expected_maximum(trials) + _NORMAL.inv_cdf(confidence) * moments.error_scale) / moments.sharpe
    return 1 + needed * needed


def trials_with_maximum(maximum: float) -> float:
    """How many independent standard normals have an expected largest of ``maximum``; 1 for 0 and below.

    Exact by integration (the approximation of ``expected_maximum`` is poor below 5 trials); capped at 1e12.
    """
    low, high = 0.0, log(1e12)
    if maximum <= 0:
        return 1.0
    if _exact_maximum(high) <= maximum:
        return exp(high)
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if _exact_maximum(middle) < maximum else (low, middle)
    return exp(high)


def _exact_maximum(log_trials: float) -> float:
    """E[max] of n normals = integral of (x > 0) - Phi(x)^n over x."""
    step, log_cdf, positive = _normal_table()
    return float(np.sum(positive - np.exp(exp(log_trials) * log_cdf)) * step)


@cache
def _normal_table() -> tuple[float, Floats, Floats]:
    step = 0.01
    x = np.arange(-9.995, 12, step)
    cdf = np.array([0.5 * (1 + erf(value / sqrt(2))) for value in x])
    return step, np.log(np.maximum(cdf, 1e-300)), (x > 0).astype(np.float64)
