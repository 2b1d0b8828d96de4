"""Return for the risk taken (Sharpe 1994)."""

import math

from backend.engine.metrics.sample import Sample


def sharpe(sample: Sample) -> float | None:
    """Mean / standard deviation (ddof 1) of bar returns in excess of the risk-free rate x sqrt(periods per year).

    Returns:
        None for a single bar or when the returns do not vary.
    """
    return sharpe_ratio(sample.mean, sample.deviation, sample.periods_per_year)


def sharpe_ratio(mean: float, deviation: float | None, periods_per_year: float) -> float | None:
    """The yearly Sharpe ratio of mean and standard deviation per bar; None without deviation."""
    return mean / deviation * math.sqrt(periods_per_year) if deviation else None
