"""The time rule of posts by worked examples around half days, holidays and clock changes."""

import warnings
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidInput
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import FIRST_DAY, LAST_DAY, TradingCalendar, periods_per_year, trading_calendar


def session_of(calendar: TradingCalendar, moment: str, *, date_only: bool = False) -> str:
    index = calendar.session_index_of_posts(np.array([moment], dtype="datetime64[s]"), np.array([date_only]))[0]
    return str(calendar.sessions[index]) if 0 <= index < len(calendar) else str(index)


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        ("2012-11-20T21:00:00", "2012-11-21"),  # Tuesday at the close (16:00 New York is 21:00 UTC): too late
        ("2012-11-20T20:59:59", "2012-11-20"),  # a second before it
        ("2012-11-21T03:00:00", "2012-11-21"),  # Tuesday night in New York, Wednesday in UTC
        ("2012-11-21T21:30:00", "2012-11-23"),  # after the close before Thanksgiving
        ("2012-11-22T15:00:00", "2012-11-23"),  # Thanksgiving
        ("2012-11-23T17:59:59", "2012-11-23"),  # the half day closes at 13:00 New York, 18:00 UTC
        ("2012-11-23T18:00:00", "2012-11-26"),
        ("2012-11-24T12:00:00", "2012-11-26"),  # Saturday
        ("2012-11-26T13:00:00", "2012-11-26"),  # before the open
    ],
)
def test_a_post_belongs_to_the_first_session_that_closes_after_it(moment: str, session: str) -> None:
    assert session_of(trading_calendar(date(2012, 11, 1), date(2012, 11, 30)), moment) == session


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        ("2013-03-08T20:30:00", "2013-03-08"),  # Friday, winter time: closes at 21:00 UTC
        ("2013-03-11T20:30:00", "2013-03-12"),  # Monday, summer time: closed at 20:00 UTC
        ("2013-11-01T20:30:00", "2013-11-04"),  # Friday, summer time
        ("2013-11-04T20:30:00", "2013-11-04"),  # Monday, winter time again
    ],
)
def test_the_clock_change_moves_the_close_in_utc(moment: str, session: str) -> None:
    assert session_of(trading_calendar(date(2013, 3, 1), date(2013, 11, 30)), moment) == session


@pytest.mark.parametrize(
    ("end_of_day", "session"),
    [
        ("2012-11-20T00:00:00", "2012-11-20"),  # written on Monday the 19th
        ("2012-11-22T00:00:00", "2012-11-23"),  # Wednesday, then Thanksgiving
        ("2012-11-24T00:00:00", "2012-11-26"),  # Friday, then the weekend
        ("2012-11-25T00:00:00", "2012-11-26"),  # Saturday
    ],
)
def test_a_date_only_post_belongs_to_the_first_session_after_its_date(end_of_day: str, session: str) -> None:
    assert session_of(trading_calendar(date(2012, 11, 1), date(2012, 11, 30)), end_of_day, date_only=True) == session


def test_a_date_only_post_never_enters_its_own_day_whatever_its_time() -> None:
    calendar = trading_calendar(date(2012, 11, 1), date(2012, 11, 30))
    assert session_of(calendar, "2012-11-20T14:00:00", date_only=True) == "2012-11-21"


def test_posts_outside_the_calendar_are_told_from_those_of_its_first_session() -> None:
    week = trading_calendar(date(2012, 11, 26), date(2012, 11, 30))
    assert session_of(week, "2012-11-23T17:00:00") == "-1"  # of the Friday before
    assert session_of(week, "2012-11-23T18:00:00") == "2012-11-26"  # after that Friday's close
    assert session_of(week, "2012-11-30T21:00:00") == "5"  # at the last close


@given(moment=st.integers(0, 10**9))
def test_the_session_closes_after_the_post_and_the_one_before_does_not(moment: int) -> None:
    calendar = trading_calendar(date(1995, 1, 3), date(2034, 12, 29))
    created_at = np.array([np.datetime64("1996-01-01T00:00:00", "s") + moment])
    index = int(calendar.session_index_of_posts(created_at, np.array([False]))[0])
    assert calendar.closes[index - 1] <= created_at[0] < calendar.closes[index]


def test_known_sessions_of_a_year() -> None:
    # 2012 had 250 sessions: the storm Sandy closed the exchange on 29 and 30 October.
    year = trading_calendar(date(2012, 1, 1), date(2012, 12, 31))
    assert len(year) == 250
    assert np.datetime64("2012-10-29") not in year.sessions
    assert str(year.opens[0]) == "2012-01-03T14:30:00"


def test_dates_outside_the_known_years_are_refused() -> None:
    with pytest.raises(InvalidInput, match="known from 1971-01-01 to 2035-12-31"):
        trading_calendar(date(1970, 12, 1), date(1971, 2, 1))
    with pytest.raises(InvalidInput, match="cannot end on"):
        trading_calendar(date(2012, 2, 1), date(2012, 1, 1))


def test_a_range_without_sessions_is_empty() -> None:
    assert len(trading_calendar(date(2012, 11, 24), date(2012, 11, 25))) == 0


def test_the_first_known_session_has_one_before_it() -> None:
    assert session_of(trading_calendar(date(1990, 1, 1), date(1990, 1, 5)), "1990-01-02T10:00:00") == "1990-01-02"


@pytest.mark.parametrize(
    ("timeframe", "periods"), [(Timeframe.DAY, 252.0), (Timeframe.MINUTE, 98_280.0), (Timeframe.HOUR, 1_764.0)]
)
def test_periods_per_year(timeframe: Timeframe, periods: float) -> None:
    assert periods_per_year(timeframe) == periods


@pytest.mark.slow
def test_every_session_is_that_of_the_library_of_exchange_calendars() -> None:
    import exchange_calendars

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls what pandas 4 will change
        calendar = exchange_calendars.get_calendar("XNYS", start=str(FIRST_DAY), end=str(LAST_DAY))
    ours = trading_calendar(FIRST_DAY, LAST_DAY)
    assert ours.sessions.tolist() == calendar.schedule.index.to_numpy().astype("datetime64[D]").tolist()
    for column, theirs in ((ours.opens, calendar.opens), (ours.closes, calendar.closes)):
        assert column.tolist() == theirs.dt.tz_localize(None).to_numpy().astype("datetime64[s]").tolist()


def test_the_session_before_the_first_one_is_known() -> None:
    assert trading_calendar(FIRST_DAY, FIRST_DAY + timedelta(days=9)).earlier_close == np.datetime64(
        "1970-12-31T21:00:00"
    )
