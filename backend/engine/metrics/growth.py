"""How much the money grew."""

import math

from backend.engine.metrics.sample import Sample

DAYS_PER_YEAR = 365.25
LARGEST_EXPONENT = 700.0
"""exp() of more is not a number that a machine holds."""


def final_equity(sample: Sample) -> float:
    """Equity after the last bar, a position left open marked to the close less its exit cost."""
    return sample.final_equity


def total_return(sample: Sample) -> float:
    """Final equity / capital - 1."""
    return sample.final_equity / sample.capital - 1.0


def cagr(sample: Sample) -> float | None:
    """Yearly growth that compounds to the total return over the calendar days between first and last session.

    Returns:
        None within a single day, with nothing left, or when it is too large for a number.
    """
    if sample.elapsed_days == 0 or sample.final_equity <= 0.0:
        return None
    years = sample.elapsed_days / DAYS_PER_YEAR
    exponent = math.log(sample.final_equity / sample.capital) / years
    return math.expm1(exponent) if exponent < LARGEST_EXPONENT else None
