"""Indicators of traded volume."""

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.engine.indicators.arithmetic import share


def obv(frame: Frame) -> Floats:
    """On-balance volume (Granville): volume added on a higher close and taken off on a lower one, as TA-Lib's OBV.

    Returns:
        Shape (T,), a volume, starting with the first bar's own; its level depends on where the data start, so only
        its movement means something.
    """
    bars = frame.bars
    steps = bars.volume.copy()
    steps[1:] *= np.sign(np.diff(bars.close))
    total: Floats = np.cumsum(steps)
    return total


def traded_value(frame: Frame) -> Floats:
    """Typical price ``(high + low + close) / 3`` times volume of each bar; shape (T,), price times volume."""
    bars = frame.bars
    return (bars.high + bars.low + bars.close) / 3.0 * bars.volume


def vwap(value: Floats, volume: Floats) -> Floats:
    """Average price paid over a window, weighted by volume.

    Args:
        value: shape (T,), mean ``traded_value`` of the window.
        volume: shape (T,), mean volume of the window.

    Returns:
        Shape (T,), a price; missing where an input is, or where nothing was traded.
    """
    return share(value, volume)
