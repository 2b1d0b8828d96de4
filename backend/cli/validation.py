"""Turns a record's complaint about its fields into one sentence that names the field."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean

R = TypeVar("R", bound=BaseModel)

LONGEST_SHOWN = 60
"""Characters of a refused value that are shown."""


def checked(kind: type[R], values: Mapping[str, Any], where: str, hint: str) -> R:
    """Build a record from outside values.

    Args:
        kind: the record's class.
        values: its fields, as read from a file or stated by a user.
        where: what the values are, as the sentence begins: ``"spec.json"``, ``"the options"``.
        hint: where to read what fits, unless something better can be said.

    Raises:
        InvalidInput: naming the first field that does not fit, and what would be right.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        complaint = _complaint(kind, error.errors()[0], where)
        raise InvalidInput(complaint.message, complaint.hint or hint) from None


def _complaint(kind: type[BaseModel], detail: ErrorDetails, where: str) -> InvalidInput:
    place, field = detail["loc"], _path(detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = _fields_beside(kind, place)
        hint = did_you_mean(str(place[-1]), known) or f"the fields are {', '.join(known)}"
        return InvalidInput(f'{where}: there is no field "{field}".', hint)
    if detail["type"] == "missing":
        return InvalidInput(f'{where}: the field "{field}" is missing.')
    if detail["type"] == "value_error":
        reason = str(detail["ctx"]["error"])
        return InvalidInput(f"{where}: {f'{field}: ' if field else ''}{reason.rstrip('.')}.")
    return InvalidInput(f'{where}: the field "{field}" does not fit: {_reason(detail)}.')


def _reason(detail: ErrorDetails) -> str:
    said = detail["msg"][:1].lower() + detail["msg"][1:]
    value = detail["input"]
    if not isinstance(value, str | int | float | bool | None):
        return said
    shown = repr(value)
    return f"{said}, not {shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + '…'}"


def _path(place: Sequence[int | str]) -> str:
    """``("parameters", 0, "low")`` as ``parameters[0].low``."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _fields_beside(kind: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The fields of the record that holds the last part of ``place``."""
    for name in place[:-1]:
        if isinstance(name, str) and name in kind.model_fields:
            kind = next(_records(kind.model_fields[name].annotation), kind)
    return list(kind.model_fields)


def _records(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _records(inner)
