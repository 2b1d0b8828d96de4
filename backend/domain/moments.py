"""Between arrays of sessions or moments and the dates, times and periods that people read."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import numpy as np

from backend.domain.arrays import Dates, Instants
from backend.domain.periods import Period


def utc_moments(instants: Instants) -> list[datetime]:
    """Time-zone aware datetimes in UTC, one for each element."""
    return [
        datetime.fromtimestamp(seconds, UTC) for seconds in instants.astype("datetime64[s]").astype(np.int64).tolist()
    ]


def instants_of(moments: Iterable[datetime]) -> Instants:
    """Time-zone aware datetimes as ``datetime64[s]`` in UTC; fractions of a second are cut off."""
    seconds = np.array([int(moment.timestamp()) for moment in moments], dtype=np.int64)
    return seconds.astype("datetime64[s]")


def session_date(sessions: Dates, position: int) -> date:
    """The session at ``position`` as a date."""
    day: date = sessions.astype("datetime64[D]")[position].astype(object)
    return day


def period_of(sessions: Dates) -> Period:
    """From the first to the last of at least one session, ascending."""
    return Period(start=session_date(sessions, 0), end=session_date(sessions, -1))


def rows_within(sessions: Dates, period: Period) -> slice:
    """The positions of the sessions that lie within ``period``; ``sessions`` ascend and may repeat."""
    first = int(np.searchsorted(sessions, np.datetime64(period.start, "D"), side="left"))
    stop = int(np.searchsorted(sessions, np.datetime64(period.end, "D"), side="right"))
    return slice(first, stop)
