"""Finds who has the posts of a symbol and channel, and turns them into scored posts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.ports import PostSource, PostStore, Scorer
from backend.domain.post_keys import author_key, text_key
from backend.domain.sentiment import CHANNELS, Channel, Post, ScoredPosts
from backend.services.counters import DataCounters


@dataclass(frozen=True)
class Holding:
    """The posts that one provider has of a symbol and channel.

    Attributes:
        days: first and last day, in UTC.
        complete: whether the provider answers for every day in between and for their first and last hour; a file
            answers from its first post to its last.
        available_posts: how many are stored; None for a source that keeps its own.
        notices: what must be said about them.
    """

    source: PostSource
    symbol: str
    channel: Channel
    days: Period
    complete: bool
    available_posts: int | None
    notices: tuple[str, ...] = ()


class Posts:
    """Posts and their scores, from the store or a source.

    Args:
        store: raw posts and scores.
        sources: in the order in which they are asked; the first with posts in the period serves it.
        scorer: turns texts into numbers.
    """

    def __init__(self, store: PostStore, sources: Sequence[PostSource], scorer: Scorer) -> None:
        self._store = store
        self._sources = tuple(sources)
        self._scorer = scorer

    @property
    def scorer(self) -> str:
        """Name and version, as datasets record it."""
        return f"{self._scorer.name}/{self._scorer.version}"

    def choose(self, symbol: str, channel: Channel, period: Period) -> Holding:
        """The first provider with posts in ``period``.

        Raises:
            DataUnavailable: nobody has any; says which channels there are.
        """
        holdings = self._holdings(symbol, channel)
        for holding in holdings:
            if holding.days.overlaps(period):
                return _with_notices(holding, holdings)
        raise self._nobody(symbol, channel, period, holdings)

    def holding(self, provider: str, symbol: str, channel: Channel) -> Holding:
        """What a named provider has.

        Raises:
            DataUnavailable: it has nothing, or is not in use.
        """
        for holding in self._holdings(symbol, channel):
            if holding.source.name == provider:
                return holding
        raise DataUnavailable(
            f"{provider} has no {channel} posts about {symbol} any more.",
            f"put {provider} among the sources of posts, or start a new session",
        )

    def scored(self, holding: Holding, days: Period, counters: DataCounters, *, keep: bool) -> ScoredPosts:
        """The posts stamped on ``days`` with their scores; those of a source are stored if ``keep``."""
        if not holding.complete:
            return self.stored(holding, days, counters, keep=keep)
        counters.source_calls += 1
        posts = holding.source.fetch(holding.symbol, holding.channel, days)
        scores = self._score(posts, counters)
        if keep:
            self._store.write_posts(holding.source.name, posts)
            self._write_scores(holding, posts, scores)
        return as_arrays(posts, scores)

    def stored(self, holding: Holding, days: Period, counters: DataCounters, *, keep: bool) -> ScoredPosts:
        """The stored posts stamped on ``days``; scored unless their scores are there, which are stored if ``keep``."""
        name, symbol, channel = holding.source.name, holding.symbol, holding.channel
        counters.data_reads += 1
        known = self._store.read_scored(name, symbol, channel, days, self.scorer)
        if known is not None:
            return known
        posts = self._store.read_posts(name, symbol, channel, days)
        scores = self._score(posts, counters)
        if keep:
            self._write_scores(holding, posts, scores)
        return as_arrays(posts, scores)

    def _holdings(self, symbol: str, channel: Channel) -> tuple[Holding, ...]:
        found = (self._holding(source, symbol, channel) for source in self._sources)
        return tuple(holding for holding in found if holding is not None)

    def _holding(self, source: PostSource, symbol: str, channel: Channel) -> Holding | None:
        days = source.span(symbol, channel)
        if days is not None:
            return Holding(source, symbol, channel, days, complete=True, available_posts=None)
        span = self._store.post_span(source.name, symbol, channel)
        if span is None:
            return None
        days = Period(start=span.start, end=span.end)
        return Holding(source, symbol, channel, days, complete=False, available_posts=span.posts)

    def _score(self, posts: Sequence[Post], counters: DataCounters) -> list[float]:
        counters.posts_scored += len(posts)
        scores: list[float] = self._scorer.score([post.text for post in posts]).tolist()
        return scores

    def _write_scores(self, holding: Holding, posts: Sequence[Post], scores: Sequence[float]) -> None:
        by_id = {post.id: score for post, score in zip(posts, scores, strict=True)}
        if by_id:
            self._store.write_scores(holding.source.name, holding.symbol, holding.channel, self.scorer, by_id)

    def _nobody(self, symbol: str, channel: Channel, period: Period, holdings: Sequence[Holding]) -> DataUnavailable:
        there = ", ".join(f"{h.source.name} {h.days.start}..{h.days.end}" for h in holdings)
        why = f"there are: {there}" if there else "none were imported, and no source in use has any"
        others = [
            c for c in CHANNELS if c != channel and any(h.days.overlaps(period) for h in self._holdings(symbol, c))
        ]
        known = f"channels with posts: {', '.join(others)}" if others else f"no channel has posts about {symbol}"
        return DataUnavailable(
            f"There are no {channel} posts about {symbol} from {period.start} to {period.end}: {why}.",
            f"leave the channel out: --without {channel}; or import a file: "
            f"backproof data import posts FILE --channel {channel}; {known}",
        )


def as_arrays(posts: Sequence[Post], scores: Sequence[float]) -> ScoredPosts:
    """Posts and their scores as columns, ascending by time, then id."""
    rows = sorted(zip(posts, scores, strict=True), key=lambda row: (row[0].created_at, row[0].id))
    seconds = [int(post.created_at.timestamp()) for post, _ in rows]
    return ScoredPosts(
        created_at=np.array(seconds, dtype=np.int64).astype("datetime64[s]"),
        sentiment=np.array([score for _, score in rows], dtype=np.float64),
        text_key=np.array([text_key(post.text) for post, _ in rows], dtype=np.int64),
        author_key=np.array([author_key(post.author) for post, _ in rows], dtype=np.int64),
        date_only=np.array([post.date_only for post, _ in rows], dtype=np.bool_),
    )


def _with_notices(chosen: Holding, holdings: Sequence[Holding]) -> Holding:
    """The holding with the notice of its source, and with those named that come first but have none in the period."""
    who = f"{chosen.channel} posts about {chosen.symbol}"
    notices = [f"{who} come from {chosen.source.name}. {chosen.source.notice}"] if chosen.source.notice else []
    for passed_over in holdings[: holdings.index(chosen)]:
        days = passed_over.days
        notices.append(f"{who} of {passed_over.source.name} lie outside the period: {days.start}..{days.end}.")
    return replace(chosen, notices=tuple(f"{notice[0].upper()}{notice[1:]}" for notice in notices))
