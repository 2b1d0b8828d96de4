"""Datasets are fetched once, extended by what is missing, and never guessed."""

from datetime import date

import numpy as np
import pytest

from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.moments import session_date
from backend.domain.periods import Period
from backend.domain.sentiment import Coverage
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.engine.sentiment import daily_sentiment
from backend.providers.prices.sample import SamplePrices
from tests.services.datasets.desk import ME, SPRING, Desk, only, silent


def test_a_session_fetches_scores_and_writes_everything_once(desk: Desk) -> None:
    made = desk.prefetch()
    assert [d.channel for d in made.datasets] == ["reddit", "twitter"]
    assert desk.counters.source_calls == 2
    assert desk.counters.dataset_writes == 2
    assert desk.calls["store_datasets"] == 1
    assert desk.counters.posts_scored >= sum(d.metadata.total_posts for d in made.datasets) > 0

    again = desk.next_process()
    reused = again.prefetch(session="ses_2")
    counted = again.counters
    assert (counted.source_calls, counted.posts_scored, counted.dataset_writes, counted.data_reads) == (0, 0, 0, 2)
    assert [d.id for d in reused.datasets] == [d.id for d in made.datasets]
    assert reused.notices == made.notices
    assert [link.id for link in again.manager.associate_with_bot(ME, "ses_2")] == [d.id for d in made.datasets]

    again.prefetch(session="ses_3")
    assert counted.data_reads == 2  # from memory


def test_a_dataset_covers_the_sessions_of_its_period(desk: Desk) -> None:
    dataset = only(desk.prefetch(channels=["reddit"]))
    calendar = trading_calendar(SPRING.start, SPRING.end)
    np.testing.assert_array_equal(dataset.days.session, calendar.sessions)
    assert (dataset.start, dataset.end) == (date(2010, 3, 1), date(2010, 5, 28))  # 31 May was Memorial Day
    meta = dataset.metadata
    assert (meta.total_days, meta.coverage, meta.from_cache_days) == (len(calendar), 1.0, 0)
    assert dataset.provider == "sample"
    assert dataset.scorer == "finance_lexicon/1"


def test_without_a_session_nothing_is_stored_and_the_results_are_the_same(desk: Desk, elsewhere: Desk) -> None:
    free, linked = desk.prefetch(session=None), elsewhere.prefetch()
    assert [d.id for d in free.datasets] == [d.id for d in linked.datasets]
    assert [d.content_hash for d in free.datasets] == [d.content_hash for d in linked.datasets]
    assert not desk.stores.posts.post_spans()
    assert not desk.stored
    desk.prefetch()  # a session stores it after all
    assert len(desk.stored) == 2
    assert desk.stores.posts.post_spans()


def test_an_extension_fetches_the_missing_sessions_alone(desk: Desk, elsewhere: Desk) -> None:
    short = only(desk.prefetch(channels=["reddit"]))
    scored = desk.counters.posts_scored
    later = desk.next_process()
    wide = Period(start=date(2010, 2, 1), end=date(2010, 6, 30))
    long = only(later.prefetch(wide, "ses_2", ["reddit"]))
    assert later.counters.source_calls == 2  # before and after
    assert later.counters.posts_scored < scored
    assert long.metadata.from_cache_days == len(short.days)
    assert long.id != short.id
    fresh = only(elsewhere.prefetch(wide, "ses_3", ["reddit"]))
    assert long.content_hash == fresh.content_hash
    assert desk.stores.datasets.load_dataset(ME, short.id).content_hash == short.content_hash


def test_a_version_that_reaches_further_is_reused_as_it_is(desk: Desk) -> None:
    wide = only(desk.prefetch(channels=["reddit"]))
    inner = Period(start=date(2010, 4, 1), end=date(2010, 4, 30))
    assert only(desk.next_process().prefetch(inner, "ses_2", ["reddit"])).id == wide.id


def test_the_sessions_between_two_periods_are_fetched_too(desk: Desk, elsewhere: Desk) -> None:
    desk.prefetch(channels=["reddit"])
    later = desk.next_process()
    autumn = Period(start=date(2010, 9, 1), end=date(2010, 9, 30))
    both = only(later.prefetch(autumn, "ses_2", ["reddit"]))
    whole = Period(start=SPRING.start, end=autumn.end)
    assert later.counters.source_calls == 1  # from June on
    assert (both.start, both.metadata.coverage) == (SPRING.start, 1.0)
    assert both.content_hash == only(elsewhere.prefetch(whole, channels=["reddit"])).content_hash


def test_an_imported_file_goes_before_the_sample(desk: Desk) -> None:
    desk.import_posts("2010-03-09T15:00:00+00:00", "2010-03-12T22:00:00+00:00")  # Tuesday, Friday evening
    found = desk.prefetch(channels=["reddit"])
    dataset = only(found)
    assert dataset.provider == "file"
    # 5 sessions from Tuesday the 9th to Monday the 15th
    assert [notice.partition(" of the sessions")[0] for notice in found.notices] == [
        f"Reddit posts about AAPL are known for {5 / len(dataset.days) * 100:.1f} %"
    ]
    fetched = dataset.days.session[dataset.days.fetched]
    # covered from the session of the first post to that of the last, Monday the 15th
    assert [str(day) for day in fetched] == ["2010-03-09", "2010-03-10", "2010-03-11", "2010-03-12", "2010-03-15"]
    assert dataset.days.posts[dataset.days.fetched].tolist() == [1, 0, 0, 0, 1]
    assert dataset.metadata.coverage == pytest.approx(5 / len(dataset.days))


