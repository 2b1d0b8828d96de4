"""Moving averages over a window, without drift: every window's sum is as good as summed afresh.

A running sum that adds the new value and takes off the old one drifts until it flips ties. The simple mean is taken
from compensated prefix sums (Neumaier, ZAMM 54, 1974), which all windows over one line share; the weighted mean sums
deviations inside blocks of one window's length.
"""

from functools import cache
from types import ModuleType

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.kernel import kernel


def running_sums(x: Floats) -> Floats:
    """Compensated prefix sums, the part of a moving mean that does not depend on the window.

    Args:
        x: shape (T,); a value that is missing or beyond 1e150 is left out and counted.

    Returns:
        Shape (3, T + 1): sums, what rounding took from them, and how many values were left out.
    """
    sums: Floats = _machine().running_sums(x)
    return sums


def mean_of_sums(sums: Floats, window: int) -> Floats:
    """Mean of the last ``window`` values at each bar, rounded once.

    Args:
        sums: shape (3, T + 1), from ``running_sums``.
        window: bars, >= 1.

    Returns:
        Shape (T,), the unit of what was summed; the first ``window - 1`` values are NaN, and so is every window that
        contains a missing value, and no other. A constant line has exactly that constant as its mean.
    """
    means: Floats = _machine().mean_of_sums(sums, window)
    return means


def means(x: Floats, windows: Integers) -> Floats:
    """``mean_of_sums(running_sums(x), window)`` for several windows in one pass, bit for bit.

    Args:
        x: shape (T,), any unit.
        windows: shape (W,), W >= 1, read-only.

    Returns:
        Shape (W, T).
    """
    lines: Floats = _machine().means_of(x, windows)
    return lines


@cache
def _machine() -> ModuleType:
    from backend.engine.indicators import moving_means

    return moving_means


@kernel
def wma(x: Floats, window: int) -> Floats:
    """Mean of the last ``window`` values with weights 1, 2, ... ``window``; the newest weighs most.

    Args:
        x: shape (T,), any unit. A missing value poisons the windows that contain it, and no others.
        window: bars, >= 1.

    Returns:
        Shape (T,), same unit; the first ``window - 1`` values are NaN.
    """
    bars = x.size
    means = np.full(bars, np.nan)
    tail_sum, tail_weighted = np.zeros(window), np.zeros(window)
    scale = 2.0 / (window * (window + 1.0))
    for block in range(0, bars, window):
        # Every window that ends in this block contains its first bar: deviations from it are small and sum exactly.
        reference = x[block]
        tail_sum[:] = 0.0
        tail_weighted[:] = 0.0
        if block > 0:
            for back in range(1, window):
                tail_sum[back] = tail_sum[back - 1] + (x[block - back] - reference)
                tail_weighted[back] = tail_weighted[back - 1] + tail_sum[back]
        head_sum, head_weighted = 0.0, 0.0
        for k in range(min(window, bars - block)):
            deviation = x[block + k] - reference
            head_sum += deviation
            head_weighted += (k + 1.0) * deviation
            back = window - 1 - k
            if block > 0 or back == 0:
                means[block + k] = reference + (tail_weighted[back] + head_weighted + back * head_sum) * scale
    return means
