"""Arrays of sessions and moments as the dates, times and periods that people read."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np

from backend.domain.moments import instants_of, period_of, rows_within, utc_moments
from backend.domain.periods import Period

# two bars on the 3rd, one on the 4th, none on the 5th, one on the 6th
SESSIONS = np.array(["2012-09-03", "2012-09-03", "2012-09-04", "2012-09-06"], dtype="datetime64[D]")


def test_the_period_of_sessions_reaches_from_the_first_to_the_last() -> None:
    assert period_of(SESSIONS) == Period(start=date(2012, 9, 3), end=date(2012, 9, 6))


def test_rows_within_a_period_include_both_ends_and_every_bar_of_a_session() -> None:
    assert rows_within(SESSIONS, Period(start=date(2012, 9, 3), end=date(2012, 9, 4))) == slice(0, 3)
    assert rows_within(SESSIONS, Period(start=date(2012, 9, 4), end=date(2012, 9, 5))) == slice(2, 3)
    assert rows_within(SESSIONS, Period(start=date(2012, 9, 7), end=date(2012, 9, 9))) == slice(4, 4)


def test_moments_are_in_utc() -> None:
    assert utc_moments(np.array(["2012-09-03T20:00:00"], dtype="datetime64[s]")) == [
        datetime(2012, 9, 3, 20, tzinfo=UTC)
    ]


def test_moments_of_any_zone_become_whole_seconds_in_utc() -> None:
    new_york = timezone(timedelta(hours=-4))
    found = instants_of([datetime(2012, 9, 3, 16, 0, 0, 999_999, new_york), datetime(2012, 9, 3, 20, tzinfo=UTC)])
    assert found.tolist() == [datetime(2012, 9, 3, 20)] * 2  # noqa: DTZ001 - as numpy gives them
    assert found.dtype == "datetime64[s]"
    assert instants_of([]).dtype == "datetime64[s]"
