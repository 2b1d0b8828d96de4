"""Returns above those of cash, so that interest passes for neither timing nor alpha."""

import numpy as np

from backend.domain.arrays import Floats

ROUNDING = 1e-12
"""A return of a bar this close to that of cash is the same."""


def in_excess(returns: Floats, risk_free: float) -> Floats:
    """Bar returns less what cash earns in a bar; exactly 0 where nothing but cash was held.

    Args:
        returns: shape (N,), without missing values.
        risk_free: return of a bar of cash; with 0 the returns stay as they are.
    """
    if risk_free == 0.0:
        return returns
    above = returns - risk_free
    return np.where(np.abs(above) <= ROUNDING, 0.0, above)
