"""Rows as JSON texts: what a function of the database is given, and what it answers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, LargeBinary, Table

from backend.domain.errors import InvalidInput
from backend.stores.codecs.documents import dump
from backend.stores.codecs.rows import StoredRow, reading
from backend.stores.sql.column_types import Utc

HEX = "\\x"
"""How PostgreSQL begins the text of a block of bytes."""


def row_text(row: StoredRow) -> str:
    """The JSON text of one row: bytes in hexadecimal, NaN as null, every other number exactly.

    Raises:
        InvalidInput: a value has no JSON form, or a time no time zone.
    """
    return dump(_plain(row))


def rows_text(rows: Sequence[StoredRow]) -> str:
    """The JSON text of rows, as ``row_text`` writes each."""
    return dump([_plain(row) for row in rows])


def row_of(table: Table, answer: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``table`` as its columns are typed, from JSON values; columns that it does not have stay as they are.

    Raises:
        Unavailable: a value does not fit its column.
    """
    columns = table.columns
    with reading(f"row of {table.name}"):
        return {name: _typed(columns[name].type, value) if name in columns else value for name, value in answer.items()}


def day(text: str | None) -> date | None:
    """A date of an answer."""
    return None if text is None else date.fromisoformat(text)


def _typed(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return bytes.fromhex(value.removeprefix(HEX))
    if isinstance(kind, Utc):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _plain(row: StoredRow) -> dict[str, Any]:
    return {name: _sent(value) for name, value in row.items()}


def _sent(value: Any) -> Any:
    if isinstance(value, bytes):
        return HEX + value.hex()
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InvalidInput(f"The time {value.isoformat()} has no time zone.", "give every time in UTC")
    return value
