"""Bar returns of a line of values; it imports numba, so only a running backtest imports it."""

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import compiled


@compiled()
def write_returns(values: Floats, before: float, returns: Floats) -> None:
    """Write the change of each value as a fraction of the one before it, the first against ``before``.

    From a value of exactly zero, where trading has ended, there is no return: 0.

    Args:
        values: shape (N,), N >= 1.
        before: the value before the first.
        returns: filled, shape (N,).
    """
    returns[0] = values[0] / before - 1.0
    earlier, later, change = values[:-1], values[1:], returns[1:]
    for row in range(change.size):
        change[row] = later[row] / earlier[row] - 1.0
    if values[-1] == 0.0:
        for row in range(returns.size):
            if np.isnan(returns[row]):
                returns[row] = 0.0


def bar_returns(equity: Floats, capital: float) -> Floats:
    """The returns that ``write_returns`` gives, read-only, the first against ``capital``; shape (N,)."""
    returns = np.empty(equity.size)
    write_returns(equity, capital, returns)
    returns.flags.writeable = False
    return returns
