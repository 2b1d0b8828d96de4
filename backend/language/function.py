"""What the registry knows about a function of the language."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backend.language.units import Unit

MAX_WINDOW = 5000
"""Longest window or lag, in bars."""


class Accepts(StrEnum):
    """What may stand in the place of an argument."""

    SERIES = "series"
    VALUE = "series or number"
    CONDITION = "condition"
    WINDOW = "whole number"
    NUMBER = "number"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; ``low`` is the smallest whole number that a window may be."""

    name: str
    accepts: Accepts
    low: int = 1


class Missing(StrEnum):
    """How a function deals with missing values of its inputs; the texts are part of the reference."""

    BAR = "missing at the bars where an input is missing"
    BACK = "missing where the value that far back is missing"
    ENDS = "missing where the value at the bar or the one that far back is missing"
    WINDOW = "missing where the window contains a missing value, and nowhere else"
    RESTART = "a missing value restarts it: missing until its warm-up is complete again"
    HOLDS = "bridges gaps of at most max_age bars"
    FILLS = "missing only where the replacement is missing too"
    SINCE = "missing until the condition is first true, and after an unknown bar until it is true again"
    SOURCE = "missing where there are no posts or none were fetched"
    FETCHED = "missing where posts were not fetched; 0 where there were none"
    SESSION = "missing where the exchange calendar has no such session"
    QUIET = "missing where nothing moved or nothing was traded"
    NEVER = "never missing"


@dataclass(frozen=True, slots=True)
class Step:
    """A calculation: ``run(*inputs)``, where an input is an argument by position, another step, or, first, the frame.

    Steps that equal each other are computed once, whichever functions they belong to.
    """

    run: Callable[..., Any]
    inputs: tuple["int | Step", ...]


FRAME = -1
"""The input of a step that is the whole frame instead of an argument."""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """An entry of the registry.

    Attributes:
        arguments: all are required, by position.
        result: the unit rule: from the units of the arguments that have one to the unit of the result; None makes
            the result a condition whose arguments need a unit in common.
        warmup: from the window arguments to the bars that are missing at the start beyond those of the inputs.
        missing: what becomes of missing values.
        doc: one line for people and models.
        example: a condition that uses it.
        step: what is computed.
        windows: positions of the whole-number arguments.
    """

    name: str
    arguments: tuple[Argument, ...]
    result: Callable[[tuple[Unit, ...]], Unit] | None
    warmup: Callable[..., int]
    missing: Missing
    doc: str
    example: str
    step: Step
    windows: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        windows = (i for i, argument in enumerate(self.arguments) if argument.accepts is Accepts.WINDOW)
        object.__setattr__(self, "windows", tuple(windows))

    @property
    def signature(self) -> str:
        """The call as it is written, e.g. ``sma(x, n)``."""
        return f"{self.name}({', '.join(argument.name for argument in self.arguments)})"
