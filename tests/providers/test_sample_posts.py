"""The synthetic posts: the same for every way of asking, spread over the week, and marked as what they are."""

from collections import Counter
from datetime import date

import pytest

from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.sentiment import Channel
from backend.providers.posts.sample import SamplePosts
from backend.providers.scorers.finance_lexicon import FinanceLexiconScorer

EVER = Period(start=date(1990, 1, 1), end=date(2030, 1, 1))
CHANNELS: tuple[Channel, ...] = ("reddit", "twitter", "stocktwits", "news")


def test_a_part_equals_the_same_part_of_the_whole() -> None:
    source = SamplePosts()
    part = Period(start=date(2009, 2, 10), end=date(2009, 4, 3))
    whole = [p for p in source.fetch("IBM", "news", EVER) if part.start <= p.created_at.date() <= part.end]
    assert source.fetch("IBM", "news", part) == whole


def test_known_posts() -> None:
    # fixed by the seed; a change here changes every sample result
    posts = SamplePosts().fetch("AAPL", "reddit", Period(start=date(2010, 3, 1), end=date(2010, 3, 1)))
    assert (posts[0].id, str(posts[0].created_at)) == ("sample_reddit_AAPL_201003_0", "2010-03-01 14:48:38+00:00")
    assert posts[0].text == "Thoughts on Apple: $AAPL calls are printing today Edit: 73 comments already."


@pytest.mark.parametrize("channel", CHANNELS)
def test_posts_are_ordered_distinct_and_within_the_span(channel: Channel) -> None:
    source = SamplePosts()
    posts = source.fetch("GOOG", channel, EVER)
    span = source.span("GOOG", channel)
    assert span is not None
    moments = [p.created_at for p in posts]
    assert moments == sorted(moments)
    assert len({p.id for p in posts}) == len(posts)
    assert span.start <= moments[0].date()
    assert moments[-1].date() <= span.end
    assert {(p.symbol, p.channel) for p in posts} == {("GOOG", channel)}


def test_people_write_in_the_evening_at_weekends_and_repeat_each_other() -> None:
    posts = SamplePosts().fetch("AAPL", "twitter", EVER)
    weeks = 13 * 52
    assert 10 * weeks < len(posts) < 25 * weeks
    assert 0.15 < sum(p.created_at.hour >= 21 for p in posts) / len(posts) < 0.3
    weekend = sum(p.created_at.weekday() > 4 for p in posts)
    assert 0.05 < weekend / len(posts) < 0.25
    assert Counter(p.text for p in posts).most_common(1)[0][1] > 1
    assert len({p.author for p in posts}) > 100


def test_scores_vary_and_the_channels_differ() -> None:
    years = Period(start=date(2005, 1, 1), end=date(2007, 12, 31))
    posts = [SamplePosts().fetch("MSFT", channel, years) for channel in CHANNELS]
    for found in posts:
        scores = FinanceLexiconScorer().score([p.text for p in found])
        assert scores.std() > 0.25
        assert (scores >= 0.05).mean() > 0.2
        assert (scores <= -0.05).mean() > 0.2
        assert (abs(scores) < 0.05).mean() > 0.1
    assert len({tuple(p.text for p in found[:50]) for found in posts}) == len(CHANNELS)


def test_the_notice_says_plainly_that_they_are_synthetic() -> None:
    assert "synthetic sample" in SamplePosts.notice


def test_other_symbols_and_channels_have_none() -> None:
    assert SamplePosts().span("TSLA", "reddit") is None
    assert SamplePosts().span("AAPL", "sec") is None
    with pytest.raises(DataUnavailable, match="no sample posts of sec about AAPL"):
        SamplePosts().fetch("AAPL", "sec", EVER)
