"""Stretches of days are joined and subtracted without losing or inventing a day."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.periods import Period
from backend.domain.stretches import chunks, hull, joined, missing, shared

FIRST = date(2020, 1, 1)


def days(first: int, last: int) -> Period:
    return Period(start=FIRST + timedelta(days=first), end=FIRST + timedelta(days=last))


def covered(stretches: tuple[Period, ...]) -> set[date]:
    return {s.start + timedelta(days=n) for s in stretches for n in range((s.end - s.start).days + 1)}


STRETCHES = st.lists(
    st.builds(lambda first, length: days(first, first + length), st.integers(0, 60), st.integers(0, 9))
)


def test_stretches_that_overlap_or_follow_become_one() -> None:
    # 0-4 and 3-6 overlap, 7-8 begins on the day after; day 9 parts the last one from them
    assert joined([days(10, 12), days(0, 4), days(7, 8), days(3, 6)]) == (days(0, 8), days(10, 12))


def test_what_is_missing_lies_before_between_and_after() -> None:
    there = [days(3, 4), days(8, 9)]
    assert missing(days(0, 11), there) == (days(0, 2), days(5, 7), days(10, 11))
    assert missing(days(4, 8), there) == (days(5, 7),)
    assert missing(days(8, 9), there) == ()
    assert missing(days(20, 21), there) == (days(20, 21),)


@given(STRETCHES)
def test_joining_keeps_every_day_and_leaves_gaps(stretches: list[Period]) -> None:
    result = joined(stretches)
    assert covered(result) == covered(tuple(stretches))
    assert all((later.start - earlier.end).days > 1 for earlier, later in pairwise(result))


@given(STRETCHES)
def test_what_is_missing_is_the_rest_of_what_is_wanted(there: list[Period]) -> None:
    wanted = days(10, 50)
    assert covered(missing(wanted, there)) == covered((wanted,)) - covered(tuple(there))


def test_two_stretches_share_the_days_of_both() -> None:
    assert shared(days(0, 4), days(3, 6)) == days(3, 4)
    assert shared(days(3, 6), days(0, 9)) == days(3, 6)
    assert shared(days(0, 2), days(3, 6)) is None


def test_a_stretch_reads_as_its_first_and_last_day() -> None:
    assert str(days(0, 4)) == "2020-01-01..2020-01-05"


def test_a_hull_holds_what_lies_between() -> None:
    assert hull([days(7, 8), days(0, 4), days(3, 6)]) == days(0, 8)
    assert hull([days(9, 9), days(0, 1)]) == days(0, 9)


def test_chunks_are_cut_from_the_side_on_which_they_begin() -> None:
    assert chunks(days(0, 6), 3) == [days(0, 2), days(3, 5), days(6, 6)]
    assert chunks(days(0, 6), 3, backwards=True) == [days(4, 6), days(1, 3), days(0, 0)]
    assert chunks(days(0, 6), None) == [days(0, 6)]


@given(st.integers(0, 60), st.integers(1, 70), st.booleans())
def test_chunks_are_the_period_without_a_day_twice(last: int, longest: int, backwards: bool) -> None:
    parts = chunks(days(0, last), longest, backwards=backwards)
    lengths = [(part.end - part.start).days + 1 for part in parts]
    assert covered(tuple(parts)) == covered((days(0, last),))
    assert sum(lengths) == last + 1
    assert max(lengths) <= longest
    assert len(parts) == -(-(last + 1) // longest)
