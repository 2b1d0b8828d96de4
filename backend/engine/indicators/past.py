"""A line against its own value some bars ago."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.indicators.arithmetic import subtract
from backend.engine.kernel import kernel


def lag(x: Floats, bars: int) -> Floats:
    """The value ``bars`` ago.

    Args:
        x: shape (T,), any unit; missing where it was missing ``bars`` ago.
        bars: >= 1, so a later bar cannot be named.

    Returns:
        Shape (T,), same unit; the first ``bars`` values are NaN.
    """
    earlier = np.empty(x.size)
    earlier[:bars] = np.nan
    earlier[bars:] = x[: max(x.size - bars, 0)]
    return earlier


def diff(x: Floats, bars: int) -> Floats:
    """``x - lag(x, bars)``, same unit; missing where either is."""
    return subtract(x, lag(x, bars))


@kernel
def change(x: Floats, bars: int) -> Floats:
    """``x / lag(x, bars) - 1`` as a fraction; missing where either is, or where the earlier value is zero."""
    line = np.full(x.size, np.nan)
    now, before, later = x[bars:], x[: max(x.size - bars, 0)], line[bars:]
    for i in range(later.size):
        quotient = now[i] / before[i]
        later[i] = quotient - 1.0 if abs(quotient) < np.inf else np.nan
    return line
