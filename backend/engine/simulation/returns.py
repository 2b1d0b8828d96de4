"""Bar returns of an equity curve."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel


@kernel
def bar_returns(equity: Floats, capital: float) -> Floats:
    """Change of equity over each bar as a fraction, the first against ``capital``; shape (N,).

    From an equity of exactly zero, where trading has ended, there is no return: 0.
    """
    returns = np.empty(equity.size)
    returns[0] = equity[0] / capital - 1.0
    for bar in range(1, equity.size):
        returns[bar] = equity[bar] / equity[bar - 1] - 1.0
    if equity[-1] == 0.0:
        returns[np.isnan(returns)] = 0.0
    return returns
