"""The exchange calendar XNYS, and the one rule that says to which session a post belongs."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Bools, Dates, Instants, Integers
from backend.domain.errors import InvalidInput
from backend.domain.timeframes import Timeframe
from backend.engine.closures import CLOSED, EARLY

EXCHANGE = "XNYS"
NEW_YORK = ZoneInfo("America/New_York")
FIRST_DAY = date(1971, 1, 1)
"""Closures before it were decided year by year, and no source lists them reliably."""
LAST_DAY = date(2035, 12, 31)
"""Holidays are known by rule; beyond this they are guesses."""

REGULAR_OPEN = np.timedelta64(9 * 60 + 30, "m")
REGULAR_CLOSE = np.timedelta64(16 * 60, "m")
EARLY_CLOSE = np.timedelta64(13 * 60, "m")
EARLY_CLOSE_BEFORE = np.timedelta64(14 * 60, "m")
EARLIER_SINCE = np.datetime64("1993-01-01", "D")
"""Times in New York, and the year since which an early close is an hour earlier than before."""

SESSIONS_PER_YEAR = 252
MINUTES_PER_SESSION = 390


@dataclass(frozen=True, eq=False)
class TradingCalendar:
    """Consecutive trading sessions; arrays of shape (S,).

    Attributes:
        sessions: ``datetime64[D]``, ascending.
        opens, closes: of the regular session in UTC, ``datetime64[s]``; half days close early.
        earlier_close: close of the session before the first one, ``datetime64[s]``.
    """

    sessions: Dates
    opens: Instants
    closes: Instants
    earlier_close: np.datetime64

    def __len__(self) -> int:
        return int(self.sessions.size)

    @property
    def earlier_closes(self) -> Instants:
        """When the posts of each session begin: the close of the session before it; shape (S,)."""
        return np.append(self.earlier_close, self.closes[:-1])

    def session_index_of_posts(self, created_at: Instants, date_only: Bools) -> Integers:
        """The session that each post belongs to: the first whose close is strictly after it.

        A post at or after the close, on a weekend or on a holiday belongs to the next session. A post stamped with a
        date only may have been written at any time of that day, so it counts as written at the midnight that ends it:
        it belongs to the first session after that date.

        Args:
            created_at: UTC, ``datetime64[s]``, shape (P,), in any order; a date-only post carries the midnight that
                ends its day.
            date_only: shape (P,).

        Returns:
            Shape (P,): positions in ``sessions``; -1 for a post of an earlier session, ``len(self)`` for a later one.
        """
        known_at = np.where(date_only, _end_of_day(created_at), created_at)
        index = np.searchsorted(self.closes, known_at, side="right").astype(np.int64)
        return np.where(known_at < self.earlier_close, np.int64(-1), index)

    def slice(self, first: int, stop: int) -> "TradingCalendar":
        """Sessions ``first .. stop - 1``."""
        earlier = self.closes[first - 1] if first > 0 else self.earlier_close
        return TradingCalendar(self.sessions[first:stop], self.opens[first:stop], self.closes[first:stop], earlier)


@lru_cache(maxsize=256)
def trading_calendar(start: date, end: date) -> TradingCalendar:
    """The sessions of the New York Stock Exchange from ``start`` to ``end``, both inclusive; none if it was closed.

    Raises:
        InvalidInput: the range lies outside the years whose holidays are known, or ends before it starts.
    """
    if end < start:
        raise InvalidInput(f"The calendar cannot end on {end} before it starts on {start}.", "swap the two dates")
    if start < FIRST_DAY or end > LAST_DAY:
        raise InvalidInput(
            f"The {EXCHANGE} calendar is known from {FIRST_DAY} to {LAST_DAY}, not from {start} to {end}.",
            "choose dates within that range",
        )
    whole = _whole_calendar()
    first = int(np.searchsorted(whole.sessions, np.datetime64(start, "D"), side="left"))
    stop = int(np.searchsorted(whole.sessions, np.datetime64(end, "D"), side="right"))
    return whole.slice(first, stop)


def periods_per_year(timeframe: Timeframe) -> float:
    """Bars of ``timeframe`` in a year of 252 sessions of 390 minutes; the last hour of a session is half a bar."""
    return float(SESSIONS_PER_YEAR * _bars_within(MINUTES_PER_SESSION, timeframe))


def observed_periods_per_year(timeframe: Timeframe, session: Dates) -> float:
    """The same for a market in which nothing was traded at times: as many bars as it had, and not more.

    A ratio scaled by bars that a quiet market does not have would be too high.

    Args:
        timeframe: of the bars.
        session: of each bar, ascending, shape (N,), N >= 1.

    Returns:
        ``periods_per_year`` times the share of the bars that the sessions from the first to the last could have.
    """
    possible = _possible_bars(timeframe, session[0].item(), session[-1].item())
    return periods_per_year(timeframe) * min(1.0, session.size / max(possible, 1))


@lru_cache(maxsize=256)
def _possible_bars(timeframe: Timeframe, first: date, last: date) -> int:
    """Bars of the regular hours from one session to another; 0 outside the years whose sessions are known."""
    if first < FIRST_DAY or last > LAST_DAY:
        return 0
    calendar = trading_calendar(first, last)
    minutes = (calendar.closes - calendar.opens) // np.timedelta64(1, "m")
    return int(_bars_within(minutes, timeframe).sum())


def _bars_within(minutes: Any, timeframe: Timeframe) -> Any:
    """Bars of a session of so many minutes; the last one may be shorter."""
    return minutes // minutes if timeframe.minutes is None else -(-minutes // timeframe.minutes)


def _end_of_day(created_at: Instants) -> Instants:
    day = (created_at - np.timedelta64(1, "s")).astype("datetime64[D]")
    return (day + np.timedelta64(1, "D")).astype("datetime64[s]")


@cache
def _whole_calendar() -> TradingCalendar:
    days = np.arange(np.datetime64(FIRST_DAY - timedelta(days=14)), np.datetime64(LAST_DAY + timedelta(days=1)))
    sessions = days[np.is_busday(days, holidays=_days_of(CLOSED))]
    early_close = np.where(sessions < EARLIER_SINCE, EARLY_CLOSE_BEFORE, EARLY_CLOSE)
    close = np.where(np.isin(sessions, _days_of(EARLY)), early_close, REGULAR_CLOSE)
    midnight = sessions - _behind_utc(sessions)
    opens, closes = midnight + REGULAR_OPEN, midnight + close
    for column in (sessions, opens, closes):
        column.flags.writeable = False
    first = int(np.searchsorted(sessions, np.datetime64(FIRST_DAY, "D")))
    return TradingCalendar(sessions, opens, closes, closes[0]).slice(first, sessions.size)


def _days_of(lines: str) -> Dates:
    """The days that a text of years with months and days names, ascending."""
    named = (line.split() for line in lines.split("\n") if line)
    return np.array([f"{year}-{day[:2]}-{day[2:]}" for year, *days in named for day in days], dtype="datetime64[D]")


def _behind_utc(sessions: Dates) -> NDArray[np.timedelta64]:
    """How far New York's clocks are from UTC at noon of each session, in seconds; negative west of it. Shape (S,)."""
    noons = (datetime.combine(day, time(12), NEW_YORK) for day in sessions.astype(object))
    return np.array([noon.utcoffset() for noon in noons], dtype="timedelta64[s]")
