"""How much the equity moves."""

import math

from backend.engine.metrics.sample import Sample


def volatility(sample: Sample) -> float | None:
    """Standard deviation (ddof 1) of bar returns x sqrt(periods per year); None for a single bar."""
    deviation = sample.deviation
    return None if deviation is None else deviation * math.sqrt(sample.periods_per_year)
