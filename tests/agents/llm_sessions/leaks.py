"""A search of all that a server received for what it must not know: texts of posts, keys, and hidden numbers."""

import json
import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from backend.domain.conversation import Ending
from backend.domain.sessions import Attempt, Session
from tests.servers.openai_server import Request

LEAST_DIGITS = 3
"""Figures of a number that is looked for; coarser ones meet by chance, and are the matter of swapped futures."""

_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORD = re.compile(r"[^\W_]+")
PHRASE = 4
"""Words in a row that make a passage of a post."""


def told_in(requests: Iterable[Request]) -> str:
    """Everything that was received, as bytes and with each level of JSON's quoting taken off."""
    return "\n".join(text for request in requests for text in _layers(request))


def numbers_in(text: str) -> set[str]:
    """Every number that is written in a text, without commas."""
    return {found.replace(",", "") for found in _NUMBER.findall(text)}


def forms(value: float) -> set[str]:
    """The ways in which somebody might write a number: whole, rounded, as percent, without its sign."""
    written = set[str]()
    for scaled in (value, value * 100):
        written.add(repr(scaled))
        written |= {f"{scaled:.{digits}f}" for digits in range(1, 7)}
        written |= {f"{scaled:.{digits}g}" for digits in range(3, 8)}
    return {form for text in written for form in (text, text.lstrip("-")) if _digits(form) >= LEAST_DIGITS}


def numbers_of(part: Any) -> Iterator[float]:
    """Every number in a document but the calendar years."""
    if isinstance(part, (dict, list, tuple)):
        inside = [value for name, value in part.items() if name != "year"] if isinstance(part, dict) else part
        for inner in inside:
            yield from numbers_of(inner)
    elif isinstance(part, (int, float)) and not isinstance(part, bool) and isfinite(part):
        yield float(part)


def hidden_numbers(session: Session, attempts: Iterable[Attempt]) -> set[float]:
    """What validation and hold-out showed, of every attempt and of the verdict; thresholds are public."""
    known: list[Any] = []
    for attempt in attempts:
        shown = attempt.model_dump(mode="json", by_alias=True)
        known += [shown["validation"], shown["validation_growth"], shown["validation_years"]]
    endings: list[Session | Ending] = [session, *(turn.ending for turn in session.turns if turn.ending)]
    for ending in endings:
        for record in (ending.holdout, ending.null_league):
            known += [record.model_dump(mode="json")] if record else []
        known += [check.value for check in ending.verdict.checks] if ending.verdict else []
    return set(numbers_of(known))


def open_numbers(attempts: Iterable[Attempt]) -> set[float]:
    """What train showed, and the numbers of the strategies themselves."""
    shown = [attempt.model_dump(mode="json", by_alias=True) for attempt in attempts]
    kept = ("train", "train_years", "train_growth", "observations", "spec", "n", "trials")
    return {number for attempt in shown for number in numbers_of([attempt[name] for name in kept])}


def all_forms(numbers: Iterable[float]) -> set[str]:
    """The ways in which somebody might write any of them."""
    return {form for number in numbers for form in forms(number)}


def leaked(told: str, hidden: Iterable[float], innocent: set[str]) -> list[tuple[float, str]]:
    """Hidden numbers that are written in a text, each with its form; not those that say something open as well."""
    written = numbers_in(told) - innocent
    return sorted((number, form) for number in hidden for form in forms(number) & written)


def passages(text: str) -> set[tuple[str, ...]]:
    """Every few words in a row; all of them where there are fewer."""
    words = [word.lower() for word in _WORD.findall(text)]
    return {tuple(words[at : at + PHRASE]) for at in range(max(1, len(words) - PHRASE + 1))}


def _layers(request: Request) -> Iterator[str]:
    raw = request.raw.decode()
    yield request.path
    yield from (f"{name}: {value}" for name, value in request.headers.items() if name != "authorization")
    yield raw
    yield from _texts(json.loads(raw or "null"))


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
        for quoted in re.findall(r'"(?:[^"\\\n]|\\.)*"', part):
            yield from _unquoted(quoted)
    elif isinstance(part, (dict, list)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _texts(inner)


def _unquoted(quoted: str) -> Iterator[str]:
    try:
        text = json.loads(quoted)
    except ValueError:
        return
    if text != quoted[1:-1]:
        yield text


def _digits(form: str) -> int:
    """Figures that say something: without leading zeros and the exponent."""
    return len(re.sub(r"[eE].*|[^\d]", "", form).lstrip("0"))
