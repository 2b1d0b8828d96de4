"""Relative strength index (Wilder, 1978), as TA-Lib's RSI."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel


@kernel
def rsi(x: Floats, window: int) -> Floats:
    """``100 * gains / (gains + losses)``, both Wilder averages of the bar-to-bar changes.

    Args:
        x: shape (T,), any unit. A missing value restarts it: missing until ``window + 1`` values in a row are known.
        window: bars, >= 1; the averages start as plain means of the first ``window`` changes.

    Returns:
        Shape (T,), 0..100; the first ``window`` values are NaN. Missing, not 0, while nothing has moved at all.
    """
    line = np.full(x.size, np.nan)
    known, gains, losses, previous = 0, 0.0, 0.0, 0.0
    for i in range(x.size):
        value = x[i]
        if np.isnan(value):
            known, gains, losses = 0, 0.0, 0.0
            continue
        if known > 0:
            step = value - previous
            gain, loss = max(step, 0.0), max(-step, 0.0)
            if known <= window:
                gains += gain / window
                losses += loss / window
            else:
                gains = (gains * (window - 1) + gain) / window
                losses = (losses * (window - 1) + loss) / window
            if known >= window and gains + losses > 0.0:
                line[i] = 100.0 * (gains / (gains + losses))
        previous = value
        known += 1
    return line
