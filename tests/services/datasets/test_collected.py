"""What visits brought becomes sentiment of the sessions that were seen whole, and of no others."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.domain.collection import CollectionRun
from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.sentiment import COVERAGE_CODES, Post, SentimentDataset
from backend.providers.posts import RedditAccount, RedditPosts, post_sources
from backend.services.dataset_manager import DatasetManager
from backend.services.datasets.delivery import DatasetStores
from backend.services.posts import Posts
from tests.services.datasets.desk import LEXICON, ME, NOW, Desk, only, silent

WEEK = Period(start=date(2025, 11, 25), end=date(2025, 12, 1))
"""Tuesday, Wednesday, a half day on Friday after Thanksgiving, and Monday."""


@pytest.fixture
def reddit(desk: Desk) -> Desk:
    """The desk with Reddit alone among its sources of posts."""
    return with_reddit(desk)


def with_reddit(desk: Desk) -> Desk:
    live = RedditPosts(RedditAccount(), (), lambda: NOW)
    posts = Posts(desk.stores.posts, post_sources(["reddit"], [live]), LEXICON, [live])
    fresh = desk.next_process()
    stores = DatasetStores(fresh.stores.datasets, fresh.outbox)
    fresh.manager = DatasetManager(stores, posts, fresh.counters, lambda: NOW)
    return fresh


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=UTC)


def visit(desk: Desk, since: str, until: str, *posts: str) -> None:
    """A visit at ``until`` that saw everything since ``since``, and posts of these moments."""
    run = CollectionRun(f"visit_{until}", "reddit", "AAPL", "reddit", at(until), at(since), at(until), len(posts))
    found = [
        Post(id=m, symbol="AAPL", channel="reddit", created_at=at(m), known_at=at(until), text=f"bullish {m}")
        for m in posts
    ]
    desk.stores.posts.write_collected(run, found)


def prefetched(desk: Desk, session: str = "ses_1") -> SentimentDataset:
    return only(desk.manager.prefetch(ME, session, ["AAPL"], ["reddit"], WEEK, silent))


def coverage(dataset: SentimentDataset) -> dict[str, str]:
    codes = [COVERAGE_CODES[code].value for code in dataset.days.coverage]
    return {str(day)[5:]: code for day, code in zip(dataset.days.session, codes, strict=True)}


def test_sessions_seen_whole_are_known_and_others_are_not(reddit: Desk) -> None:
    visit(reddit, "11-24T20:00:00", "11-28T18:00:00", "11-26T15:00:00")  # to the close of the half day
    dataset = prefetched(reddit)
    assert dataset.provider == "reddit"
    assert coverage(dataset) == {
        "11-25": "fetched-empty",
        "11-26": "fetched-with-posts",
        "11-28": "fetched-empty",
        "12-01": "not-fetched",
    }
    assert reddit.counters.source_calls == 0


def test_posts_of_a_session_with_a_hole_are_not_counted(reddit: Desk) -> None:
    visit(reddit, "11-24T20:00:00", "11-26T15:00:00", "11-26T14:00:00")
    visit(reddit, "11-26T15:00:01", "12-01T21:00:00", "11-28T15:00:00")
    dataset = prefetched(reddit)
    assert list(coverage(dataset).values()) == [
        "fetched-empty",
        "not-fetched",
        "fetched-with-posts",
        "fetched-empty",
    ]
    assert dataset.metadata.total_posts == 1


def test_a_later_visit_completes_what_was_unknown(reddit: Desk) -> None:
    visit(reddit, "11-24T20:00:00", "11-28T17:00:00", "11-26T15:00:00")
    first = prefetched(reddit)
    again = with_reddit(reddit)
    assert prefetched(again, "ses_2").id == first.id
    assert (again.counters.dataset_writes, again.counters.posts_scored) == (0, 0)

    visit(reddit, "11-28T16:00:00", "12-01T22:00:00")  # nothing new, and that is known now
    later = with_reddit(reddit)
    second = prefetched(later, "ses_3")
    assert [coverage(d)["11-28"] for d in (first, second)] == ["not-fetched", "fetched-empty"]
    assert coverage(second)["12-01"] == "fetched-empty"
    assert later.counters.posts_scored == 0


def test_a_period_that_begins_before_the_first_visit_is_refused(reddit: Desk) -> None:
    visit(reddit, "11-26T20:00:00", "12-01T22:00:00", "11-28T15:00:00")
    with pytest.raises(DataUnavailable, match="no history before 2025-11-26: import a file"):
        prefetched(reddit)
    assert reddit.counters.source_calls + reddit.counters.posts_scored == 0
    assert reddit.stored == []


def test_the_first_seen_moment_and_score_stay(reddit: Desk) -> None:
    visit(reddit, "11-24T20:00:00", "11-26T16:00:00", "11-26T15:00:00")
    visit(reddit, "11-24T20:00:00", "11-26T17:00:00", "11-26T15:00:00")
    (post,) = reddit.stores.posts.read_posts("reddit", "AAPL", "reddit", WEEK)
    assert post.known_at == at("11-26T16:00:00")
    assert post.known_at - post.created_at == timedelta(hours=1)
