"""Indicators of traded volume."""

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.engine.indicators.averages import mean_of_sums


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


def vwap(value_sums: Floats, volume_sums: Floats, window: int) -> Floats:
    """Average price paid over the last ``window`` bars, weighted by volume.

    Args:
        value_sums: shape (3, T + 1), ``running_sums`` of ``traded_value``.
        volume_sums: the same of the volume.
        window: bars, >= 1.

    Returns:
        Shape (T,), a price; the first ``window - 1`` values are NaN. Missing where nothing was traded.
    """
    volume = mean_of_sums(volume_sums, window)
    value = mean_of_sums(value_sums, window)
    line: Floats = np.divide(value, volume, out=np.full(volume.size, np.nan), where=volume > 0)
    return line
