"""Reads requests as a session would, with the symbols and the data end of the sample prices."""

from datetime import date

import pytest

from backend.agents.understanding import understand
from backend.domain.errors import InvalidInput
from backend.domain.goal import Goal, Question
from backend.domain.periods import Period
from backend.domain.sessions import SessionRequest

KNOWN = ("AAPL", "FB", "GOOG", "IBM", "MSFT")


def data_span(symbol: str, goal: Goal) -> Period:
    return Period(start=date(2000, 3, 1), end=date(2013, 3, 1))


def unknown_span(symbol: str, goal: Goal) -> None:
    return None


def read(text: str, **stated: object) -> Goal:
    goal = understand(SessionRequest.model_validate({"text": text, **stated}), KNOWN, data_span)
    assert isinstance(goal, Goal), goal
    return goal


def ask(text: str, **stated: object) -> Question:
    question = understand(SessionRequest.model_validate({"text": text, **stated}), KNOWN, data_span)
    assert isinstance(question, Question), question
    return question


def refuse(text: str, **stated: object) -> str:
    with pytest.raises(InvalidInput) as caught:
        understand(SessionRequest.model_validate({"text": text, **stated}), KNOWN, data_span)
    assert caught.value.hint
    return f"{caught.value.message} {caught.value.hint}"
