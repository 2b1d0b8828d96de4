"""What keeps posts and their scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from backend.domain.collection import CollectionRun
from backend.domain.periods import Period
from backend.domain.sentiment import Channel, Post, ScoredPosts


@dataclass(frozen=True)
class PostSpan:
    """What the store holds of the posts of one symbol and channel.

    Attributes:
        start, end: first and last day with a post, in UTC.
        seen: the stretches between whose moments no post is missing, ascending: those that visits of a collector saw,
            or from the first to the last post of each imported file; empty where posts alone were written.
    """

    symbol: str
    channel: Channel
    provider: str
    start: date
    end: date
    posts: int
    seen: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, eq=False)
class UnscoredPosts:
    """Posts as numbers, and the texts that the scorer has not seen.

    Attributes:
        posts: ascending by time, then id; sentiment is NaN where there is no score yet.
        rows: positions in ``posts`` without a score, ascending.
        ids, texts: of the posts in ``rows``.
    """

    posts: ScoredPosts
    rows: tuple[int, ...]
    ids: tuple[str, ...]
    texts: tuple[str, ...]


class PostStore(Protocol):
    """Raw posts and the score that a scorer version gave each; serves one owner as MarketStore does."""

    def write_posts(self, provider: str, posts: Sequence[Post]) -> int:
        """Add the posts not yet stored (key: provider, channel, symbol, id) in one transaction; returns how many."""

    def read_posts(self, provider: str, symbol: str, channel: Channel, period: Period) -> tuple[Post, ...]:
        """Posts stamped on the days of ``period`` in UTC, ascending by time, then id."""

    def post_spans(self) -> tuple[PostSpan, ...]:
        """Every stored symbol, channel and provider; from a summary, whatever the number of posts."""

    def read_scored(self, provider: str, symbol: str, channel: Channel, period: Period, scorer: str) -> UnscoredPosts:
        """The posts with the scores of ``scorer`` (name/version), and the texts of those without one; in one read."""

    def write_scores(self, provider: str, symbol: str, channel: Channel, scorer: str, scores: dict[str, float]) -> None:
        """Store scores by post id, in one transaction."""

    def write_collected(self, run: CollectionRun, posts: Sequence[Post]) -> int:
        """Store a visit or an import with its posts, and join what it saw to the series; returns the new ones.

        All of it is one transaction.

        A post stored before keeps the moment at which it was first seen. A run stored before is not stored twice.
        """

    def collection_runs(self, limit: int) -> tuple[CollectionRun, ...]:
        """Visits and imports, newest first."""
