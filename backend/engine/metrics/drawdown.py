"""How far and how long the equity was below its peak, measured on bar closes and the starting cash."""

import math

from backend.engine.metrics.growth import cagr
from backend.engine.metrics.sample import Sample


def max_drawdown(sample: Sample) -> float:
    """Largest fall from a peak as a positive fraction of it; above 1 when more than everything was lost."""
    return sample.depth


def longest_drawdown_days(sample: Sample) -> int:
    """Longest time in calendar days from a peak until equity was there again, or until the last bar."""
    return sample.longest


def calmar(sample: Sample) -> float | None:
    """CAGR / largest drawdown; None when there was none, or no CAGR, or when it is too large for a number."""
    growth, depth = cagr(sample), max_drawdown(sample)
    ratio = math.inf if growth is None or depth <= 0.0 else growth / depth
    return ratio if math.isfinite(ratio) else None
