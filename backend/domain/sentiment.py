"""Posts, what a scorer makes of them, and the datasets that are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Dates, Floats, Instants, Integers
from backend.domain.errors import InvalidInput
from backend.domain.hashing import hash_arrays
from backend.domain.record import Record
from backend.domain.suggestions import did_you_mean
from backend.domain.timeframes import Timeframe

Channel = Literal["reddit", "twitter", "stocktwits", "news", "sec"]
"""Where people wrote; a provider is where we got it."""

CHANNELS: tuple[Channel, ...] = get_args(Channel)
ALL_CHANNELS = "all"
"""The name under which an expression asks for every channel of the session together."""


def channel_named(name: str) -> Channel:
    """The channel of that name in any case. Raises InvalidInput naming those that there are."""
    for channel in CHANNELS:
        if channel == name.strip().lower():
            return channel
    hint = did_you_mean(name, CHANNELS) or f"channels are {', '.join(CHANNELS)}"
    raise InvalidInput(f'There is no channel "{name[:40]}".', hint)


class Post(Record):
    """One text about one symbol.

    Attributes:
        created_at: UTC; for a date-only stamp the midnight that ends that day in UTC.
        known_at: when ``score`` was read, if that is known.
        date_only: the stamp had no time of day, so the post belongs to a later session.
    """

    id: str
    symbol: str
    channel: Channel
    created_at: datetime
    known_at: datetime | None = None
    date_only: bool = False
    author: str = ""
    text: str
    score: float | None = None
    url: str = ""


@dataclass(frozen=True, eq=False)
class ScoredPosts:
    """Posts of one symbol and channel as numbers, ascending by ``created_at``; shape (P,).

    Attributes:
        created_at: UTC, ``datetime64[s]``.
        sentiment: scorer's value in [-1, 1].
        text_key: equal for equal normalised texts.
        author_key: equal for equal authors; 0 for unknown.
        date_only: the stamp had no time of day.
    """

    created_at: Instants
    sentiment: Floats
    text_key: Integers
    author_key: Integers
    date_only: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        created_at: Instants,
        sentiment: Sequence[float | None],
        text_key: Sequence[int],
        author_key: Sequence[int],
        date_only: Sequence[bool],
    ) -> "ScoredPosts":
        """From lists of one length; a sentiment of None is missing."""
        return cls(
            created_at=created_at,
            sentiment=np.array(sentiment, dtype=np.float64),
            text_key=np.array(text_key, dtype=np.int64),
            author_key=np.array(author_key, dtype=np.int64),
            date_only=np.array(date_only, dtype=np.bool_),
        )

    def __len__(self) -> int:
        return int(self.created_at.size)


class Coverage(StrEnum):
    """What is known about the posts of one session; unknown is not zero."""

    WITH_POSTS = "fetched-with-posts"
    EMPTY = "fetched-empty"
    NOT_FETCHED = "not-fetched"
    FAILED = "failed"


COVERAGE_CODES: tuple[Coverage, ...] = (Coverage.WITH_POSTS, Coverage.EMPTY, Coverage.NOT_FETCHED, Coverage.FAILED)
"""Position = the code stored in arrays."""


@dataclass(frozen=True, eq=False)
class SentimentDays:
    """Daily sentiment of one symbol and channel, columnar; all arrays have shape (S,), ascending sessions.

    Attributes:
        session: ``datetime64[D]``.
        cutoff: only posts stamped before it are counted: the session's close in UTC, ``datetime64[s]``.
        coverage: position in ``COVERAGE_CODES``, int8.
        posts, unique_posts, authors, positive, neutral, negative: counts; 0 unless coverage is WITH_POSTS.
        mean, median, std: of unique posts, in [-1, 1]; NaN where there are no posts (std: fewer than 2).
    """

    session: Dates
    cutoff: Instants
    coverage: NDArray[np.int8]
    posts: Integers
    unique_posts: Integers
    authors: Integers
    positive: Integers
    neutral: Integers
    negative: Integers
    mean: Floats
    median: Floats
    std: Floats

    def __len__(self) -> int:
        return int(self.session.size)

    @property
    def fetched(self) -> NDArray[np.bool_]:
        """Sessions whose posts are known, be there any or none; shape (S,)."""
        return self.coverage <= COVERAGE_CODES.index(Coverage.EMPTY)


class FailedStretch(Record):
    """Sessions whose posts could not be fetched; both ends are inclusive."""

    start: date
    end: date
    reason: str


class SentimentDay(Record):
    """The sentiment of one session of one symbol and channel, as it is shown and as it is kept by itself.

    Attributes:
        cutoff_utc: only posts stamped before it are counted: the session's close.
        failed_reason: why the posts could not be fetched; None unless coverage is FAILED.
        posts, unique_posts, authors, positive, neutral, negative: counts; 0 unless coverage is WITH_POSTS.
        mean, median, std: of unique posts, in [-1, 1]; None where undefined.
        available_posts: posts that were stored for the symbol and channel then; None for a source that keeps its own.
    """

    session: date
    cutoff_utc: datetime
    coverage: Coverage
    failed_reason: str | None = None
    posts: int = 0
    unique_posts: int = 0
    authors: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    mean: float | None = None
    median: float | None = None
    std: float | None = None
    scorer: str
    point_in_time: bool
    available_posts: int | None = None


class DatasetMetadata(Record):
    """What a person wants to know about a dataset without opening it."""

    total_days: int
    days_with_data: int
    total_posts: int
    avg_sentiment: float | None
    coverage: float
    """Share of sessions that were fetched, with or without posts."""
    from_cache_days: int
    fetched_at: datetime
    point_in_time: bool
    """Whether every record was made of posts stamped before its cut-off alone."""
    notices: tuple[str, ...] = ()
    available_posts: int | None = None
    """Posts that were stored for this symbol and channel then; None for a source that keeps its own."""
    failures: tuple[FailedStretch, ...] = ()
    """Sessions whose posts could not be fetched, with the reason."""


@dataclass(frozen=True, eq=False)
class SentimentDataset:
    """An immutable version of the daily sentiment of one symbol and channel.

    Attributes:
        id: derived from owner and content, so equal content is the same version.
        provider: who served the posts, e.g. ``file`` or ``sample``.
        start, end: first and last session covered, inclusive.
        scorer: name and version of the scorer, e.g. ``finance_lexicon/1``.
    """

    id: str
    symbol: str
    channel: Channel
    provider: str
    timeframe: Timeframe
    start: date
    end: date
    scorer: str
    days: SentimentDays
    metadata: DatasetMetadata

    @cached_property
    def content_hash(self) -> str:
        """Hash of what was measured and how; not of when it was fetched."""
        d = self.days
        columns = (
            d.session,
            d.cutoff,
            d.coverage,
            d.posts,
            d.unique_posts,
            d.authors,
            d.positive,
            d.neutral,
            d.negative,
        )
        names = (self.symbol, self.channel, self.provider, str(self.timeframe), self.scorer)
        return hash_arrays(*names, *columns, d.mean, d.median, d.std)


class DatasetLink(Record):
    """A dataset version as sessions and bots name it."""

    id: str
    symbol: str
    channel: Channel
    provider: str
    start: date
    end: date
    total_days: int
    days_with_data: int
    coverage: float
    content_hash: str

    @classmethod
    def of(cls, dataset: SentimentDataset) -> "DatasetLink":
        """Name a dataset version without its rows."""
        shared = {
            name: getattr(dataset, name)
            for name in ("id", "symbol", "channel", "provider", "start", "end", "content_hash")
        }
        counts = {name: getattr(dataset.metadata, name) for name in ("total_days", "days_with_data", "coverage")}
        return cls(**shared, **counts)
