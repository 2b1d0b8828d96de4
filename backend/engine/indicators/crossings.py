"""Crossings and runs: conditions over neighbouring bars."""

import numpy as np

from backend.domain.arrays import Bools, Floats
from backend.engine.indicators.truth import Truths
from backend.engine.kernel import kernel


@kernel
def crossings(a: Floats, b: Floats) -> Truths:
    """True at the bar where ``a`` is above ``b`` after having been at or below it one bar before.

    Args:
        a: shape (T,), any unit.
        b: shape (T,), the same unit. Unknown where either is missing at this bar or the one before.

    Returns:
        Shape (T,); the first value is unknown.
    """
    crossed = np.zeros(a.size, np.int8)
    if a.size < 2:
        return crossed
    now_a, now_b, before_a, before_b, result = a[1:], b[1:], a[:-1], b[:-1], crossed[1:]
    for i in range(result.size):
        above, below = now_a[i] > now_b[i], now_a[i] <= now_b[i]
        was_above, was_below = before_a[i] > before_b[i], before_a[i] <= before_b[i]
        known = (above | below) & (was_above | was_below)
        upward = above & was_below
        result[i] = np.int8(upward) - np.int8(known & (not upward))
    return crossed


@kernel
def crossed(a: Floats, b: Floats, above_from: int, below_from: int) -> Bools:
    """Where ``a`` crosses ``b`` upwards and where downwards, in one pass and only where it is known to.

    Args:
        a: shape (T,), any unit.
        b: shape (T,), the same unit.
        above_from: first bar at which an upward crossing counts.
        below_from: first bar at which a downward crossing counts.

    Returns:
        Shape (2, T): the bars at which ``cross_above`` is true, and those at which ``cross_below`` is.
    """
    result = np.zeros((2, a.size), np.bool_)
    if a.size < 2:
        return result
    now_a, now_b, before_a, before_b = a[1:], b[1:], a[:-1], b[:-1]
    upward, downward = result[0, 1:], result[1, 1:]
    for i in range(now_a.size):
        upward[i] = (now_a[i] > now_b[i]) & (before_a[i] <= before_b[i])
        downward[i] = (now_a[i] < now_b[i]) & (before_a[i] >= before_b[i])
    result[0, :above_from] = False
    result[1, :below_from] = False
    return result


def cross_above(a: Floats | float, b: Floats | float) -> Truths:
    """``a`` crosses ``b`` upwards; one of them may be a level."""
    left, right = _lines(a, b)
    return crossings(left, right)


def cross_below(a: Floats | float, b: Floats | float) -> Truths:
    """``a`` crosses ``b`` downwards; one of them may be a level."""
    left, right = _lines(a, b)
    return crossings(right, left)


@kernel
def rising(x: Floats, bars: int) -> Truths:
    """True where each of the last ``bars`` steps went up.

    Args:
        x: shape (T,), any unit; unknown where any of the ``bars + 1`` values is missing.
        bars: >= 1.

    Returns:
        Shape (T,); the first ``bars`` values are unknown.
    """
    result = np.zeros(x.size, np.int8)
    known, run = 0, 0
    for i in range(1, x.size):
        up, not_up = x[i] > x[i - 1], x[i] <= x[i - 1]
        known = known + 1 if up or not_up else 0
        run = run + 1 if up else 0
        if known >= bars:
            result[i] = 1 if run >= bars else -1
    return result


def falling(x: Floats, bars: int) -> Truths:
    """True where each of the last ``bars`` steps went down; see ``rising``."""
    mirrored = np.negative(x)
    mirrored.setflags(write=False)
    return rising(mirrored, bars)


def _lines(a: Floats | float, b: Floats | float) -> tuple[Floats, Floats]:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a, b
    size = a.size if isinstance(a, np.ndarray) else np.size(b)
    return _line(a, size), _line(b, size)


def _line(x: Floats | float, size: int) -> Floats:
    if isinstance(x, np.ndarray):
        return x
    level = np.full(size, x, dtype=np.float64)
    level.setflags(write=False)
    return level
