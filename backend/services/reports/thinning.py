"""Thins a long line to as many points as a chart can show, without losing a peak or a trough."""

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Floats

FEWEST = 4
"""Two ends, one lowest and one highest value between them."""


def kept_positions(values: Floats, most: int) -> NDArray[np.intp]:
    """Positions to draw: both ends, and of each of many equal stretches its lowest and its highest value.

    Args:
        values: shape (N,), all finite.
        most: points that remain at most, at least ``FEWEST``.

    Returns:
        Ascending, without repeats; all N when they are no more than ``most``. The first of equal values is kept, so
        the same line is always thinned the same way.
    """
    if most < FEWEST:
        raise ValueError(f"a line of {most} points cannot keep its ends and extremes; {FEWEST} can")
    size = values.size
    if size <= most:
        return np.arange(size)
    stretches = np.linspace(1, size - 1, (most - 2) // 2 + 1).astype(np.intp)
    first, lengths = stretches[:-1], np.diff(stretches)
    # A row for each stretch; a shorter one repeats its last value, which is never the first of equal ones.
    positions = first[:, None] + np.minimum(np.arange(lengths.max()), lengths[:, None] - 1)
    rows = values[positions]
    return np.unique(np.concatenate([[0, size - 1], first + rows.argmin(axis=1), first + rows.argmax(axis=1)]))
