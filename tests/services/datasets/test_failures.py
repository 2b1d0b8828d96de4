"""A source that fails in a part of the period leaves failed sessions, which are told, stored, and tried again."""

from datetime import date

import numpy as np
import pytest

from backend.domain.errors import Unavailable
from backend.domain.periods import Period
from backend.domain.sentiment import Coverage
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.prices.sample import SamplePrices
from tests.services.datasets.desk import ME, Desk, MoodySource, only

THREE_YEARS = Period(start=date(2008, 1, 2), end=date(2010, 12, 31))
"""Fetched in three parts of 366 days, the first from 31 December 2007 to 30 December 2008."""

SECOND_PART = Period(start=date(2009, 6, 1), end=date(2009, 6, 1))
REASON = "The archive does not answer."


@pytest.fixture
def source() -> MoodySource:
    return MoodySource(down=(SECOND_PART,))


def test_the_sessions_of_a_part_that_fails_are_failed_and_not_zero(desk: Desk, source: MoodySource) -> None:
    fetched = desk.next_process([source]).prefetch(THREE_YEARS, channels=["reddit"])
    dataset = only(fetched)
    (failure,) = dataset.metadata.failures
    # the last session of which every post was stamped before 31 December 2008 is the 30th; 31 December 2009 ends the
    # second part, and 4 January 2010 counts posts since the close of 31 December
    assert (failure.start, failure.end, failure.reason) == (date(2008, 12, 31), date(2010, 1, 4), REASON)
    assert any("could not be fetched from 2008-12-31 to 2010-01-04 and are tried again" in n for n in fetched.notices)
    bars = SamplePrices(trading_calendar).fetch("AAPL", Timeframe.DAY, THREE_YEARS)
    frame = desk.manager.frame(bars, fetched.datasets)
    failed = (bars.session >= np.datetime64(failure.start, "D")) & (bars.session <= np.datetime64(failure.end, "D"))
    assert np.isnan(frame.sentiment["reddit"].posts[failed]).all()
    assert not np.isnan(frame.sentiment["reddit"].posts[~failed]).any()
    assert dataset.metadata.coverage == pytest.approx(1 - failed.sum() / len(bars))


@pytest.mark.slow
def test_only_the_failed_sessions_are_tried_again(desk: Desk, elsewhere: Desk, source: MoodySource) -> None:
    desk.next_process([source]).prefetch(THREE_YEARS, channels=["reddit"])
    well = MoodySource()
    later = desk.next_process([well])
    healed = only(later.prefetch(THREE_YEARS, "ses_2", ["reddit"]))
    # 369 days from the evening of 30 December 2008 on, in two parts
    assert (well.asked[0].start, well.asked[-1].end) == (date(2008, 12, 30), date(2010, 1, 4))
    assert healed.metadata.failures == ()
    assert healed.metadata.coverage == 1.0
    assert healed.content_hash == only(elsewhere.prefetch(THREE_YEARS, channels=["reddit"])).content_hash
    assert later.counters.dataset_writes == 1
    last = desk.next_process([well])
    last.prefetch(THREE_YEARS, "ses_3", ["reddit"])
    assert last.counters.source_calls == 0


def test_a_goal_beside_the_failed_sessions_does_not_wait_for_them(desk: Desk, source: MoodySource) -> None:
    desk.next_process([source]).prefetch(THREE_YEARS, channels=["reddit"])
    later = desk.next_process([source])
    asked = len(source.asked)
    good = later.prefetch(Period(start=date(2010, 2, 1), end=date(2010, 12, 31)), "ses_2", ["reddit"])
    assert len(source.asked) == asked
    assert not any("could not be fetched" in notice for notice in good.notices)


def test_sessions_that_fail_again_make_no_new_version(desk: Desk, source: MoodySource) -> None:
    source.down = (Period(start=SECOND_PART.start, end=date(2009, 12, 31)),)  # both parts of the second try fail
    first = only(desk.next_process([source]).prefetch(THREE_YEARS, channels=["reddit"]))
    later = desk.next_process([source])
    again = only(later.prefetch(THREE_YEARS, "ses_2", ["reddit"]))
    assert again.id == first.id
    assert later.counters.dataset_writes == 0
    assert again.metadata.failures == first.metadata.failures


def test_a_source_that_stays_silent_is_not_asked_for_each_part(desk: Desk) -> None:
    source = MoodySource(down=(Period(start=date(2003, 1, 1), end=date(2010, 12, 31)),))
    decade = Period(start=date(2001, 1, 2), end=date(2010, 12, 31))
    dataset = only(desk.next_process([source]).prefetch(decade, channels=["reddit"]))
    assert len(source.asked) == 2 + 2  # two parts that were given, two that were not
    assert dataset.metadata.failures[-1].end == date(2010, 12, 31)


def test_posts_of_which_nothing_came_are_an_error_that_can_be_tried_again(desk: Desk) -> None:
    source = MoodySource(down=(THREE_YEARS,))
    broken = desk.next_process([source])
    with pytest.raises(
        Unavailable, match=r"None of the reddit posts about AAPL .* The archive does not answer"
    ) as told:
        broken.prefetch(THREE_YEARS, channels=["reddit"])
    assert "--without reddit" in told.value.hint
    assert broken.stored == []
    source.down = ()
    assert only(broken.prefetch(THREE_YEARS, channels=["reddit"])).metadata.coverage == 1.0


def test_the_coverage_map_tells_failed_sessions_with_the_reason(desk: Desk, source: MoodySource) -> None:
    desk.next_process([source]).prefetch(THREE_YEARS, channels=["reddit"])
    later = desk.next_process([source])
    asked = Period(start=date(2008, 12, 29), end=date(2011, 1, 4))
    found = later.manager.coverage_map(ME, "AAPL", "reddit", asked)
    assert list(found) == trading_calendar(asked.start, asked.end).sessions.tolist()
    assert found[date(2008, 12, 30)].coverage in (Coverage.WITH_POSTS, Coverage.EMPTY)
    assert str(found[date(2009, 6, 1)]) == f"failed ({REASON})"
    assert found[date(2011, 1, 3)].coverage is Coverage.NOT_FETCHED
    assert (later.counters.data_reads, later.counters.source_calls) == (1, 0)
