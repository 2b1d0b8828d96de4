"""Standard deviation of a window, without cancellation or drift, and what is measured in it."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.indicators.arithmetic import share
from backend.engine.kernel import kernel


@kernel
def std(x: Floats, window: int) -> Floats:
    """Population standard deviation (divided by ``window``, as TA-Lib's STDDEV) of the last ``window`` values.

    Each window is two pieces, the tail of one block and the head of the next; Welford's method measures a piece, Chan,
    Golub and LeVeque (1979) join two. No large sums are subtracted, and a constant window has a deviation of exactly 0.

    Args:
        x: shape (T,), any unit. A missing value poisons the windows that contain it, and no others.
        window: bars, >= 1.

    Returns:
        Shape (T,), same unit; the first ``window - 1`` values are NaN.
    """
    bars = x.size
    line = np.full(bars, np.nan)
    # By length of the piece: mean and sum of squared distances from it; a piece of no values has neither.
    tail_mean, tail_spread = np.zeros(window + 1), np.zeros(window + 1)
    head_mean, head_spread = np.zeros(window + 1), np.zeros(window + 1)
    shares = 1.0 / np.arange(1, window + 1)
    for block in range(0, bars, window):
        # Every window that ends in this block contains its first bar: measured from there, levels cancel exactly.
        reference, size = x[block], min(window, bars - block)
        mean, spread, before, apart = 0.0, 0.0, 0.0, 0.0
        for k in range(max(size, window - 1 if block > 0 else 0)):
            if k < size:
                value = x[block + k] - reference
                delta = value - mean
                mean += delta * shares[k]
                spread += delta * (value - mean)
                head_mean[k], head_spread[k] = mean, spread
            if block > 0 and k < window - 1:
                value = x[block - 1 - k] - reference
                delta = value - before
                before += delta * shares[k]
                apart += delta * (value - before)
                tail_mean[k + 1], tail_spread[k + 1] = before, apart
        for k in range(size if block > 0 else 0):
            back = window - 1 - k
            gap = head_mean[k] - tail_mean[back]
            joined = head_spread[k] + tail_spread[back] + gap * gap * (back * (k + 1.0) / window)
            line[block + k] = np.sqrt(joined / window)
        if size == window:
            line[block + window - 1] = np.sqrt(head_spread[window - 1] / window)
    return line


def zscore(x: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Distance from the window's mean in standard deviations.

    Args:
        x: shape (T,), any unit.
        mean: of the window, same shape and unit.
        deviation: standard deviation of the window, same shape and unit.

    Returns:
        Shape (T,), a ratio; missing where an input is, or where the deviation is zero.
    """
    distance: Floats = x - mean
    distance.setflags(write=False)
    return share(distance, deviation)


def upper_band(mean: Floats, deviation: Floats, width: float) -> Floats:
    """Mean plus ``width`` standard deviations, as TA-Lib's BBANDS; shape (T,), missing where an input is."""
    return mean + width * deviation


def lower_band(mean: Floats, deviation: Floats, width: float) -> Floats:
    """Mean minus ``width`` standard deviations, as TA-Lib's BBANDS; shape (T,), missing where an input is."""
    return mean - width * deviation
