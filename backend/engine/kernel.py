"""Numba kernels whose cached machine code is never older than the code it was made of."""

import builtins
import dis
from collections.abc import Callable, Iterator
from functools import wraps
from types import CodeType, FunctionType
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from backend.domain.hashing import hash_json

P = ParamSpec("P")
R = TypeVar("R")
Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function over arrays and numbers run as machine code, compiled at its first call; importing it is free.

    A kernel calls no other kernel: what is composed is composed in Python, or of ``compiled`` functions. Pass
    positional arguments only; hand in read-only C-contiguous arrays, for every new combination of argument types is
    compiled anew.

    Returns:
        A function of the same signature; ``__wrapped__`` is the original, in plain Python.
    """
    run: Callable[P, R]

    def first_run(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal run
        run = compiled()(function)
        return run(*args, **kwargs)

    run = first_run

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return run(*args, **kwargs)

    return call


def compiled(signature: Any = None, *, inline: bool = False) -> Callable[[Function], Function]:
    """Compile to machine code that releases the GIL, is cached on disk and divides by zero as IEEE 754 says.

    It imports numba, so only modules that a running backtest imports use it at their top. Compiled functions may call
    each other across files if they are imported by name: the cache of one knows the code of all that it calls, and
    the plain constants, layouts of rows and named tuples that they read. What is called must be defined before.

    Args:
        signature: the one type to compile for, at once; None compiles for each type at its first call.
        inline: make it a part of every compiled function that calls it, as a call in a hot loop costs more than it.
    """
    from numba import njit

    options: Any = {"inline": "always"} if inline else {}

    def compile_function(function: Function) -> Function:
        dispatcher: Any = njit(nogil=True, cache=True, error_model="numpy", **options)(function)
        index = dispatcher._cache._cache_file  # noqa: SLF001
        # numba compares the time stamp of one file only; a changed callee in another file would go unnoticed
        index._source_stamp = fingerprint(dispatcher)  # noqa: SLF001
        index._load_index = _forgetting(index._load_index)  # noqa: SLF001
        if signature is not None:
            dispatcher.compile(signature)
            dispatcher.disable_compile()
        return cast("Function", dispatcher)

    return compile_function


def _forgetting(load: Callable[[], dict[Any, Any]]) -> Callable[[], dict[Any, Any]]:
    """Read the index of a cache, and an empty one where it names types that are gone.

    numba reads the types before it compares stamps, and whoever upgrades keeps the caches of the version before.
    """

    def known() -> dict[Any, Any]:
        try:
            return load()
        except (AttributeError, ImportError):
            return {}

    return known


def fingerprint(function: Callable[..., Any]) -> str:
    """Hash of the code and options of a function and of all compiled ones that it calls, and of constants they read."""
    parts: dict[str, list[str]] = {}
    _gather(function, parts)
    return hash_json(parts)


def _gather(compilable: Any, parts: dict[str, list[str]]) -> None:
    function: FunctionType = getattr(compilable, "py_func", compilable)
    name = f"{function.__module__}.{function.__qualname__}"
    if name in parts:
        return
    parts[name] = [repr(getattr(compilable, "targetoptions", {})), *_described(function.__code__)]
    for used in sorted(_globals_of(function.__code__)):
        if used not in function.__globals__ and not hasattr(builtins, used):
            raise NameError(f"{name} uses {used}, which is defined below it: what a kernel calls must stand above it.")
        value: Any = function.__globals__.get(used)
        if hasattr(value, "py_func"):
            _gather(value, parts)
        elif isinstance(value, bool | int | float | str | tuple | np.dtype):
            parts[name].append(f"{used} = {value!r}")
        elif hasattr(value, "_fields"):  # a named tuple that it makes
            parts[name].append(f"{used} = {value._fields!r}")


def _described(code: CodeType) -> Iterator[str]:
    """Instructions, names and constants of a function and of those defined in it."""
    yield code.co_code.hex()
    yield repr((code.co_names, code.co_varnames))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _described(constant)
        else:
            yield repr(constant)


def _globals_of(code: CodeType) -> set[str]:
    """Names that a function, or one defined in it, reads from its module."""
    own = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    return own.union(*(_globals_of(constant) for constant in code.co_consts if isinstance(constant, CodeType)))
