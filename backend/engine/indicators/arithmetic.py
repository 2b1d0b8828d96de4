"""Arithmetic bar by bar: missing where an operand is, or where the result is not a finite number."""

import math
from typing import cast

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import kernel

Value = Floats | float
# What is not a number is missing, one rule for 0 / 0, log(0) and overflow: numpy need not warn.
_QUIET = np.errstate(all="ignore")


@_QUIET
def add(a: Value, b: Value) -> Floats:
    """Sum of two lines, or of a line and a number."""
    return _finite(np.add(a, b))


@_QUIET
def subtract(a: Value, b: Value) -> Floats:
    """Difference of two lines, or of a line and a number."""
    return _finite(np.subtract(a, b))


@_QUIET
def multiply(a: Value, b: Value) -> Floats:
    """Product of two lines, or of a line and a number."""
    return _finite(np.multiply(a, b))


@_QUIET
def divide(a: Value, b: Value) -> Floats:
    """Quotient; missing where the divisor is zero."""
    return _finite(np.divide(a, b))


@kernel
def share(a: Floats, b: Floats) -> Floats:
    """``a / b`` of two lines; missing where ``b`` is not above zero. Shape (T,)."""
    line = np.empty(a.size)
    for i in range(a.size):
        line[i] = a[i] / b[i] if b[i] > 0.0 else np.nan
    return line


def negate(x: Floats) -> Floats:
    """Minus the line."""
    return np.negative(x)


def absolute(x: Floats) -> Floats:
    """Size without sign."""
    return np.abs(x)


@_QUIET
def logarithm(x: Floats) -> Floats:
    """Natural logarithm; missing where x is not above zero."""
    return _finite(np.log(x))


@_QUIET
def square_root(x: Floats) -> Floats:
    """Square root; missing where x is below zero."""
    return np.sqrt(x)


def minimum(a: Value, b: Value) -> Floats:
    """The lower of the two at each bar; missing where either is."""
    return np.asarray(np.minimum(a, b), dtype=np.float64)


def maximum(a: Value, b: Value) -> Floats:
    """The higher of the two at each bar; missing where either is."""
    return np.asarray(np.maximum(a, b), dtype=np.float64)


def clip(x: Floats, low: Value, high: Value) -> Floats:
    """``x`` held between ``low`` and ``high``; where they are the wrong way round, ``high`` wins."""
    return minimum(maximum(x, low), high)


def scalar(symbol: str, a: float, b: float) -> float:
    """Arithmetic on two plain numbers; NaN when the result is not finite."""
    quotient = a / b if b else math.nan
    result = {"+": a + b, "-": a - b, "*": a * b, "/": quotient}[symbol]
    return result if math.isfinite(result) else math.nan


def _finite(x: Floats) -> Floats:
    sound = np.isfinite(x)
    if sound.all():
        return x
    return cast("Floats", np.where(sound, x, np.nan))
