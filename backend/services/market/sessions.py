"""Reckons stretches of days in trading sessions of the exchange."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import ceil

import numpy as np

from backend.domain.arrays import Dates
from backend.domain.moments import session_date
from backend.domain.periods import Period
from backend.domain.stretches import ONE_DAY, missing
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import FIRST_DAY, LAST_DAY, MINUTES_PER_SESSION, trading_calendar

SETTLED = np.timedelta64(20, "m")
"""A session counts as finished this long after its close: sources publish late and correct the last bar."""

LONGEST_CLOSURE = timedelta(days=8)
"""Two stretches this near to each other may have no session between them; the calendar decides."""


def sessions_of(period: Period) -> Dates:
    """The sessions within ``period`` as far as the calendar is known, ``datetime64[D]``, shape (S,)."""
    start, end = max(period.start, FIRST_DAY), min(period.end, LAST_DAY)
    if end < start:
        return np.empty(0, dtype="datetime64[D]")
    return trading_calendar(start, end).sessions


def has_sessions(period: Period) -> bool:
    """Whether the exchange was open on a day of ``period``."""
    return bool(sessions_of(period).size)


def last_finished(now: datetime) -> date:
    """The last session that closed at least 20 minutes before ``now``; half days close early."""
    calendar = trading_calendar(FIRST_DAY, LAST_DAY)
    moment = np.datetime64(int(now.timestamp()), "s")
    return session_date(calendar.sessions, int(np.searchsorted(calendar.closes, moment - SETTLED, side="right")) - 1)


def ends_with_today(end: date, now: datetime) -> bool:
    """Whether up to ``end`` no session but today's lies after the last finished one."""
    finished = last_finished(now)
    if end <= finished:
        return False
    return all(day <= np.datetime64(now.date(), "D") for day in sessions_of(Period(start=finished + ONE_DAY, end=end)))


def covered_by(stretch: Period, period: Period) -> bool:
    """Whether no session of ``period`` lies outside ``stretch``, and some of it inside."""
    return stretch.overlaps(period) and not any(has_sessions(gap) for gap in missing(period, [stretch]))


def with_warmup(stretch: Period, period: Period, timeframe: Timeframe, warmup_bars: int) -> Period:
    """The period and the sessions before it that hold the warm-up, as far as the stretch reaches."""
    bars_per_session = 1 if timeframe.minutes is None else MINUTES_PER_SESSION // timeframe.minutes
    sessions_before = ceil(warmup_bars / bars_per_session)
    start = max(stretch.start, period.start)
    earlier = sessions_of(Period(start=stretch.start, end=start))
    earlier = earlier[earlier < np.datetime64(start, "D")]
    if sessions_before and earlier.size:
        start = session_date(earlier, max(0, earlier.size - sessions_before))
    return Period(start=start, end=min(period.end, stretch.end))


def without_closures(stretches: Iterable[Period]) -> tuple[Period, ...]:
    """Ascending stretches with those merged that only days without a session part."""
    result: list[Period] = []
    for stretch in stretches:
        if result and adjoin(result[-1], stretch):
            result[-1] = Period(start=result[-1].start, end=stretch.end)
        else:
            result.append(stretch)
    return tuple(result)


def adjoin(earlier: Period, later: Period) -> bool:
    """Whether no session lies between the two, the second starting after the first has ended."""
    if not timedelta(0) < later.start - earlier.end <= LONGEST_CLOSURE:
        return False
    first, last = earlier.end + ONE_DAY, later.start - ONE_DAY
    return last < first or not has_sessions(Period(start=first, end=last))


def without_bars(session: Dates, period: Period) -> Dates:
    """The sessions of ``period`` that are not among ``session``, which ascends and may repeat."""
    wanted = sessions_of(period)
    if not session.size:
        return wanted
    at = np.minimum(np.searchsorted(session, wanted), session.size - 1)
    absent: Dates = wanted[session[at] != wanted]
    return absent
