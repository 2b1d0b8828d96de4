"""What a strategy may say about missing values; nothing else fills them."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel


@kernel
def last_known(x: Floats, max_age: int) -> Floats:
    """The latest value that is not missing and at most ``max_age`` bars old.

    Args:
        x: shape (T,), any unit.
        max_age: bars, >= 1.

    Returns:
        Shape (T,), same unit; missing where the last ``max_age + 1`` values all are.
    """
    line = np.full(x.size, np.nan)
    age, value = max_age + 1, np.nan
    for i in range(x.size):
        age += 1
        if not np.isnan(x[i]):
            age, value = 0, x[i]
        if age <= max_age:
            line[i] = value
    return line


def fill(x: Floats, value: Floats | float) -> Floats:
    """``x``, and ``value`` where it is missing.

    Args:
        x: shape (T,), any unit.
        value: the same unit; a line or a number.

    Returns:
        Shape (T,), same unit; missing only where both are.
    """
    return np.where(np.isnan(x), value, x)
