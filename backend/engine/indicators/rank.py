"""Where a value stands among its own recent past."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel


@kernel
def percentile_rank(x: Floats, window: int) -> Floats:
    """Share of the ``window - 1`` values before this one that lie below it; equal values count half.

    Args:
        x: shape (T,), any unit. A missing value poisons the windows that contain it, and no others.
        window: bars, >= 2, this bar included. Time grows with ``window``.

    Returns:
        Shape (T,), 0..1; the first ``window - 1`` values are NaN.
    """
    line = np.full(x.size, np.nan)
    for i in range(window - 1, x.size):
        value = x[i]
        below, not_above, known = 0, 0, 0
        for other in x[i - window + 1 : i]:
            below += other < value
            not_above += other <= value
            known += other == other  # noqa: PLR0124 - NaN test
        if known == window - 1 and value == value:  # noqa: PLR0124 - NaN test
            line[i] = (below + not_above) / (2.0 * (window - 1))
    return line
