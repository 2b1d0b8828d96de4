"""Column types that mean the same on every database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from backend.domain.errors import InvalidInput


class Utc(TypeDecorator[datetime]):
    """A moment in UTC to the microsecond, always with its time zone; SQLite alone would drop it.

    Raises:
        InvalidInput: the value has no time zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """To UTC, refusing a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise InvalidInput(f"The time {value.isoformat()} has no time zone.", "give every time in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """From what the driver returns: without a zone on SQLite, with one on PostgreSQL."""
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment


Document = JSON().with_variant(JSONB(), "postgresql")
"""A JSON document: a record."""

Columns = JSON()
"""Columns of equal length as one JSON text: nobody searches in them, and PostgreSQL reads a text back faster than a
parsed document, with every digit and sign as it was written."""

RowNumber = BigInteger().with_variant(Integer(), "sqlite")
"""Counts up with every row; SQLite does so for the type INTEGER alone."""
