"""What is wrong with one part of a request, in words."""

from collections.abc import Mapping
from typing import Any

UNREADABLE = "json_invalid"
"""The kind of complaint about a body that is no JSON."""

WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no field that is known here",
    "greater_than": "must be above {gt:,}",
    "greater_than_equal": "must be at least {ge:,}",
    "less_than": "must be below {lt:,}",
    "less_than_equal": "must be at most {le:,}",
    "string_too_short": "must have at least {min_length:,} characters",
    "string_too_long": "must have at most {max_length:,} characters",
    "string_pattern_mismatch": "must match {pattern}",
    "string_type": "must be a text",
    "string_unicode": "must be valid text",
    "bool_type": "must be true or false",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "has too many digits",
    "int_from_float": "must be a whole number",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "too_short": "must have at least {min_length:,} entries",
    "too_long": "must have at most {max_length:,} entries",
    "model_type": "must be an object, {{ ... }}",
    "model_attributes_type": "must be an object, {{ ... }}",
    "dict_type": "must be an object, {{ ... }}",
    "tuple_type": "must be a list, [ ... ]",
    "list_type": "must be a list, [ ... ]",
    "date_type": "must be a date, such as 2012-12-31",
    "date_parsing": "must be a date, such as 2012-12-31",
    "date_from_datetime_parsing": "must be a date, such as 2012-12-31",
    UNREADABLE: "is not JSON: {error}",
}
"""By the kind of complaint; each follows the name of the field, or "The body"."""


def shortcoming(error: Mapping[str, Any]) -> str:
    """What is wrong, e.g. ``must be at least 1``; the value itself is not repeated.

    Args:
        error: as pydantic tells it.
    """
    if error["type"] == "value_error":
        return f"cannot be used: {str(error['msg']).removeprefix('Value error, ').rstrip('.')}"
    words = WORDS.get(error["type"])
    if words is None:
        return f"does not fit: {str(error['msg'])[:1].lower()}{str(error['msg'])[1:]}"
    limits = {name: _short(value) for name, value in error.get("ctx", {}).items()}
    return words.format(**limits)


def _short(value: Any) -> Any:
    """A float that is a whole number as one, so that 0.0 is told as 0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
