"""Posts, their series and visits of collectors as rows, and posts with scores as arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

from backend.domain.collection import CollectionRun
from backend.domain.errors import InvalidInput
from backend.domain.moments import instants_of
from backend.domain.periods import Period
from backend.domain.ports import PostSpan, UnscoredPosts
from backend.domain.post_keys import author_key, text_key
from backend.domain.sentiment import Post, ScoredPosts
from backend.stores.codecs.documents import record_of
from backend.stores.codecs.rows import StoredRow, reading

Seen: TypeAlias = tuple[tuple[datetime, datetime], ...]
"""Stretches between whose moments no post is missing, ascending and apart from each other."""

POST_COLUMNS = tuple(Post.model_fields)
SCORED_COLUMNS = ("created_at", "sentiment", "text_key", "author_key", "date_only", "id", "text")
"""What is read of each post to count and average it; the text only where there is no sentiment yet, else None."""

SPAN_COLUMNS = ("symbol", "channel", "provider", "start", "end", "posts", "seen")
RUN_COLUMNS = tuple(field.name for field in fields(CollectionRun))


def post_row(owner: str, provider: str, post: Post) -> dict[str, Any]:
    """The row of one post of ``provider``; times in UTC.

    Raises:
        InvalidInput: a time has no time zone.
    """
    named = {name: getattr(post, name) for name in POST_COLUMNS}
    named |= {"created_at": _utc(post.created_at), "known_at": post.known_at and _utc(post.known_at)}
    keys = {"text_key": text_key(post.text), "author_key": author_key(post.author)}
    return named | {"owner": owner, "provider": provider} | keys


def post_of(row: StoredRow) -> Post:
    """The post of a row with ``POST_COLUMNS``."""
    return record_of(Post, dict(row), f"post {row['id']}")


def unscored_posts(rows: Sequence[Sequence[Any]]) -> UnscoredPosts:
    """Posts as arrays from rows of ``SCORED_COLUMNS``, ascending by time; no rows give empty arrays."""
    created_at, sentiment, texts, authors, date_only, _, _ = zip(*rows, strict=True) if rows else [()] * 7
    posts = ScoredPosts.of(instants_of(created_at), sentiment, texts, authors, date_only)
    missing = tuple(np.flatnonzero(np.isnan(posts.sentiment)).tolist())
    ids, unread = tuple(rows[n][5] for n in missing), tuple(rows[n][6] for n in missing)
    return UnscoredPosts(posts=posts, rows=missing, ids=ids, texts=unread)


def refuse_unfinite(scorer: str, scores: Mapping[str, float]) -> None:
    """Raises InvalidInput when a score by post id is no finite number."""
    for post_id, score in scores.items():
        if not isfinite(score):
            raise InvalidInput(f"{scorer} gave post {post_id} the score {score}.", "a score lies within -1..1")


def run_row(owner: str, run: CollectionRun) -> dict[str, Any]:
    """The row of one visit of a collector."""
    return {name: getattr(run, name) for name in RUN_COLUMNS} | {"owner": owner}


def seen_by(run: CollectionRun) -> Seen:
    """The stretch in which the visit missed nothing; none when nothing can be said."""
    if run.complete_from is None or run.complete_to is None:
        return ()
    return ((_utc(run.complete_from), _utc(run.complete_to)),)


def seen_joined(stretches: Iterable[tuple[datetime, datetime]]) -> Seen:
    """The same moments as few stretches as possible: those that overlap or touch are one."""
    result: list[tuple[datetime, datetime]] = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def seen_of(document: Any) -> Seen:
    """The stretches of a stored JSON list of pairs of times.

    Raises:
        Unavailable: the stored values do not fit.
    """
    with reading("stretches in which no post is missing"):
        return tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in document)


def span_of(row: Sequence[Any]) -> PostSpan | None:
    """The span of a row in the order of ``SPAN_COLUMNS``; None for a series of which nothing is known.

    Where a collector looked and found no post, the span has the days that it saw.
    """
    symbol, channel, provider, start, end, posts, document = row
    seen = seen_of(document)
    days = _days(start, end, seen)
    return None if days is None else PostSpan(symbol, channel, provider, days.start, days.end, posts, seen)


def _days(start: date | None, end: date | None, seen: Seen) -> Period | None:
    if start is not None and end is not None:
        return Period(start=start, end=end)
    return Period(start=seen[0][0].date(), end=seen[-1][1].date()) if seen else None


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidInput(f"The time {moment.isoformat()} has no time zone.", "give every time in UTC")
    return moment.astimezone(UTC)
