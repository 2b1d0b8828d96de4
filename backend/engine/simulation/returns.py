"""Bar returns of an equity curve."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel


@kernel
def bar_returns(equity: Floats, capital: float) -> Floats:
    """Change of equity over each bar as a fraction, the first against ``capital``; shape (N,).

    From an equity of exactly zero there is no return: 0.
    """
    returns = np.empty(equity.size)
    previous = capital
    for bar in range(equity.size):
        returns[bar] = equity[bar] / previous - 1.0 if previous != 0.0 else 0.0
        previous = equity[bar]
    return returns
