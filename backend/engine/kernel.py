"""A numba kernel that is compiled at its first call, so that importing one costs nothing."""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Kernel(Generic[P, R]):
    """A function over arrays and numbers, run as machine code without the interpreter's lock.

    The machine code is cached on disk beside the module. A kernel calls no other kernel: what is composed is
    composed in Python. Pass positional arguments only; hand in read-only C-contiguous arrays, for every new
    combination of argument types is compiled anew. Division by zero follows IEEE 754 and never raises.
    """

    __slots__ = ("_run", "function")

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        self._run: Callable[P, R] = self._first_run

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._run(*args, **kwargs)

    def _first_run(self, *args: P.args, **kwargs: P.kwargs) -> R:
        from numba import njit

        compiled: Callable[P, R] = njit(nogil=True, cache=True, error_model="numpy")(self.function)
        self._run = compiled
        return compiled(*args, **kwargs)


def kernel(function: Callable[P, R]) -> Kernel[P, R]:
    """Make ``function`` a kernel; it keeps its signature."""
    return Kernel(function)
