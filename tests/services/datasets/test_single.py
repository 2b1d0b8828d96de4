"""The sentiment of one trading session: from memory, the store or a source, and later a part of datasets."""

from datetime import date

import pytest

from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.periods import Period
from backend.domain.sentiment import Coverage
from tests.services.datasets.desk import ME, Desk, MoodySource, only

TUESDAY = date(2010, 3, 9)


def test_it_is_scored_once_and_kept(desk: Desk) -> None:
    source = MoodySource()
    first = desk.next_process([source])
    day = first.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    assert source.asked == [Period(start=date(2010, 3, 8), end=TUESDAY)]
    assert first.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY) == day
    reads = first.counters.data_reads
    first.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    assert first.counters.data_reads == reads  # from memory

    later = desk.next_process([source])
    assert later.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY) == day
    counted = later.counters
    assert (counted.source_calls, counted.posts_scored, counted.data_reads) == (0, 0, 2)
    assert len(source.asked) == 1


def test_it_is_that_of_the_dataset(desk: Desk, elsewhere: Desk) -> None:
    alone = elsewhere.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    desk.prefetch(channels=["reddit"])
    later = desk.next_process()
    assert later.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY) == alone
    assert (later.counters.data_reads, later.calls["read_days"]) == (1, 0)


def test_days_that_were_asked_for_before_are_part_of_a_dataset(desk: Desk, elsewhere: Desk) -> None:
    for day in (TUESDAY, date(2010, 3, 10), date(2010, 5, 28)):
        desk.manager.get_sentiment_for_date(ME, "AAPL", "reddit", day)
    source = MoodySource()
    later = desk.next_process([source])
    made = only(later.prefetch(channels=["reddit"]))
    assert made.metadata.from_cache_days == 3
    assert [(p.start, p.end) for p in source.asked] == [
        (date(2010, 2, 26), date(2010, 3, 8)),
        (date(2010, 3, 10), date(2010, 5, 27)),
    ]
    assert made.content_hash == only(elsewhere.prefetch(channels=["reddit"])).content_hash


def test_a_record_of_fewer_posts_than_there_are_now_is_made_anew(desk: Desk) -> None:
    desk.import_posts("2010-03-08T15:00:00+00:00", "2010-03-09T15:00:00+00:00", "2010-03-12T15:00:00+00:00")
    before = desk.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    desk.import_posts("2010-03-09T16:00:00+00:00")
    after = desk.next_process().manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    assert before is not None
    assert after is not None
    assert (before.posts, after.posts) == (1, 2)
    assert only(desk.next_process().prefetch(channels=["reddit"])).metadata.from_cache_days == 1  # that of today alone


def test_a_day_on_which_the_exchange_is_closed_has_none(desk: Desk) -> None:
    assert desk.manager.get_sentiment_for_date(ME, "AAPL", "reddit", date(2010, 5, 31)) is None  # Memorial Day
    assert desk.counters.data_reads == 0


def test_a_day_that_could_not_be_fetched_is_failed_and_tried_again(desk: Desk) -> None:
    source = MoodySource(down=(Period(start=TUESDAY, end=TUESDAY),))
    broken = desk.next_process([source])
    failed = broken.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    assert failed is not None
    assert (failed.coverage, failed.mean) == (Coverage.FAILED, None)
    assert failed.failed_reason == "The archive does not answer."
    source.down = ()
    healed = broken.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    assert healed is not None
    assert healed.failed_reason is None
    assert healed.posts > 0


def test_a_day_of_which_nobody_has_posts_says_so(desk: Desk) -> None:
    with pytest.raises(DataUnavailable, match="no sec posts about AAPL"):
        desk.manager.get_sentiment_for_date(ME, "AAPL", "sec", TUESDAY)


def test_a_record_made_elsewhere_can_be_kept(desk: Desk, elsewhere: Desk) -> None:
    day = elsewhere.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    assert day is not None
    desk.manager.store_sentiment_for_date(ME, "AAPL", "reddit", "sample", day)
    assert desk.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY) == day
    assert desk.counters.source_calls == 0
    with pytest.raises(InvalidInput, match="made by guess/1, not by finance_lexicon/1"):
        desk.manager.store_sentiment_for_date(
            ME, "AAPL", "reddit", "sample", day.model_copy(update={"scorer": "guess/1"})
        )


def test_a_record_of_another_close_is_not_used(desk: Desk, elsewhere: Desk) -> None:
    """A calendar that learned of a half day counts other posts."""
    day = elsewhere.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY)
    assert day is not None
    early = day.model_copy(update={"cutoff_utc": day.cutoff_utc.replace(hour=18), "posts": 99})
    desk.manager.store_sentiment_for_date(ME, "AAPL", "reddit", "sample", early)
    assert desk.manager.get_sentiment_for_date(ME, "AAPL", "reddit", TUESDAY) == day
