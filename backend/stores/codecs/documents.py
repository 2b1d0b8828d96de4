"""JSON documents: records and columns as text, and back."""

from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from backend.domain.errors import InvalidInput
from backend.stores.codecs.rows import reading

AnyRecord = TypeVar("AnyRecord", bound=BaseModel)


def dump(value: Any) -> str:
    """The JSON text of a record, a list or a dict; NaN and infinities become null, floats read back exactly.

    Raises:
        InvalidInput: a value has no JSON form.
    """
    try:
        return to_json(value, by_alias=True, inf_nan_mode="null").decode()
    except ValueError as error:
        raise InvalidInput(
            f"A value cannot be stored as JSON ({error}).", "store numbers, texts, times, lists and dicts"
        ) from error


def parse(text: str | bytes, what: str = "document") -> Any:
    """The value of a stored JSON text.

    Raises:
        Unavailable: the text is not JSON; the message names ``what``.
    """
    with reading(what):
        return from_json(text)


def record_of(kind: type[AnyRecord], document: Any, what: str) -> AnyRecord:
    """The record that was stored as ``document``.

    Raises:
        Unavailable: a field is unknown, missing or out of bounds; the message names ``what``.
    """
    with reading(what):
        return kind.model_validate(document)
