"""Moving average convergence and divergence (Appel), seeded as TA-Lib's MACD."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel


@kernel
def macd(x: Floats, fast: int, slow: int) -> Floats:
    """Fast minus slow exponential average, both seeded at the same bar.

    TA-Lib seeds the fast average with the mean of the last ``fast`` values when the slow one gets its first value,
    not earlier: so the line differs from ``ema(x, fast) - ema(x, slow)`` until the seeds have faded.

    Args:
        x: shape (T,), any unit. A missing value restarts both averages.
        fast: bars of the average that follows closely, >= 1.
        slow: bars of the other, >= 1; the two exchanged, the line changes its sign.

    Returns:
        Shape (T,), same unit; the first ``max(fast, slow) - 1`` values are NaN.
    """
    line = np.full(x.size, np.nan)
    longest, known = max(fast, slow), 0
    fast_average, slow_average = 0.0, 0.0
    fast_weight, slow_weight = 2.0 / (fast + 1.0), 2.0 / (slow + 1.0)
    for i in range(x.size):
        value = x[i]
        known = 0 if np.isnan(value) else known + 1
        if known < longest:
            continue
        if known == longest:
            fast_average = np.sum(x[i - fast + 1 : i + 1]) / fast
            slow_average = np.sum(x[i - slow + 1 : i + 1]) / slow
        else:
            fast_average += fast_weight * (value - fast_average)
            slow_average += slow_weight * (value - slow_average)
        line[i] = fast_average - slow_average
    return line