def test_a_file_that_lies_outside_the_period_is_named_beside_the_sample(desk: Desk) -> None:
    desk.import_posts("2012-03-09T15:00:00+00:00")
    found = desk.prefetch(channels=["reddit"])
    assert only(found).provider == "sample"
    assert any("synthetic" in notice for notice in found.notices)
    assert any("of file lie outside the period: 2012-03-09" in notice for notice in found.notices)


def test_posts_imported_later_make_a_new_version(desk: Desk) -> None:
    desk.import_posts("2010-03-09T15:00:00+00:00", "2010-03-12T15:00:00+00:00")
    first = only(desk.prefetch(channels=["reddit"]))
    desk.import_posts("2010-03-10T15:00:00+00:00", text="bearish")
    second = only(desk.prefetch(session="ses_2", channels=["reddit"]))
    assert second.id != first.id
    assert second.metadata.total_posts == 3
    third = only(desk.prefetch(session="ses_3", channels=["reddit"]))
    assert third.id == second.id


def test_a_channel_that_nobody_serves_says_what_to_do(desk: Desk) -> None:
    with pytest.raises(DataUnavailable, match="no sec posts about AAPL from 2010-03-01 to 2010-05-31") as caught:
        desk.prefetch(channels=["reddit", "sec"])
    assert "--without sec" in caught.value.hint
    assert "data import posts FILE --channel sec" in caught.value.hint
    assert "channels with posts: reddit, twitter, stocktwits, news" in caught.value.hint
    assert not desk.stored


def test_a_period_without_sessions_is_refused(desk: Desk) -> None:
    weekend = Period(start=date(2010, 3, 6), end=date(2010, 3, 7))
    with pytest.raises(InvalidInput, match="no trading session"):
        desk.prefetch(weekend)


def test_a_frame_has_each_channel_and_all_of_them_together(desk: Desk) -> None:
    bars = SamplePrices(trading_calendar).fetch("AAPL", Timeframe.DAY, SPRING)
    frame = desk.manager.frame(bars, desk.prefetch().datasets)
    assert list(frame.sentiment) == ["reddit", "twitter", "all"]
    total = frame.sentiment["reddit"].posts + frame.sentiment["twitter"].posts
    np.testing.assert_array_equal(frame.sentiment["all"].posts, total)
    other = SamplePrices(trading_calendar).fetch("IBM", Timeframe.DAY, SPRING)
    assert desk.manager.frame(other, desk.prefetch().datasets).sentiment == {}


def test_the_raw_posts_of_a_dataset_give_its_records_again(desk: Desk) -> None:
    desk.prefetch(channels=["reddit"])
    wide = only(desk.prefetch(Period(start=date(2010, 2, 1), end=date(2010, 6, 30)), "ses_2", ["reddit"]))
    later = desk.next_process()
    dataset = only(later.prefetch(SPRING, "ses_3", ["reddit"]))
    assert dataset.id == wide.id
    posts = later.manager.scored_posts(dataset)
    assert (later.counters.posts_scored, later.counters.source_calls, later.counters.data_reads) == (0, 0, 2)
    rebuilt = daily_sentiment(posts, trading_calendar(dataset.start, dataset.end), dataset.days.coverage)
    np.testing.assert_array_equal(rebuilt.mean, dataset.days.mean)
    np.testing.assert_array_equal(rebuilt.posts, dataset.days.posts)
    later.manager.scored_posts(dataset)
    assert later.counters.data_reads == 2


def test_raw_posts_are_there_without_a_session_too(desk: Desk) -> None:
    dataset = only(desk.prefetch(session=None, channels=["reddit"]))
    calls = desk.counters.source_calls
    assert len(desk.manager.scored_posts(dataset)) >= dataset.metadata.total_posts
    assert desk.counters.source_calls == calls


def test_owners_do_not_share_versions(desk: Desk) -> None:
    mine = only(desk.prefetch(channels=["reddit"]))
    theirs = only(desk.manager.prefetch("you", "ses_9", ["AAPL"], ["reddit"], SPRING, silent))
    assert theirs.id != mine.id
    assert theirs.content_hash == mine.content_hash


def test_one_day_can_be_asked_for(desk: Desk) -> None:
    desk.import_posts("2010-03-09T15:00:00+00:00", "2010-03-12T15:00:00+00:00")
    day = desk.manager.get_sentiment_for_date(ME, "AAPL", "reddit", date(2010, 3, 9))
    assert day is not None
    assert (day.session, day.posts, day.coverage, day.std) == (date(2010, 3, 9), 1, Coverage.WITH_POSTS, None)
    assert day.mean is not None
    assert day.mean > 0
    assert desk.manager.get_sentiment_for_date(ME, "AAPL", "reddit", date(2010, 3, 7)) is None


def test_a_dataset_can_be_had_by_itself(desk: Desk) -> None:
    looked_at = desk.manager.get_or_create_dataset(ME, "AAPL", "news", SPRING)
    assert not desk.stored
    stored = desk.manager.create_or_update_dataset(ME, "ses_1", "AAPL", "news", SPRING)
    assert stored.id == looked_at.id
    assert session_date(stored.days.session, 0) == SPRING.start
    assert desk.stored == [stored.id]
