"""How often a condition held lately, and how long ago it did."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.indicators.truth import Truths
from backend.engine.kernel import kernel


@kernel
def count(condition: Truths, window: int) -> Floats:
    """Number of the last ``window`` bars at which the condition was true.

    Args:
        condition: shape (T,); an unknown bar makes the windows that contain it missing, and no others.
        window: bars, >= 1.

    Returns:
        Shape (T,), a count; the first ``window - 1`` values are NaN.
    """
    line = np.full(condition.size, np.nan)
    true, unknown = 0, 0
    for i in range(condition.size):
        true += condition[i] == 1
        unknown += condition[i] == 0
        if i >= window:
            true -= condition[i - window] == 1
            unknown -= condition[i - window] == 0
        if i >= window - 1 and unknown == 0:
            line[i] = true
    return line


@kernel
def bars_since(condition: Truths) -> Floats:
    """Bars since the condition was last true; 0 at a bar where it is.

    Args:
        condition: shape (T,). After an unknown bar the distance is missing until the condition is true again: it
            might have been true there.

    Returns:
        Shape (T,), a count; missing until the condition is true for the first time.
    """
    line = np.full(condition.size, np.nan)
    distance = np.nan
    for i in range(condition.size):
        if condition[i] == 1:
            distance = 0.0
        elif condition[i] == 0:
            distance = np.nan
        else:
            distance += 1.0
        line[i] = distance
    return line
