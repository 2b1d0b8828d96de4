"""Reads the time stamps of files: dates, and moments with a time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

MILLISECONDS_FROM = 1e11
"""Epoch numbers from here on count milliseconds, not seconds."""


@dataclass(frozen=True)
class Stamp:
    """A moment or a day.

    Attributes:
        day: the date as written.
        moment: in UTC; None for a date alone and for a time without a zone.
        date_only: there was no time of day, or midnight and no zone.
    """

    day: date
    moment: datetime | None
    date_only: bool


def read_stamp(value: Any) -> Stamp | None:
    """A stamp from ISO text, a date, a datetime or seconds since 1970; None when it is none of these."""
    if isinstance(value, datetime):
        return _of_datetime(value)
    if isinstance(value, date):
        return Stamp(value, None, date_only=True)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_epoch(value)
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return _of_datetime(parsed)


def end_of_day(day: date) -> datetime:
    """The midnight in UTC that ends ``day``: when a post stamped with a date alone counts as written."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def _of_datetime(value: datetime) -> Stamp:
    if value.tzinfo is None:
        return Stamp(value.date(), None, date_only=value.time() == time())
    return Stamp(value.date(), value.astimezone(UTC), date_only=False)


def _of_epoch(value: float) -> Stamp | None:
    try:
        moment = datetime.fromtimestamp(value / 1000 if value >= MILLISECONDS_FROM else value, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return Stamp(moment.date(), moment, date_only=False)
