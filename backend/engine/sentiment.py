"""Scored posts aggregated by session, aligned with bars, and pooled over channels."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Bools, Dates, Floats, Instants, Integers
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.frames import SentimentColumns
from backend.domain.sentiment import COVERAGE_CODES, Coverage, ScoredPosts, SentimentDays
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import TradingCalendar

LABEL_THRESHOLD = 0.05
"""A text scores positive from here on, negative from minus this on; the convention of VADER."""

WITH_POSTS = np.int8(COVERAGE_CODES.index(Coverage.WITH_POSTS))
EMPTY = np.int8(COVERAGE_CODES.index(Coverage.EMPTY))


@dataclass(frozen=True, eq=False)
class SentimentMeans:
    """The part of ``SentimentDays`` that bars read; its arrays are the same."""

    session: Dates
    cutoff: Instants
    coverage: NDArray[np.int8]
    posts: Integers
    mean: Floats
    std: Floats

    def __len__(self) -> int:
        return int(self.session.size)

    @property
    def fetched(self) -> Bools:
        """Sessions whose posts are known, be there any or none; shape (S,)."""
        return self.coverage <= EMPTY


def daily_sentiment(posts: ScoredPosts, calendar: TradingCalendar, coverage: NDArray[np.int8]) -> SentimentDays:
    """Aggregate posts by the session they belong to.

    A text that occurs again within a session counts once in ``unique_posts``, the labels, mean, median and std (its
    first occurrence), and every time in ``posts``. Each record depends on the posts before its cut-off alone, so
    ``daily_sentiment(posts_before(posts, moment), ...)`` gives the records known at that moment.

    Args:
        posts: shape (P,), ascending; posts of sessions outside the calendar are left out.
        calendar: the S sessions to make records of.
        coverage: shape (S,), positions in ``COVERAGE_CODES``; posts of sessions that were not fetched or failed are
            left out, and fetched sessions are told apart into with and without posts.

    Raises:
        InvalidInput: ``coverage`` does not match the calendar.
    """
    return _aggregate(*_by_session(posts, calendar, coverage), calendar, coverage)


def daily_means(posts: ScoredPosts, calendar: TradingCalendar, coverage: NDArray[np.int8]) -> SentimentMeans:
    """What bars read of ``daily_sentiment``, which it is a part of: the same arguments, numbers and errors."""
    kept, index = _by_session(posts, calendar, coverage)
    return _means(index, _unique_posts(kept, index, len(calendar)), calendar, coverage)


def posts_before(posts: ScoredPosts, moment: np.datetime64) -> ScoredPosts:
    """The posts stamped before ``moment`` (UTC): what was known then."""
    return _filtered(posts, posts.created_at < moment)


def sentiment_columns(bars: Bars, days: SentimentDays | SentimentMeans) -> SentimentColumns:
    """The record that is known at the end of each bar.

    A daily bar takes the record of its own session. A bar within a session takes the newest record whose cut-off is
    not after the bar's end, i.e. that of the session before. Bars that the records do not reach are not fetched: NaN.
    """
    newest = np.searchsorted(days.cutoff, bars.end, side="right") - 1
    known = newest >= 0
    if len(days):
        reached = days.session[newest] == bars.session
        known &= reached if bars.timeframe is Timeframe.DAY else bars.session <= days.session[-1]
    known[known] &= days.fetched[newest[known]]
    columns = [np.full(len(bars), np.nan) for _ in range(3)]
    for column, values in zip(columns, (days.mean, days.std, days.posts), strict=True):
        column[known] = values[newest[known]]
    return SentimentColumns(*columns)


def combine(channels: Sequence[SentimentColumns]) -> SentimentColumns:
    """Pool channels as if their posts were of one; what an expression reads under ``"all"``.

    A channel weighs by its number of posts. A channel that was not fetched is left out, so ``posts`` is NaN only where
    none was fetched: with one channel missing the others still speak, as they do when it is not asked for.

    Returns:
        mean: sum of n_c m_c / n. std: square root of sum of ((n_c - 1) s_c^2 + n_c (m_c - m)^2) / (n - 1).

    Raises:
        InvalidInput: there is no channel.
    """
    if not channels:
        raise InvalidInput("There is no channel to combine.", "ask for at least one channel")
    count = np.stack([c.posts for c in channels])
    fetched = ~np.isnan(count).all(axis=0)
    weight = np.nan_to_num(count)
    means, stds = (np.nan_to_num(np.stack([getattr(c, name) for c in channels])) for name in ("mean", "std"))
    posts = weight.sum(axis=0)
    mean = _divide((weight * means).sum(axis=0), posts)
    within = np.maximum(weight - 1, 0) * stds**2
    between = weight * (means - np.nan_to_num(mean)) ** 2
    std = np.sqrt(_divide((within + between).sum(axis=0), posts - 1))
    return SentimentColumns(mean, std, np.where(fetched, posts, np.nan))


def _filtered(posts: ScoredPosts, kept: Bools) -> ScoredPosts:
    return ScoredPosts(*(getattr(posts, field.name)[kept] for field in fields(posts)))


def _by_session(
    posts: ScoredPosts, calendar: TradingCalendar, coverage: NDArray[np.int8]
) -> tuple[ScoredPosts, Integers]:
    """The posts of fetched sessions, and the index of the session of each."""
    if coverage.shape != calendar.sessions.shape:
        raise InvalidInput(f"{coverage.size} coverage codes do not match {len(calendar)} sessions.")
    index = calendar.session_index_of_posts(posts.created_at, posts.date_only)
    fetched = np.append(coverage <= EMPTY, False)
    kept = (index >= 0) & fetched[index]
    return _filtered(posts, kept), index[kept]


class _Unique(NamedTuple):
    """Posts whose text is new in its session: the session of each, its sentiment, and how many a session has."""

    group: Integers
    value: Floats
    number: Integers


def _unique_posts(posts: ScoredPosts, index: Integers, size: int) -> _Unique:
    first = _first_occurrences(index, posts.text_key)
    return _Unique(index[first], posts.sentiment[first], np.bincount(index[first], minlength=size))


def _means(index: Integers, unique: _Unique, calendar: TradingCalendar, coverage: NDArray[np.int8]) -> SentimentMeans:
    group, value, count = unique
    size = len(calendar)
    written = np.bincount(index, minlength=size)
    mean = _divide(np.bincount(group, weights=value, minlength=size), count)
    squares = np.bincount(group, weights=(value - mean[group]) ** 2, minlength=size)
    return SentimentMeans(
        session=calendar.sessions,
        cutoff=calendar.closes,
        coverage=np.where(coverage <= EMPTY, np.where(written > 0, WITH_POSTS, EMPTY), coverage).astype(np.int8),
        posts=written,
        mean=mean,
        std=np.sqrt(_divide(squares, count - 1)),
    )


def _aggregate(
    posts: ScoredPosts, index: Integers, calendar: TradingCalendar, coverage: NDArray[np.int8]
) -> SentimentDays:
    size = len(calendar)
    unique = group, value, count = _unique_posts(posts, index, size)
    means = _means(index, unique, calendar, coverage)
    positive = np.bincount(group[value >= LABEL_THRESHOLD], minlength=size)
    negative = np.bincount(group[value <= -LABEL_THRESHOLD], minlength=size)
    return SentimentDays(
        session=means.session,
        cutoff=means.cutoff,
        coverage=means.coverage,
        posts=means.posts,
        unique_posts=count,
        authors=_distinct_authors(index, posts.author_key, size),
        positive=positive,
        neutral=count - positive - negative,
        negative=negative,
        mean=means.mean,
        median=_medians(group, value, count),
        std=means.std,
    )


def _first_occurrences(group: Integers, key: Integers) -> Bools:
    """Whether each element is the first of its (group, key), in the order given; shape (P,)."""
    order = np.lexsort((key, group))
    again = (np.diff(group[order]) == 0) & (np.diff(key[order]) == 0)
    first = np.ones(group.size, dtype=np.bool_)
    first[order[1:]] = ~again
    return first


def _distinct_authors(group: Integers, author: Integers, size: int) -> Integers:
    known = author != 0
    group, author = group[known], author[known]
    return np.bincount(group[_first_occurrences(group, author)], minlength=size)


def _medians(group: Integers, value: Floats, count: Integers) -> Floats:
    """Median of the values of each group, NaN for an empty one."""
    ranked = np.append(value[np.lexsort((value, group))], np.nan)
    start = np.cumsum(count) - count
    low, high = start + (count - 1) // 2, start + count // 2
    return np.where(count > 0, (ranked[low] + ranked[high]) / 2, np.nan)


def _divide(total: Floats | Integers, count: Integers | Floats) -> Floats:
    """``total / count``, NaN where the count is not above zero."""
    result = np.full(total.shape, np.nan)
    np.divide(total, count, out=result, where=count > 0)
    return result
