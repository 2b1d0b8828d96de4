"""Standard deviation of a window, without cancellation or drift, and what is measured in it."""

import numpy as np

from backend.domain.arrays import Floats
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
    tail_mean, tail_spread = np.zeros(window), np.zeros(window)
    shares = 1.0 / np.arange(1, window + 1)
    for block in range(0, bars, window):
        # Every window that ends in this block contains its first bar: measured from there, levels cancel exactly.
        reference = x[block]
        if block > 0:
            mean, spread = 0.0, 0.0
            for back in range(1, window):
                value = x[block - back] - reference
                delta = value - mean
                mean += delta * shares[back - 1]
                spread += delta * (value - mean)
                tail_mean[back], tail_spread[back] = mean, spread
        mean, spread = 0.0, 0.0
        for k in range(min(window, bars - block)):
            value = x[block + k] - reference
            delta = value - mean
            mean += delta * shares[k]
            spread += delta * (value - mean)
            back = window - 1 - k
            if back == 0:
                line[block + k] = np.sqrt(spread / window)
            elif block > 0:
                apart = mean - tail_mean[back]
                joined = spread + tail_spread[back] + apart * apart * (back * (k + 1.0) / window)
                line[block + k] = np.sqrt(joined / window)
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
    line: Floats = np.divide(distance, deviation, out=np.full(x.size, np.nan), where=deviation > 0)
    return line


def upper_band(mean: Floats, deviation: Floats, width: float) -> Floats:
    """Mean plus ``width`` standard deviations, as TA-Lib's BBANDS; shape (T,), missing where an input is."""
    return mean + width * deviation


def lower_band(mean: Floats, deviation: Floats, width: float) -> Floats:
    """Mean minus ``width`` standard deviations, as TA-Lib's BBANDS; shape (T,), missing where an input is."""
    return mean - width * deviation
