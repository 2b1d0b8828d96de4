"""Three-valued conditions: true (1), false (-1) or unknown (0), so that missing data never turns into a trade.

This is Kleene's logic: ``not unknown`` is unknown, ``true or unknown`` is true, ``false and unknown`` is false. With
these codes negation is a minus sign, ``and`` the minimum and ``or`` the maximum.
"""

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Bools, Floats

Truths = NDArray[np.int8]
"""Shape (T,): 1 true, -1 false, 0 unknown."""
UNKNOWN = np.int8(0)


def less(a: Floats | float, b: Floats | float) -> Truths:
    """``a < b``; unknown where either is missing."""
    return np.subtract(np.less(a, b), np.greater_equal(a, b), dtype=np.int8)


def less_or_equal(a: Floats | float, b: Floats | float) -> Truths:
    """``a <= b``; unknown where either is missing."""
    return np.subtract(np.less_equal(a, b), np.greater(a, b), dtype=np.int8)


def greater(a: Floats | float, b: Floats | float) -> Truths:
    """``a > b``; unknown where either is missing."""
    return less(b, a)


def greater_or_equal(a: Floats | float, b: Floats | float) -> Truths:
    """``a >= b``; unknown where either is missing."""
    return less_or_equal(b, a)


def negation(a: Truths) -> Truths:
    """``not a``; unknown stays unknown."""
    return np.negative(a)


def both(*parts: Truths) -> Truths:
    """True where all parts are, false where any part is, else unknown."""
    result = parts[0]
    for part in parts[1:]:
        result = np.minimum(result, part)
    return result


def either(*parts: Truths) -> Truths:
    """True where any part is, false where all parts are, else unknown."""
    result = parts[0]
    for part in parts[1:]:
        result = np.maximum(result, part)
    return result


def is_true(a: Truths) -> Bools:
    """Where a strategy may act: unknown is not true."""
    return np.greater(a, UNKNOWN)


def as_line(a: Truths) -> Floats:
    """1 true, 0 false, NaN unknown; shape (T,)."""
    line: Floats = _CODES[a]
    return line


# By position: unknown (0), true (1), and false (-1) as the last.
_CODES = np.array([np.nan, 1.0, 0.0])
