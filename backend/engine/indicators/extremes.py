"""Highest and lowest value of a window, in constant time per bar (van Herk 1992, Gil and Werman 1993)."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel


@kernel
def highest(x: Floats, window: int) -> Floats:
    """Largest of the last ``window`` values.

    Args:
        x: shape (T,), any unit. A missing value poisons the windows that contain it, and no others.
        window: bars, >= 1.

    Returns:
        Shape (T,), same unit; the first ``window - 1`` values are NaN.
    """
    bars = x.size
    line = np.full(bars, np.nan)
    tail = np.empty(window)
    for block in range(0, bars, window):
        # A window that ends in this block is the tail of the block before plus the head of this one.
        tail[0] = -np.inf
        if block > 0:
            for back in range(1, window):
                value, best = x[block - back], tail[back - 1]
                tail[back] = value if value > best or value != value else best  # noqa: PLR0124 - NaN test
        best = -np.inf
        for k in range(min(window, bars - block)):
            value = x[block + k]
            best = value if value > best or value != value else best  # noqa: PLR0124 - NaN test
            back = window - 1 - k
            if block > 0 or back == 0:
                rest = tail[back] if back > 0 else -np.inf
                line[block + k] = rest if rest > best or rest != rest else best  # noqa: PLR0124 - NaN test
    return line


def lowest(x: Floats, window: int) -> Floats:
    """Smallest of the last ``window`` values; see ``highest``."""
    mirrored: Floats = np.negative(x)
    mirrored.setflags(write=False)
    line: Floats = np.negative(highest(mirrored, window))
    return line
