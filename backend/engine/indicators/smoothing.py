"""Exponential smoothing seeded as TA-Lib does it: the first value is a simple mean."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel


@kernel
def smooth(x: Floats, window: int, weight: float) -> Floats:
    """Exponential average whose first value is the mean of the first ``window`` values.

    Args:
        x: shape (T,), any unit. A missing value restarts it: missing until ``window`` values in a row are known.
        window: bars, >= 1.
        weight: of the newest value, in (0, 1].

    Returns:
        Shape (T,), same unit; the first ``window - 1`` values are NaN.
    """
    line = np.full(x.size, np.nan)
    known, total, average = 0, 0.0, 0.0
    for i in range(x.size):
        value = x[i]
        if np.isnan(value):
            known, total = 0, 0.0
            continue
        known += 1
        if known < window:
            total += value
            continue
        average = (total + value) / window if known == window else average + weight * (value - average)
        line[i] = average
    return line


def ema(x: Floats, window: int) -> Floats:
    """TA-Lib's EMA: weight ``2 / (window + 1)``; see ``smooth`` for seeding and missing values."""
    return smooth(x, window, 2.0 / (window + 1.0))
