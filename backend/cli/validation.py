"""Turns a record's complaint about its fields into one sentence that names the field."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean

R = TypeVar("R", bound=BaseModel)

LONGEST_SHOWN = 60
"""Characters of a refused value that are shown."""


REASONS = {
    "greater_than": "it must be above {gt:,}",
    "greater_than_equal": "it must be at least {ge:,}",
    "less_than": "it must be below {lt:,}",
    "less_than_equal": "it must be at most {le:,}",
    "string_too_short": "it must not be empty",
    "string_too_long": "it must have at most {max_length:,} characters",
    "string_pattern_mismatch": "it must be a small letter, then small letters, digits or _, 40 characters at most",
    "string_type": "it must be a text",
    "string_unicode": "it must be valid text",
    "finite_number": "it must be a finite number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "literal_error": "it must be {expected}",
    "too_long": "it must have at most {max_length:,} entries",
    "model_type": "it must be an object, {{ ... }}",
    "tuple_type": "it must be a list, [ ... ]",
}
"""What is wrong, in our words, by the kind of complaint."""


def checked(
    kind: type[R], values: Mapping[str, Any], where: str, hint: str, names: Mapping[str, str] = MappingProxyType({})
) -> R:
    """Build a record from outside values.

    Args:
        kind: the record's class.
        values: its fields, as read from a file or stated by a user.
        where: what the values are, as the sentence begins: ``"spec.json"``, ``"the options"``.
        hint: where to read what fits, unless something better can be said.
        names: what the user calls a field, where that is something else: ``{"costs.slippage": "--slippage"}``.

    Raises:
        InvalidInput: naming the first field that does not fit, and what would be right.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        named = names.get(_path(first["loc"]))
        complaint = InvalidInput(f"{named} {_shortcoming(first)}.") if named else _complaint(kind, first, where)
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
    return InvalidInput(f'{where}: the field "{field}" {_shortcoming(detail)}.')


def _shortcoming(detail: ErrorDetails) -> str:
    """E.g. ``is 0; it must be above 0``; a text of the user's is cut, one that is empty or too long is not repeated."""
    if detail["type"] == "value_error":
        return f"cannot be used: {str(detail['ctx']['error']).rstrip('.')}"
    reason = REASONS.get(detail["type"], "it does not fit")
    said = reason.format(**{name: _short(limit) for name, limit in detail.get("ctx", {}).items()})
    value = detail["input"]
    if detail["type"] in ("string_too_short", "string_too_long", "string_unicode"):
        return said.replace("it must", "must", 1)
    if not isinstance(value, str | int | float | bool | None):
        return f"does not fit: {said}"
    shown = "null" if value is None else repr(_short(value))
    return f"is {shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + '…'}; {said}"


def _short(value: Any) -> Any:
    """A float that is a whole number as one, so that 0.0 is told as 0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


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
