"""Five symbols on three channels: read once, extended by a month, and never fetched or scored twice."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from backend.domain.errors import Unavailable
from backend.domain.periods import Period
from backend.domain.sentiment import Channel
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.prices.sample import SamplePrices
from backend.services.datasets.known import FRESH
from backend.stores import Database
from tests.services.datasets.desk import ME, SPRING, Desk, MoodySource, only

PORTFOLIO = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
THREE: tuple[Channel, ...] = ("reddit", "twitter", "news")
WINTER = Period(start=date(2012, 12, 3), end=date(2013, 1, 31))
ONE_MONTH_MORE = Period(start=WINTER.start, end=date(2013, 2, 28))


@pytest.mark.slow
def test_a_portfolio_has_a_dataset_for_each_symbol_and_channel(desk: Desk) -> None:
    made = desk.prefetch(WINTER, channels=THREE, symbols=PORTFOLIO)
    assert [(d.symbol, d.channel) for d in made.datasets] == [(s, c) for s in PORTFOLIO for c in THREE]
    assert (desk.counters.source_calls, desk.counters.dataset_writes, desk.calls["store_datasets"]) == (15, 15, 1)
    assert desk.calls["read_series"] == 15
    assert desk.told[0] == "reddit posts about AAPL (1 of 15)"
    assert desk.told[-1] == "news posts about MSFT (15 of 15)"
    for symbol in PORTFOLIO:
        bars = SamplePrices(trading_calendar).fetch(symbol, Timeframe.DAY, WINTER)
        frame = desk.manager.frame(bars, made.datasets)
        own = [d for d in made.datasets if d.symbol == symbol]
        assert list(frame.sentiment) == [*THREE, "all"]
        for dataset in own:
            np.testing.assert_array_equal(frame.sentiment[dataset.channel].mean, dataset.days.mean)


@pytest.mark.slow
def test_a_second_session_reads_each_dataset_once_and_writes_none(desk: Desk) -> None:
    made = desk.prefetch(WINTER, channels=THREE, symbols=PORTFOLIO)
    later = desk.next_process()
    again = later.prefetch(WINTER, "ses_2", THREE, PORTFOLIO)
    counted = later.counters
    assert (counted.source_calls, counted.posts_scored, counted.dataset_writes) == (0, 0, 0)
    assert (counted.data_reads, later.calls["read_series"], later.calls["read_days"]) == (15, 15, 0)
    assert [d.id for d in again.datasets] == [d.id for d in made.datasets]
    assert len(later.linked("ses_2")) == 15

    later.prefetch(WINTER, "ses_3", THREE, PORTFOLIO)
    assert (counted.data_reads, later.calls["store_datasets"]) == (15, 2)  # linked, read from memory
    later.prefetch(WINTER, "ses_3", THREE, PORTFOLIO)
    assert later.calls["store_datasets"] == 2  # its links are there


def test_a_goal_one_month_longer_fetches_and_scores_that_month(desk: Desk) -> None:
    desk.prefetch(WINTER, channels=["reddit"])
    source = MoodySource()
    later = desk.next_process([source])
    longer = only(later.prefetch(ONE_MONTH_MORE, "ses_2", ["reddit"]))
    # the posts of the evening of 31 January, after its close, belong to 1 February
    assert source.asked == [Period(start=date(2013, 1, 31), end=date(2013, 2, 28))]
    assert later.counters.posts_scored == len(source.inner.fetch("AAPL", "reddit", source.asked[0]))
    assert longer.metadata.from_cache_days == len(trading_calendar(WINTER.start, WINTER.end))
    assert longer.metadata.total_days == len(trading_calendar(ONE_MONTH_MORE.start, ONE_MONTH_MORE.end))


def test_an_extension_on_both_sides_and_a_hole_give_the_very_numbers_of_one_fetch(desk: Desk, elsewhere: Desk) -> None:
    for number, (start, end) in enumerate([("2010-03-01", "2010-03-31"), ("2010-07-01", "2010-07-30")], 1):
        part = Period(start=date.fromisoformat(start), end=date.fromisoformat(end))
        desk.next_process().prefetch(part, f"ses_{number}", ["reddit"])
    whole = Period(start=date(2010, 2, 1), end=date(2010, 8, 31))
    grown = only(desk.next_process().prefetch(whole, "ses_3", ["reddit"]))
    fresh = only(elsewhere.prefetch(whole, channels=["reddit"]))
    assert grown.content_hash == fresh.content_hash
    assert grown.metadata.from_cache_days == len(trading_calendar(date(2010, 3, 1), date(2010, 7, 30)))


@pytest.mark.slow
def test_a_long_period_is_fetched_in_parts_and_tells_of_them(desk: Desk, elsewhere: Desk) -> None:
    source = MoodySource()
    long = Period(start=date(2008, 1, 2), end=date(2010, 12, 31))
    made = only(desk.next_process([source]).prefetch(long, channels=["reddit"]))
    assert len(source.asked) == 3
    days = [(p.start, p.end) for p in source.asked]
    assert all((b[0] - a[1]).days == 1 for a, b in pairwise(days))  # no day twice, none left out
    assert made.metadata.coverage == 1.0
    posts = elsewhere.prefetch(long, channels=["reddit"])
    assert elsewhere.told[1].startswith("reddit posts about AAPL (1 of 1), 2007-12-31 to 2008-")
    assert only(posts).content_hash == made.content_hash


def test_a_session_that_starts_again_finds_what_an_interrupted_one_made(desk: Desk) -> None:
    """What was fetched before another channel failed is not fetched again."""
    source = MoodySource()
    broken = desk.next_process([source])
    with pytest.raises(Exception, match="no sec posts"):
        broken.prefetch(SPRING, channels=["reddit", "sec"])
    asked = len(source.asked)
    broken.prefetch(SPRING, channels=["reddit"])
    assert len(source.asked) == asked
    assert len(broken.stored) == 1


def test_posts_that_change_no_session_make_a_version_that_is_up_to_date(desk: Desk) -> None:
    desk.import_posts("2010-03-09T15:00:00+00:00", "2010-06-30T15:00:00+00:00")
    first = only(desk.prefetch(channels=["reddit"]))
    desk.import_posts("2010-06-15T15:00:00+00:00")
    second = only(desk.prefetch(session="ses_2", channels=["reddit"]))
    assert second.content_hash == first.content_hash
    assert second.metadata.available_posts == 3
    later = desk.next_process()
    assert only(later.prefetch(session="ses_3", channels=["reddit"])).id == second.id
    assert (later.counters.data_reads, later.counters.dataset_writes) == (1, 0)


def test_posts_that_another_process_imported_are_seen_after_a_while(desk: Desk) -> None:
    desk.import_posts("2010-03-09T15:00:00+00:00", "2010-03-12T15:00:00+00:00")
    first = only(desk.prefetch(channels=["reddit"]))
    desk.next_process().import_posts("2010-03-10T15:00:00+00:00")
    assert only(desk.prefetch(session="ses_2", channels=["reddit"])).id == first.id
    desk.now += FRESH
    assert only(desk.prefetch(session="ses_3", channels=["reddit"])).metadata.available_posts == 3


def test_what_is_in_memory_serves_while_the_store_is_gone(desk: Desk, database: Database) -> None:
    made = desk.prefetch()
    desk.now += FRESH
    database.close()
    (desk.folder / "backproof.sqlite").write_bytes(b"no database" * 100)
    assert [d.id for d in desk.prefetch(session=None).datasets] == [d.id for d in made.datasets]
    with pytest.raises(Unavailable):
        desk.next_process().prefetch(session=None)


def test_posts_imported_between_two_sessions_leave_the_old_version_as_it_was(desk: Desk) -> None:
    desk.import_posts("2010-03-09T15:00:00+00:00", "2010-03-12T15:00:00+00:00")
    first = only(desk.prefetch(channels=["reddit"]))
    desk.next_process().import_posts("2010-03-10T15:00:00+00:00", text="bearish")
    later = desk.next_process()
    second = only(later.prefetch(session="ses_2", channels=["reddit"]))
    assert later.counters.posts_scored == 1  # the others have their scores
    assert second.id != first.id
    assert [link.id for link in later.manager.associate_with_bot(ME, "ses_1")] == [first.id]
    (kept,) = later.manager.versions(ME, later.manager.associate_with_bot(ME, "ses_1"))
    assert kept.content_hash == first.content_hash
