"""What a file cannot know is not taken for known: today's row, posts of tomorrow, years between two files."""

import re
from datetime import UTC, datetime

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.timeframes import Timeframe
from tests.services.imports.desk import Desk, post

HALF_DAY = ("KO,2026-11-24,10,12,9,11,500", "KO,2026-11-25,11,13,10,12,600", "KO,2026-11-27,12,14,11,13,700")
"""Tuesday, Wednesday, and the Friday after Thanksgiving, when the exchange closes at 18:00 UTC."""


@pytest.mark.parametrize(("moment", "rows"), [("15:00", 2), ("18:19", 2), ("18:20", 3)])
def test_the_row_of_a_session_that_is_not_over_is_refused(moment: str, rows: int) -> None:
    desk = Desk()
    desk.now = datetime.fromisoformat(f"2026-11-27T{moment}:00+00:00")
    report = desk.prices(*HALF_DAY)
    assert (report.rows_taken, report.rows_refused) == (rows, 3 - rows)
    if rows == 2:
        assert "KO: bars that are not finished, e.g. of 2026-11-27" in report.refused[0].reason
    (span,) = desk.market.bar_spans()
    assert span.end.day == (27 if rows == 3 else 25)


def test_a_minute_counts_when_it_is_over() -> None:
    desk = Desk()
    desk.now = datetime(2026, 11, 27, 14, 32, 59, tzinfo=UTC)
    minutes = [f"KO,2026-11-27T14:{minute}:00Z,10,12,9,11,5" for minute in (30, 31, 32)]
    assert desk.prices(*minutes, bar_stamp="start").rows_taken == 2
    assert [span.timeframe for span in desk.market.bar_spans()] == [Timeframe.MINUTE]


def test_a_file_of_forecasts_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"not finished, e\.g\. of 2027-01-04"):
        Desk().prices("KO,2027-01-04,10,12,9,11,500", "KO,2027-01-05,10,12,9,11,500")


def test_posts_of_tomorrow_do_not_make_tomorrow_known() -> None:
    desk = Desk()
    desk.now = datetime(2026, 11, 20, 15, tzinfo=UTC)
    moments = ("2026-11-20T14:59:59Z", "2026-11-20", "2026-11-20T15:00:01Z", "2026-11-21", "2027-06-20T12:00:00Z")
    report = desk.records(*(post(id=moment, created_at=moment) for moment in moments))
    assert report.rows_taken == 2
    assert [(refusal.reason, refusal.rows) for refusal in report.refused] == [("created_at lies in the future", 3)]


def test_the_years_between_two_files_are_named() -> None:
    desk = Desk()
    desk.records(post(id="1", created_at="2010-03-01T15:00:00Z"), post(id="2", created_at="2010-03-26T15:00:00Z"))
    near = desk.records(post(id="3", created_at="2010-03-29T15:00:00Z"))  # the Monday after
    assert near.notices == ()
    (notice,) = desk.records(post(id="4", created_at="2012-03-26T15:00:00Z")).notices
    # from Tuesday on: 193 of the 252 sessions of 2010, 252 of 2011, 57 of 2012 up to Friday, March 23
    assert notice.startswith("No twitter post about KO was imported from 2010-03-30 to 2012-03-23: ")
    assert "not known, which is not the same as none (sessions not fetched: 502)" in notice
    between = desk.records(post(id="5", created_at="2011-03-28T15:00:00Z")).notices
    assert [re.findall(r"\d{4}-\d\d-\d\d", notice) for notice in between] == [
        ["2010-03-30", "2011-03-25"],
        ["2011-03-29", "2012-03-23"],
    ]
    assert len(desk.records(post(id="1", created_at="2010-03-01T15:00:00Z")).notices) == 1  # nothing is before it
    whole = desk.records(
        post(id="3", created_at="2010-03-29T15:00:00Z"), post(id="4", created_at="2012-03-26T15:00:00Z")
    )
    assert whole.notices == ()
