"""A provider answers for the sessions whose every post it knows, and for no others."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from backend.domain.periods import Period
from backend.engine.calendar import trading_calendar
from backend.services.post_reach import Files, FirstToLast, Reach, Seen, WholeDays, days_of, holes
from backend.services.posts import as_arrays
from tests.services.test_posts import post

NONE = as_arrays([], [])
THANKSGIVING = trading_calendar(date(2025, 11, 24), date(2025, 12, 1))
"""Monday to Wednesday close at 21:00 UTC, Thursday is a holiday, Friday closes at 18:00, Monday at 21:00."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=UTC)


def seen(*stretches: tuple[str, str]) -> Seen:
    return Seen(tuple((at(first), at(last)) for first, last in stretches))


def known(reach: Reach) -> list[str]:
    answers = reach.answers_for(THANKSGIVING, NONE)
    assert answers.dtype == np.bool_
    return [str(day)[5:] for day in THANKSGIVING.sessions[answers]]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        # posts of Wednesday are stamped from Tuesday's close on and before Wednesday's
        ("11-25T21:00:00", "11-26T21:00:00", ["11-26"]),
        ("11-25T21:00:01", "11-26T21:00:00", []),
        ("11-25T21:00:00", "11-26T20:59:59", []),
        # a visit at noon says nothing about the running session
        ("11-24T21:00:00", "11-26T17:00:00", ["11-25"]),
        # Friday's begin on Wednesday, go over the holiday, and end at 13:00 in New York
        ("11-26T21:00:00", "11-28T18:00:00", ["11-28"]),
        ("11-26T21:00:00", "11-28T17:59:59", []),
        ("11-27T00:00:00", "11-28T21:00:00", []),
        # Monday's begin on Friday at 18:00, not at 21:00
        ("11-28T18:00:00", "12-01T21:00:00", ["12-01"]),
        ("11-28T18:00:01", "12-01T21:00:00", []),
        ("11-28T21:00:00", "12-01T21:00:00", []),
        ("11-01T00:00:00", "12-31T00:00:00", ["11-24", "11-25", "11-26", "11-28", "12-01"]),
    ],
)
def test_a_collector_answers_for_sessions_within_what_it_saw(first: str, last: str, days: list[str]) -> None:
    assert known(seen((first, last))) == days


def test_a_hole_hides_the_session_that_it_lies_in_alone() -> None:
    reach = seen(("11-24T00:00:00", "11-26T12:00:00"), ("11-26T12:00:01", "12-01T22:00:00"))
    assert known(reach) == ["11-25", "11-28", "12-01"]


def test_stretches_that_do_not_touch_do_not_answer_together() -> None:
    assert known(seen(("11-25T21:00:00", "11-26T03:00:00"), ("11-26T04:00:00", "11-26T21:00:00"))) == []


def test_closes_move_with_the_clocks_of_new_york() -> None:
    march = trading_calendar(date(2025, 3, 7), date(2025, 3, 10))  # Friday closes at 21:00 UTC, Monday at 20:00
    reach = seen(("03-07T21:00:00", "03-10T20:00:00"))
    assert reach.answers_for(march, NONE).tolist() == [False, True]


def test_whole_days_answer_for_sessions_that_begin_within_them() -> None:
    days = Period(start=date(2025, 11, 25), end=date(2025, 11, 28))
    assert known(WholeDays(days)) == ["11-26", "11-28"]  # Tuesday's posts begin on Monday evening


def test_a_file_answers_from_its_first_post_to_its_last() -> None:
    posts = as_arrays([post("2025-11-25T21:30:00"), post("2025-11-28T17:00:00")], [0.0, 0.0])  # Tuesday evening
    reach = FirstToLast(Period(start=date(2025, 11, 25), end=date(2025, 11, 28)))
    assert THANKSGIVING.sessions[reach.answers_for(THANKSGIVING, posts)].astype(str).tolist() == [
        "2025-11-26",
        "2025-11-28",
    ]


def test_a_file_that_reaches_further_answers_for_all() -> None:
    reach = FirstToLast(Period(start=date(2025, 11, 1), end=date(2025, 12, 31)))
    assert len(known(reach)) == len(THANKSGIVING)


@pytest.mark.parametrize(
    ("stretches", "days"),
    [
        # the sessions of a file's first and last post are whole days of it, at whatever hour it begins and ends
        ([("11-24T15:00:00", "11-25T15:00:00"), ("11-28T15:00:00", "11-28T15:00:00")], ["11-24", "11-25", "11-28"]),
        # one ends on Tuesday and one begins on Wednesday: no session lies between
        (
            [("11-24T15:00:00", "11-25T15:00:00"), ("11-26T15:00:00", "11-28T15:00:00")],
            ["11-24", "11-25", "11-26", "11-28"],
        ),
        # a post of Wednesday evening belongs to Friday, after the holiday, and one of Friday evening to Monday
        ([("11-26T21:00:00", "11-26T22:00:00"), ("11-28T18:00:00", "11-28T19:00:00")], ["11-28", "12-01"]),
        # Tuesday alone as a date carries the midnight that ends it
        ([("11-26T00:00:00", "11-26T00:00:00")], ["11-26"]),
        ([("11-01T00:00:00", "11-12T00:00:00"), ("12-05T00:00:00", "12-05T00:00:00")], []),
        ([("11-01T00:00:00", "12-31T00:00:00")], ["11-24", "11-25", "11-26", "11-28", "12-01"]),
    ],
)
def test_files_answer_from_their_first_post_to_their_last(stretches: list[tuple[str, str]], days: list[str]) -> None:
    assert known(Files(seen(*stretches).stretches)) == days


def test_holes_lie_between_what_is_known() -> None:
    assert holes(np.array([False, True, False, False, True, True, False, True, False])) == ((2, 3), (6, 6))
    assert holes(np.array([False, False])) == holes(np.array([True, True])) == ()


def test_the_days_of_stretches_go_from_the_first_moment_to_the_last() -> None:
    stretches = seen(("11-24T23:00:00", "11-25T01:00:00"), ("11-26T00:00:00", "11-28T00:00:00")).stretches
    assert days_of(stretches) == Period(start=date(2025, 11, 24), end=date(2025, 11, 28))
