"""Finds the session, start and end of the bars of a file from its time column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

import numpy as np

from backend.domain.arrays import Bools, Dates, Instants, Integers
from backend.domain.errors import InvalidInput
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import FIRST_DAY, LAST_DAY, TradingCalendar, trading_calendar
from backend.services.imports.stamps import Stamp, read_stamp
from backend.services.market.sessions import last_finished

WIDEST_OFFSETS = timedelta(hours=1)
"""Summer and winter time of one zone."""


@dataclass(frozen=True, eq=False)
class BarTimes:
    """The rows that are bars of the exchange, in the order of the file; arrays of one length.

    Attributes:
        rows: positions in the file.
        outside: rows before the open or after the close; files with extended hours have them by design.
        dropped: rows that cannot be taken, by reason.
    """

    timeframe: Timeframe
    rows: Integers
    session: Dates
    start: Instants
    end: Instants
    outside: Integers
    dropped: dict[str, Integers]


class PriceTimes:
    """The time column of a price file.

    Args:
        file: named in errors.
        values: dates for daily bars; moments with a time zone for shorter ones.
        bar_stamp: whether a moment is the start or the end of its bar.
        now: bars that have not ended, and the session that has not, are none.

    Raises:
        InvalidInput: a value is no time, zones are mixed or missing, or ``bar_stamp`` is not known.
    """

    def __init__(
        self, file: str, values: Sequence[Any], bar_stamp: Literal["start", "end"] | None, now: datetime
    ) -> None:
        self._file = file
        self._now = now
        self._bar_stamp = bar_stamp
        self._stamps = [self._stamp(row, value) for row, value in enumerate(values)]
        self._refuse_mixed_zones(values)
        self._daily = all(_is_day(value, stamp) for value, stamp in zip(values, self._stamps, strict=True))
        if not self._daily:
            self._refuse_unclear_moments()

    def of(self, rows: Integers) -> BarTimes:
        """Sessions, starts and ends of these rows."""
        calendar = trading_calendar(FIRST_DAY, LAST_DAY)
        return self._finished(self._days(rows, calendar) if self._daily else self._moments(rows, calendar))

    def _finished(self, times: BarTimes) -> BarTimes:
        """Without today's row of a file that was written before the close, and without forecasts."""
        over = times.session <= np.datetime64(last_finished(self._now), "D")
        if not self._daily:
            over |= times.end <= np.datetime64(int(self._now.timestamp()), "s")
        if over.all():
            return times
        example = times.session[~over][0]
        reason = f"bars that are not finished, e.g. of {example}"
        kept = {name: getattr(times, name)[over] for name in ("rows", "session", "start", "end")}
        return BarTimes(
            times.timeframe, **kept, outside=times.outside, dropped=times.dropped | {reason: times.rows[~over]}
        )

    def _days(self, rows: Integers, calendar: TradingCalendar) -> BarTimes:
        days = np.array([self._stamps[row].day for row in rows], dtype="datetime64[D]")
        at = np.minimum(np.searchsorted(calendar.sessions, days), len(calendar) - 1)
        known: Bools = calendar.sessions[at] == days
        dropped = {}
        if not known.all():
            example = days[~known][0]
            dropped[f"days on which the exchange was closed, e.g. {example}"] = rows[~known]
        at = at[known]
        hours = (calendar.sessions[at], calendar.opens[at], calendar.closes[at])
        return BarTimes(Timeframe.DAY, rows[known], *hours, outside=rows[:0], dropped=dropped)

    def _moments(self, rows: Integers, calendar: TradingCalendar) -> BarTimes:
        stamped: Instants = np.array([_seconds(self._stamps[row]) for row in rows], dtype="datetime64[s]")
        timeframe = self._timeframe(stamped)
        length = np.timedelta64(60 * (timeframe.minutes or 0), "s")
        start: Instants = np.subtract(stamped, length) if self._bar_stamp == "end" else stamped
        at = np.minimum(np.searchsorted(calendar.closes, start, side="right"), len(calendar) - 1)
        regular: Bools = (start >= calendar.opens[at]) & (start < calendar.closes[at])
        at, start = at[regular], start[regular]
        end: Instants = np.minimum(np.add(start, length), calendar.closes[at])
        return BarTimes(timeframe, rows[regular], calendar.sessions[at], start, end, rows[~regular], dropped={})

    def _timeframe(self, stamped: Instants) -> Timeframe:
        steps = np.diff(stamped).astype(np.int64)
        usual = int(np.median(steps)) if steps.size else 0
        for timeframe in Timeframe:
            if timeframe.minutes is not None and timeframe.minutes * 60 == usual:
                return timeframe
        lengths = ", ".join(t.value for t in Timeframe)
        raise InvalidInput(f"The bars of {self._file} are {usual} seconds apart.", f"lengths that are known: {lengths}")

    def _stamp(self, row: int, value: Any) -> Stamp:
        stamp = read_stamp(_date_from_number(value))
        if stamp is None:
            raise InvalidInput(
                f'Row {row + 1} of {self._file} has the time "{str(value)[:40]}", which is none.',
                "write dates as 2012-09-04 and moments as 2012-09-04T14:30:00Z",
            )
        return stamp

    def _refuse_mixed_zones(self, values: Sequence[Any]) -> None:
        zoned = [stamp.moment is not None for stamp in self._stamps]
        offsets = {o for o in map(_offset, values) if o is not None}
        far = bool(offsets) and max(offsets) - min(offsets) > WIDEST_OFFSETS
        if (any(zoned) and not all(zoned)) or far:
            raise InvalidInput(f"{self._file} mixes time zones.", "write every time in UTC, e.g. 2012-09-04T14:30:00Z")

    def _refuse_unclear_moments(self) -> None:
        if any(stamp.moment is None for stamp in self._stamps):
            raise InvalidInput(
                f"{self._file} has times of day without a time zone.", "write them in UTC, e.g. 2012-09-04T14:30:00Z"
            )
        if self._bar_stamp is None:
            raise InvalidInput(
                f"{self._file} does not say whether a time is the start or the end of its bar.",
                "state the bar stamp, which is start or end: `--bar-stamp start`",
            )


def _seconds(stamp: Stamp) -> int:
    return 0 if stamp.moment is None else int(stamp.moment.timestamp())


def _date_from_number(value: Any) -> Any:
    """20120904 is a date, not seconds."""
    is_date = isinstance(value, int) and not isinstance(value, bool) and 19_000_101 <= value <= 21_001_231
    return str(value) if is_date else value


def _offset(value: Any) -> timedelta | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    return value.utcoffset() if isinstance(value, datetime) else None


def _is_day(value: Any, stamp: Stamp) -> bool:
    """A date alone, or a midnight in whatever zone."""
    if stamp.date_only:
        return True
    moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    return isinstance(moment, datetime) and moment.time() == time()
