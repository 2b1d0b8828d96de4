"""A numba kernel that is compiled at its first call, so that importing one costs nothing."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function over arrays and numbers run as machine code without the interpreter's lock.

    The machine code is cached on disk beside the module. A kernel calls no other kernel: what is composed is
    composed in Python. Pass positional arguments only; hand in read-only C-contiguous arrays, for every new
    combination of argument types is compiled anew. Division by zero follows IEEE 754 and never raises.

    Returns:
        A function of the same signature; ``__wrapped__`` is the original, in plain Python.
    """
    run: Callable[P, R]

    def first_run(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal run
        from numba import njit

        run = njit(nogil=True, cache=True, error_model="numpy")(function)
        return run(*args, **kwargs)

    run = first_run

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return run(*args, **kwargs)

    return call
