"""The error of the strategy language: it shows the place, says what is wrong there and what would be right."""

from dataclasses import dataclass
from typing import Any, SupportsIndex

from backend.domain.errors import InvalidInput

SHOWN = 120
"""Characters of the expression in a caret picture; a longer one is cut around the place."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a strategy.

    Attributes:
        where: field or name of the series or parameter, e.g. ``long_entry``.
        expression: the text as it was parsed; empty when the fault is not inside an expression.
        position: first character of the fault, counted from 0.
        length: characters of the fault, at least 1.
    """

    where: str = ""
    expression: str = ""
    position: int = 0
    length: int = 1


class LanguageError(InvalidInput):
    """An expression that cannot be used; the message is fit to be handed back to whoever wrote it.

    Attributes:
        sentence: what is wrong, without the place.
        spot: the place.
        caret: two lines, the expression and a marker below the fault; empty without an expression.
        hint: what was expected or would be right, with a "did you mean".
        message: place, sentence and caret together.
    """

    def __init__(self, sentence: str, hint: str = "", spot: Spot = Spot()) -> None:
        self.sentence = sentence
        self.spot = spot
        self.caret = _picture(spot)
        super().__init__(_message(self), hint)

    @property
    def where(self) -> str:
        """Field of the spec, or name of the series or parameter."""
        return self.spot.where

    @property
    def position(self) -> int:
        """First character of the fault, counted from 0."""
        return self.spot.position

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return type(self), (self.sentence, self.hint, self.spot)


def _message(error: LanguageError) -> str:
    spot = error.spot
    if not spot.expression:
        return f"{spot.where}: {error.sentence}" if spot.where else error.sentence
    place = f"{spot.where}, column {spot.position + 1}" if spot.where else f"column {spot.position + 1}"
    return f"{place}: {error.sentence}\n{error.caret}"


def _picture(spot: Spot) -> str:
    if not spot.expression:
        return ""
    first = max(0, min(spot.position - SHOWN // 2, len(spot.expression) - SHOWN))
    shown = spot.expression[first : first + SHOWN]
    length = max(1, min(spot.length, len(shown) - (spot.position - first)))
    return f"    {shown}\n    {' ' * (spot.position - first)}{'^' * length}"
