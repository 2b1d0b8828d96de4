"""The reference of the strategy language over HTTP."""

from typing import Any

from backend.domain.record import Record


class ArgumentEntry(Record):
    """An argument of a function.

    Attributes:
        low, high: bounds of a whole number.
    """

    name: str
    accepts: str
    low: int | None
    high: int | None


class FunctionEntry(Record):
    """A function of the language.

    Attributes:
        unit: of its result; null for a condition.
    """

    name: str
    signature: str
    arguments: tuple[ArgumentEntry, ...]
    result: str
    unit: str | None
    warmup: str
    doc: str
    example: str
    missing: str


class ColumnEntry(Record):
    """A column of the bars."""

    name: str
    unit: str
    doc: str


class LanguageDocument(Record):
    """Everything there is to know for writing a strategy.

    Attributes:
        example: a strategy to begin from.
        spec_schema: the JSON schema of a strategy.
    """

    grammar: tuple[str, ...]
    units: tuple[str, ...]
    missing: tuple[str, ...]
    limits: tuple[str, ...]
    channels: tuple[str, ...]
    columns: tuple[ColumnEntry, ...]
    functions: tuple[FunctionEntry, ...]
    example: dict[str, Any]
    spec_schema: dict[str, Any]
