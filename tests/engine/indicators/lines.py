"""Lines as kernels are handed them."""

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from backend.domain.arrays import Floats, Integers
from backend.engine.indicators.averages import mean_of_sums, running_sums

GAP = float("nan")

VALUES = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=60)
"""Lines of finite values."""
WINDOWS = st.integers(1, 12)


def line(values: Iterable[float]) -> Floats:
    """A read-only line."""
    made: Floats = np.array(list(values), dtype=np.float64)
    made.setflags(write=False)
    return made


def windows_of(windows: Iterable[int]) -> Integers:
    """Read-only windows."""
    made: Integers = np.array(list(windows), dtype=np.int64)
    made.setflags(write=False)
    return made


def sma(x: Floats, window: int) -> Floats:
    """The mean as the language composes it."""
    return mean_of_sums(line_of_sums(x), window)


def line_of_sums(x: Floats) -> Floats:
    """Read-only running sums."""
    sums = running_sums(x)
    sums.setflags(write=False)
    return sums
