"""Lines of another symbol read at the bars of this one: the same end, or missing."""

from typing import TypeVar

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.domain.frames import Frame
from backend.engine.indicators.truth import UNKNOWN, Truths
from backend.engine.kernel import kernel

Line = TypeVar("Line", Floats, Truths)


def rows_at(frame: Frame, other: Frame) -> Integers:
    """The row of ``other`` whose bar ends exactly when each bar of ``frame`` does.

    Returns:
        Shape (T,); -1 where ``other`` has no such bar. A bar that ends earlier or later is not taken for it.
    """
    return matching(_seconds(frame), _seconds(other))


def aligned(line: Line, rows: Integers) -> Line:
    """A line or condition of another symbol at the bars of this one.

    Args:
        line: shape (U,), one value for each bar of the other symbol.
        rows: shape (T,), from ``rows_at``.

    Returns:
        Shape (T,), of the same type; missing or unknown where the row is -1.
    """
    missing = UNKNOWN if line.dtype == np.int8 else np.nan
    if not line.size:
        return np.full(rows.size, missing, dtype=line.dtype)
    return np.where(rows >= 0, line[rows], missing)


@kernel
def matching(ends: Integers, others: Integers) -> Integers:
    """Positions in ``others`` of the values of ``ends``, -1 where it is not there; both ascend strictly."""
    rows = np.full(ends.size, -1, np.int64)
    k = 0
    for i in range(ends.size):
        while k < others.size and others[k] < ends[i]:
            k += 1
        if k < others.size and others[k] == ends[i]:
            rows[i] = k
    return rows


def _seconds(frame: Frame) -> Integers:
    seconds = frame.bars.end.astype("datetime64[s]", copy=False).view(np.int64)
    seconds.setflags(write=False)
    return seconds
