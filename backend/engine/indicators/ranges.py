"""Indicators of a bar's range: true range and what is built on it."""

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.engine.indicators.arithmetic import share
from backend.engine.indicators.extremes import highest, lowest
from backend.engine.indicators.smoothing import smooth


def true_range(frame: Frame) -> Floats:
    """Largest of high - low and the distances of high and low from the close before; a price.

    Returns:
        Shape (T,); the first value is NaN, for there is no close before it.
    """
    bars = frame.bars
    ranges = np.full(len(bars), np.nan)
    before = bars.close[:-1]
    ranges[1:] = np.maximum(bars.high[1:], before) - np.minimum(bars.low[1:], before)
    return ranges


def atr(ranges: Floats, window: int) -> Floats:
    """Wilder's average of the true range, as TA-Lib's ATR.

    Args:
        ranges: shape (T,), from ``true_range``.
        window: bars, >= 1.

    Returns:
        Shape (T,), a price; the first ``window`` values are NaN.
    """
    return smooth(ranges, window, 1.0 / window)


def stochastic(frame: Frame, window: int) -> Floats:
    """Where the close lies between the window's lowest low (0) and highest high (100): the fast %K of TA-Lib's STOCHF.

    Args:
        frame: T bars.
        window: bars, >= 1.

    Returns:
        Shape (T,), 0..100; the first ``window - 1`` values are NaN. Missing where high and low are the same price.
    """
    low = lowest(frame.bars.low, window)
    span: Floats = highest(frame.bars.high, window) - low
    above: Floats = 100.0 * (frame.bars.close - low)
    span.setflags(write=False)
    above.setflags(write=False)
    return share(above, span)
