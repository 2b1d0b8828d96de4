"""Real tweets: tens of thousands in one write, many of them repeated, under several symbols, in many scripts."""

import gzip
import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from backend.domain.sentiment import Post
from backend.stores import Stores
from tests.stores.samples import EVER, period


@pytest.fixture
def tweets(real_data: Path) -> list[Post]:
    with gzip.open(real_data / "posts_twitter.jsonl.gz", "rt") as lines:
        return [_tweet(json.loads(line)) for line in lines]


def _tweet(row: dict[str, str]) -> Post:
    return Post(
        id=row["id"],
        symbol=row["ticker"],
        channel="twitter",
        created_at=datetime.fromisoformat(row["created_at"]),
        author=row.get("user", ""),
        text=row["text"],
    )


@pytest.mark.slow
def test_real_tweets_are_stored_once_and_read_by_day(stores: Stores, tweets: list[Post]) -> None:
    assert stores.posts.write_posts("file", tweets) == len(tweets) == 33_793
    assert stores.posts.write_posts("file", tweets) == 0
    counts = Counter(post.symbol for post in tweets)
    assert {span.symbol: span.posts for span in stores.posts.post_spans()} == counts
    apple = sorted((post for post in tweets if post.symbol == "AAPL"), key=lambda post: (post.created_at, post.id))
    assert stores.posts.read_posts("file", "AAPL", "twitter", EVER) == tuple(apple)
    day = period("2014-10-20", "2014-10-20")
    that_day = [post for post in apple if post.created_at.date() == day.start]
    assert stores.posts.read_posts("file", "AAPL", "twitter", day) == tuple(that_day)
    assert that_day


@pytest.mark.slow
def test_repeated_real_tweets_have_one_key(stores: Stores, tweets: list[Post]) -> None:
    apple = [post for post in tweets if post.symbol == "AAPL"]
    stores.posts.write_posts("file", apple)
    stores.posts.write_scores("file", "AAPL", "twitter", "s/1", {post.id: len(post.text) / 1000 for post in apple})
    scored = stores.posts.read_scored("file", "AAPL", "twitter", EVER, "s/1").posts
    assert len(scored) == len(apple)
    assert len(set(scored.text_key.tolist())) == len({" ".join(post.text.casefold().split()) for post in apple})
