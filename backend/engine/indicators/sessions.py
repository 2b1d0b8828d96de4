"""What the calendar tells about a bar, known in advance."""

import numpy as np

from backend.domain.arrays import Bools, Dates, Floats, Integers
from backend.domain.frames import Frame
from backend.engine.calendar import FIRST_DAY, LAST_DAY, trading_calendar

MINUTE = 60.0


def day_of_week(frame: Frame) -> Floats:
    """Weekday of each bar's trading session: Monday 0 ... Friday 4; shape (T,), never missing."""
    days = frame.bars.session.astype("datetime64[D]").astype(np.int64)
    # 1970-01-01, day 0, was a Thursday.
    return ((days + 3) % 7).astype(np.float64)


def month(frame: Frame) -> Floats:
    """Month of each bar's trading session, 1..12; shape (T,), never missing."""
    months = frame.bars.session.astype("datetime64[M]").astype(np.int64)
    return (months % 12 + 1).astype(np.float64)


def hours(frame: Frame) -> Floats:
    """When each bar's regular session opens and closes, by the exchange calendar: half days close early.

    Returns:
        Shape (2, T): opens and closes in seconds since 1970 UTC, so that clock changes are in them; NaN where the
        calendar has no such session.
    """
    days = frame.bars.session
    begins = session_begins(days)
    found = _hours_of(days[begins])
    return np.ascontiguousarray(np.repeat(found, np.diff(np.append(begins, days.size)), axis=1))


def minute_of_session(frame: Frame, opened_and_closed: Floats) -> Floats:
    """Whole minutes from the open of the session to the start of each bar.

    Args:
        frame: T bars.
        opened_and_closed: shape (2, T), from ``hours``.

    Returns:
        Shape (T,), 0 for the bar at the open, below 0 before it; missing where the calendar has no such session.
    """
    minutes: Floats = np.floor((_seconds(frame.bars.start) - opened_and_closed[0]) / MINUTE)
    return minutes


def minutes_to_close(frame: Frame, opened_and_closed: Floats) -> Floats:
    """Whole minutes from the end of each bar to the close of its session.

    Args:
        frame: T bars.
        opened_and_closed: shape (2, T), from ``hours``.

    Returns:
        Shape (T,), 0 for the bar that ends at the close, below 0 after it; missing where the calendar has no such
        session.
    """
    minutes: Floats = np.floor((opened_and_closed[1] - _seconds(frame.bars.end)) / MINUTE)
    return minutes


def session_begins(days: Dates) -> Integers:
    """The rows at which a session has its first bar, ascending."""
    first: Bools = np.ones(days.size, dtype=np.bool_)
    np.not_equal(days[1:], days[:-1], out=first[1:])
    return np.flatnonzero(first)


def _hours_of(days: Dates) -> Floats:
    """Open and close in seconds of each of some sessions, ascending; shape (2, S)."""
    found = np.full((2, days.size), np.nan)
    known = (days >= np.datetime64(FIRST_DAY)) & (days <= np.datetime64(LAST_DAY))
    if not known.any():
        return found
    within = days[known]
    calendar = trading_calendar(within[0].item(), within[-1].item())
    rows = np.searchsorted(calendar.sessions, within)
    there = np.append(calendar.sessions, np.datetime64("NaT"))[rows] == within
    columns = np.flatnonzero(known)[there]
    found[0, columns] = _seconds(calendar.opens[rows[there]])
    found[1, columns] = _seconds(calendar.closes[rows[there]])
    return found


def _seconds(moments: Dates) -> Floats:
    return moments.astype("datetime64[s]", copy=False).view(np.int64).astype(np.float64)
