"""Who has the posts is told from what is at hand, and a text is scored once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np
import pytest

from backend.domain.arrays import Floats
from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.ports import PostSpan
from backend.domain.sentiment import Post
from backend.engine.calendar import trading_calendar
from backend.engine.sentiment import daily_sentiment
from backend.providers.posts import RedditAccount, RedditPosts, post_sources
from backend.services.counters import DataCounters
from backend.services.posts import Holding, Posts
from tests.services.datasets_of import dataset_of
from tests.services.memory_posts import MemoryPostStore

NOW = datetime(2025, 12, 2, 12, tzinfo=UTC)
WEEK = Period(start=date(2025, 11, 24), end=date(2025, 12, 1))
SEEN = (datetime(2025, 11, 24, 3, tzinfo=UTC), datetime(2025, 12, 2, 3, tzinfo=UTC))


def post(moment: str, id: str = "", text: str = "up", symbol: str = "TEST") -> Post:
    stamped = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return Post(id=id or moment, symbol=symbol, channel="reddit", created_at=stamped, text=text)


@dataclass
class LengthScorer:
    """A tenth for each character; remembers what it was given."""

    name: str = "length"
    version: str = "1"
    given: list[str] = field(default_factory=list)

    def score(self, texts: Sequence[str]) -> Floats:
        self.given += texts
        return np.array([len(text) / 10 for text in texts], dtype=np.float64)


class Desk:
    """Posts over an empty store."""

    def __init__(self, *names: str) -> None:
        self.store, self.scorer, self.counters = MemoryPostStore(), LengthScorer(), DataCounters()
        live = RedditPosts(RedditAccount(), (), lambda: NOW)
        self.posts = Posts(self.store, post_sources(names or ("file", "reddit", "sample"), [live]), self.scorer, [live])

    def scored(self, holding: Holding, *, keep: bool = True) -> list[float]:
        found = self.posts.scored(holding, WEEK, self.counters, keep=keep)
        return [round(value, 9) for value in found.sentiment.tolist()]


def span(provider: str = "file", posts: int = 2, **changes: object) -> PostSpan:
    days = {"start": WEEK.start, "end": WEEK.end, "posts": posts}
    return PostSpan("TEST", "reddit", provider, **(days | changes))  # type: ignore[arg-type]


def collected(posts: int = 2) -> PostSpan:
    return span("reddit", posts, seen=(SEEN,))


def test_a_choice_is_made_from_the_spans_alone() -> None:
    desk = Desk()
    chosen = desk.posts.choose("TEST", "reddit", WEEK, [span()])
    assert (chosen.source.name, chosen.available_posts, chosen.collected) == ("file", 2, False)
    assert desk.posts.holding("reddit", "TEST", "reddit", [span(), collected()]).source.name == "reddit"
    assert desk.store.span_reads == 0
    assert desk.posts.choose("AAPL", "reddit", Period(start=date(2010, 3, 1), end=date(2010, 3, 2)), []).days.start


def test_spans_can_be_read_where_they_are_not_at_hand() -> None:
    desk = Desk()
    desk.store.write_posts("file", [post("2025-11-24T15:00:00"), post("2025-11-24T15:00:00", symbol="IBM")])
    assert [(s.symbol, s.posts) for s in desk.posts.spans("TEST", "reddit")] == [("TEST", 1)]
    assert desk.store.span_reads == 1


def test_only_texts_without_a_score_are_scored() -> None:
    desk = Desk()
    desk.store.write_posts("file", [post("2025-11-25T15:00:00", text="one"), post("2025-11-26T15:00:00", text="three")])
    holding = desk.posts.choose("TEST", "reddit", WEEK, desk.posts.spans("TEST", "reddit"))
    assert desk.scored(holding) == [0.3, 0.5]
    desk.store.write_posts("file", [post("2025-11-25T16:00:00", text="seven77")])
    assert desk.scored(holding) == [0.3, 0.7, 0.5]
    assert desk.scored(holding) == [0.3, 0.7, 0.5]
    assert desk.scorer.given == ["one", "three", "seven77"]
    assert (desk.counters.posts_scored, desk.counters.data_reads, desk.counters.source_calls) == (3, 3, 0)


def test_scores_that_are_not_kept_are_not_written() -> None:
    desk = Desk()
    desk.store.write_posts("file", [post("2025-11-25T15:00:00", text="one")])
    holding = desk.posts.holding("file", "TEST", "reddit", desk.posts.spans("TEST", "reddit"))
    assert desk.scored(holding, keep=False) == [0.3]
    assert not desk.store.scores


def test_what_was_collected_serves_periods_from_its_first_day_on() -> None:
    desk = Desk()
    chosen = desk.posts.choose("TEST", "reddit", WEEK, [collected()])
    assert (chosen.source.name, chosen.collected) == ("reddit", True)
    assert chosen.days == Period(start=SEEN[0].date(), end=SEEN[1].date())
    earlier = Period(start=date(2025, 11, 23), end=WEEK.end)
    with pytest.raises(DataUnavailable) as caught:
        desk.posts.choose("TEST", "reddit", earlier, [collected()])
    assert caught.value.message == (
        "reddit via praw has no history before 2025-11-24: import a file, or leave the channel out."
    )
    assert caught.value.hint.startswith(
        "leave the channel out: `--without reddit`; "
        "or import a file: `backproof data import posts FILE --channel reddit`; asked for were"
    )
    assert "unofficial archive" in caught.value.hint
    assert "arctic_shift" in caught.value.hint


def test_before_the_first_visit_there_is_no_history_at_all() -> None:
    with pytest.raises(DataUnavailable, match="no history before 2025-12-02: import a file"):
        Desk().posts.choose("TEST", "reddit", WEEK, [])


def test_another_channel_or_a_source_not_in_use_says_nothing_about_reddit() -> None:
    with pytest.raises(DataUnavailable, match="There are no news posts about TEST"):
        Desk().posts.choose("TEST", "news", WEEK, [])
    with pytest.raises(DataUnavailable, match="There are no reddit posts about TEST"):
        Desk("file", "sample").posts.choose("TEST", "reddit", WEEK, [])


def test_a_source_with_a_past_steps_in_and_the_one_passed_over_is_named() -> None:
    spring = Period(start=date(2010, 3, 1), end=date(2010, 5, 31))
    stored = [PostSpan("AAPL", "reddit", "reddit", WEEK.start, WEEK.end, 2, (SEEN,))]
    chosen = Desk().posts.choose("AAPL", "reddit", spring, stored)
    assert chosen.source.name == "sample"
    assert "Reddit posts about AAPL of reddit begin after the period does: 2025-11-24..2025-12-02." in chosen.notices


def test_a_name_that_is_not_in_use_any_more_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="reddit has no reddit posts about TEST any more"):
        Desk("file").posts.holding("reddit", "TEST", "reddit", [collected()])


def test_a_visit_that_saw_nothing_new_changes_what_is_known() -> None:
    calendar, desk = trading_calendar(WEEK.start, WEEK.end), Desk()
    until_friday = (SEEN[0], datetime(2025, 11, 28, 18, tzinfo=UTC))
    short = desk.posts.holding("reddit", "TEST", "reddit", [span("reddit", 0, seen=(until_friday,))])
    long = desk.posts.holding("reddit", "TEST", "reddit", [collected(0)])
    nothing = desk.posts.scored(short, WEEK, desk.counters, keep=False)
    known = np.where(short.answers_for(calendar, nothing), 1, 2).astype(np.int8)
    made = dataset_of(daily_sentiment(nothing, calendar, known), available_posts=0)
    assert short.unchanged_since(made)
    assert not long.unchanged_since(made)  # Monday is known now
    assert not desk.posts.holding("reddit", "TEST", "reddit", [collected(1)]).unchanged_since(made)
