"""Unit rules and warm-up rules that the entries of the registry are written with."""

from collections.abc import Callable

from backend.language import units
from backend.language.units import Unit


def same(inputs: tuple[Unit, ...]) -> Unit:
    """The unit of the first argument."""
    return inputs[0]


def shared(inputs: tuple[Unit, ...]) -> Unit:
    """The unit that all arguments have in common."""
    unit = inputs[0]
    for other in inputs[1:]:
        unit = units.common(unit, other)
    return unit


def root(inputs: tuple[Unit, ...]) -> Unit:
    """The unit of a square root."""
    return units.square_root(inputs[0])


def logarithm(inputs: tuple[Unit, ...]) -> Unit:
    """The unit of a logarithm."""
    return units.logarithm(inputs[0])


def always(unit: Unit) -> Callable[[tuple[Unit, ...]], Unit]:
    """The same unit, whatever goes in."""
    return lambda _: unit


def no_bars(*_: int) -> int:
    """Known from the first bar on."""
    return 0


def one_bar(*_: int) -> int:
    """Needs the bar before."""
    return 1


def window(n: int, *_: int) -> int:
    """Known at the n-th bar."""
    return n - 1


def lagged(n: int, *_: int) -> int:
    """Needs the value n bars ago."""
    return n


def twice(n: int) -> int:
    """Two averages of n, one over the other, of steps between bars."""
    return 2 * n - 1


def slower(fast: int, slow: int, signal: int = 1) -> int:
    """The slower of two averages, and one over their difference."""
    return max(fast, slow) + signal - 2
