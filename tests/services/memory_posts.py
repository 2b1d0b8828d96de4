"""A small in-memory store of posts behind its port, for tests of services."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from backend.domain.collection import CollectionRun
from backend.domain.errors import Unavailable
from backend.domain.periods import Period
from backend.domain.ports import PostSpan, UnscoredPosts
from backend.domain.sentiment import Channel, Post
from backend.services.posts import as_arrays
from backend.stores.codecs.posts import seen_joined

Series = tuple[str, str, Channel]
"""Provider, symbol and channel."""


class MemoryPostStore:
    """Posts by series and id, with their scores, and the visits of collectors; fails on demand."""

    def __init__(self) -> None:
        self.posts: dict[Series, dict[str, Post]] = {}
        self.scores: dict[tuple[str, str, str, str], dict[str, float]] = {}
        self.seen: dict[Series, list[tuple[datetime, datetime]]] = {}
        self.runs: list[CollectionRun] = []
        self.away = False
        self.span_reads = 0

    def write_posts(self, provider: str, posts: Sequence[Post]) -> int:
        self._answer()
        added = 0
        for post in posts:
            stored = self.posts.setdefault((provider, post.symbol, post.channel), {})
            added += post.id not in stored
            stored.setdefault(post.id, post)
        return added

    def read_posts(self, provider: str, symbol: str, channel: Channel, period: Period) -> tuple[Post, ...]:
        stored = self.posts.get((provider, symbol, channel), {}).values()
        inside = [post for post in stored if period.start <= post.created_at.date() <= period.end]
        return tuple(sorted(inside, key=lambda post: (post.created_at, post.id)))

    def post_spans(self) -> tuple[PostSpan, ...]:
        self._answer()
        self.span_reads += 1
        return tuple(self._span(series) for series in sorted({*self.posts, *self.seen}))

    def _span(self, series: Series) -> PostSpan:
        provider, symbol, channel = series
        posts, seen = self.posts.get(series, {}), tuple(self.seen.get(series, ()))
        days = [post.created_at.date() for post in posts.values()] or [
            moment.date() for pair in seen for moment in pair
        ]
        return PostSpan(symbol, channel, provider, min(days), max(days), len(posts), seen)

    def read_scored(self, provider: str, symbol: str, channel: Channel, period: Period, scorer: str) -> UnscoredPosts:
        posts = self.read_posts(provider, symbol, channel, period)
        scores = self.scores.get((provider, symbol, channel, scorer), {})
        rows = tuple(row for row, post in enumerate(posts) if post.id not in scores)
        return UnscoredPosts(
            posts=as_arrays(posts, [scores.get(post.id, np.nan) for post in posts]),
            rows=rows,
            ids=tuple(posts[row].id for row in rows),
            texts=tuple(posts[row].text for row in rows),
        )

    def write_scores(self, provider: str, symbol: str, channel: Channel, scorer: str, scores: dict[str, float]) -> None:
        self.scores.setdefault((provider, symbol, channel, scorer), {}).update(scores)

    def write_collected(self, run: CollectionRun, posts: Sequence[Post]) -> int:
        self._answer()
        if run.id not in {known.id for known in self.runs}:
            self.runs.insert(0, run)
        if run.complete_from is not None and run.complete_to is not None:
            series = (run.provider, run.symbol, run.channel)
            stretch = (run.complete_from, run.complete_to)
            self.seen[series] = list(seen_joined([*self.seen.get(series, ()), stretch]))
        return self.write_posts(run.provider, posts)

    def collection_runs(self, limit: int) -> tuple[CollectionRun, ...]:
        return tuple(self.runs[:limit])

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("The database does not answer.", "try again later")
