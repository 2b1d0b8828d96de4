"""Whether a body is JSON that every part of the service reads in the same way."""

import json
from collections.abc import Iterable
from math import isinf
from typing import Any

from backend.domain.errors import InvalidInput

DEEPEST = 64
"""Levels of lists and objects inside each other."""
LONGEST_NUMBER = 400
"""Digits of a whole number: no number with a meaning here has more."""

HINT = "send one JSON document in UTF-8"


class NotJson(InvalidInput):
    """The body is not the JSON that it says it is."""


def refuse_odd_json(body: bytes) -> None:
    """Look at a body that says it is JSON.

    Raises:
        NotJson: it is none or not in UTF-8; it holds NaN, a key twice, the character NUL or half a character, or is
            nested too deeply.
    """
    try:
        text = body.decode()
        if "\\u0000" not in text and _shallow(text):
            _read(text)
            return
        _refuse_odd_values(_read(text))
    except UnicodeDecodeError as error:
        raise NotJson(f"The body is not UTF-8: byte {error.start} is not.", HINT) from None
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJson(f"The body is not JSON: {error.msg} at {place}.", HINT) from None


def _shallow(text: str) -> bool:
    return text.count("[") + text.count("{") <= DEEPEST and "\\ud" not in text.lower()


def _read(text: str) -> Any:
    return json.loads(
        text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_fraction
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise NotJson(f'The key "{double[:80]}" is twice in one object of the body.', "say each thing once")
    return made


def _constant(name: str) -> Any:
    raise NotJson(f"{name} is no number of JSON.", "send null for what is not known")


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise NotJson("There is a number of too many digits in the body.", "send numbers that have a meaning")
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise NotJson("There is a number in the body that is too large.", "send numbers that have a meaning")
    return value


def _refuse_odd_values(value: Any) -> None:
    """Level by level, so that depth costs no stack."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        for text in (each for each in _with_keys(level) if isinstance(each, str)):
            if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
                raise NotJson("There is a NUL, or half a character, in a text of the body.", "leave it out")
        level = [part for each in level if isinstance(each, list | dict) for part in _parts(each)]
        if not level:
            return
    raise _too_deep()


def _with_keys(level: Iterable[Any]) -> Iterable[Any]:
    for each in level:
        yield each
        if isinstance(each, dict):
            yield from each


def _parts(value: list[Any] | dict[str, Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _too_deep() -> NotJson:
    return NotJson(f"The body is nested more than {DEEPEST} levels deep.", "send a flatter document")
