"""Average directional index (Wilder, 1978), as TA-Lib's ADX."""

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.engine.kernel import kernel


def adx(frame: Frame, window: int) -> Floats:
    """Strength of a trend, whichever its direction.

    Args:
        frame: T bars.
        window: bars, >= 2.

    Returns:
        Shape (T,), 0..100; the first ``2 * window - 1`` values are NaN. A stretch without any movement restarts it.
    """
    return directional_index(frame.bars.high, frame.bars.low, window)


@kernel
def directional_index(high: Floats, low: Floats, window: int) -> Floats:
    """Wilder's average of how far moves up and moves down are apart, as a percentage of both; see ``adx``.

    Both directions would be divided by the same true range, which cancels in the quotient.
    """
    line, weight = np.full(high.size, np.nan), 1.0 / window
    plus, minus, known, total, average = 0.0, 0.0, 0, 0.0, 0.0
    for i in range(1, high.size):
        up, down = high[i] - high[i - 1], low[i - 1] - low[i]
        if i >= window:
            plus -= plus / window
            minus -= minus / window
        plus += up if up > down and up > 0.0 else 0.0
        minus += down if down > up and down > 0.0 else 0.0
        if i < window:
            continue
        if not plus + minus > 0.0:
            known, total = 0, 0.0
            continue
        move = 100.0 * abs(plus - minus) / (plus + minus)
        known += 1
        if known < window:
            total += move
            continue
        average = (total + move) / window if known == window else average + weight * (move - average)
        line[i] = average
    return line
