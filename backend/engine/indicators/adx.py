"""Average directional index (Wilder, 1978), as TA-Lib's ADX."""

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.engine.indicators.smoothing import smooth
from backend.engine.kernel import kernel


@kernel
def wilder_sum(x: Floats, window: int) -> Floats:
    """Wilder's decaying sum: the first ``window - 1`` values added up, then each step takes off one ``window``-th.

    Args:
        x: shape (T,), without missing values.
        window: bars, >= 2.

    Returns:
        Shape (T,); the first ``window - 1`` values are NaN.
    """
    line = np.full(x.size, np.nan)
    total = 0.0
    for i in range(x.size):
        total = total + x[i] if i < window - 1 else total - total / window + x[i]
        if i >= window - 1:
            line[i] = total
    return line


def adx(frame: Frame, window: int) -> Floats:
    """Strength of a trend, whichever its direction.

    Args:
        frame: T bars.
        window: bars, >= 2.

    Returns:
        Shape (T,), 0..100; the first ``2 * window - 1`` values are NaN. A stretch without any movement restarts it.
    """
    up = np.diff(frame.bars.high)
    down = -np.diff(frame.bars.low)
    plus = _smoothed(np.where((up > down) & (up > 0), up, 0.0), window)
    minus = _smoothed(np.where((down > up) & (down > 0), down, 0.0), window)
    # Both directions are divided by the same true range, which cancels in the quotient.
    total = plus + minus
    moves = np.divide(100.0 * np.abs(plus - minus), total, out=np.full(total.size, np.nan), where=total > 0)
    line = np.full(len(frame), np.nan)
    line[1:] = smooth(_frozen(moves), window, 1.0 / window)
    return line


def _smoothed(x: Floats, window: int) -> Floats:
    return wilder_sum(_frozen(x), window)


def _frozen(x: Floats) -> Floats:
    x.setflags(write=False)
    return x
