"""A line against its own value some bars ago."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.indicators.arithmetic import divide, subtract


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


def change(x: Floats, bars: int) -> Floats:
    """``x / lag(x, bars) - 1`` as a fraction; missing where either is, or where the earlier value is zero."""
    return subtract(divide(x, lag(x, bars)), 1.0)
