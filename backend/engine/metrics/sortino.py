"""Return for the risk of losing (Sortino and Price 1994)."""

import math

from backend.engine.metrics.sample import NEGLIGIBLE, Sample


def sortino(sample: Sample) -> float | None:
    """Mean excess return / root mean square of the returns below the risk-free rate x sqrt(periods per year).

    The mean square is over all bars, those above counted as zero. None for a single bar, as the Sharpe ratio and as in
    empyrical, and when no bar lost.
    """
    if sample.size < 2:
        return None
    downside = math.sqrt(sample.downside)
    if downside <= NEGLIGIBLE:
        return None
    return sample.mean / downside * math.sqrt(sample.periods_per_year)
