"""Raw posts and the score that each scorer version gave them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backend.domain.collection import CollectionRun
from backend.domain.periods import Period
from backend.domain.ports import PostSpan, UnscoredPosts
from backend.domain.sentiment import Channel, Post, ScoredPosts
from backend.domain.sources import kept_for
from backend.stores.codecs.documents import dump
from backend.stores.codecs.posts import RUN_COLUMNS, post_of, post_row, refuse_unfinite, run_row, span_of
from backend.stores.codecs.rows import reading
from backend.stores.sql.tables import collection_runs
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import day, row_of, row_text, rows_text

_LISTED = ("sentiment", "text_key", "author_key", "date_only")


class SupabasePostStore:
    """The PostStore port over a Supabase project.

    Args:
        owner: whose imported posts it serves, beside the fetched ones that are everybody's.
    """

    def __init__(self, callers: Callers, owner: str) -> None:
        self._callers = callers
        self._call = callers.own.call
        self._owner = owner

    def write_posts(self, provider: str, posts: Sequence[Post]) -> int:
        """Add the posts not yet stored in one transaction; returns how many."""
        owner = kept_for(provider, self._owner)
        rows = rows_text([post_row(owner, provider, post) for post in posts])
        return int(self._callers.writing(owner).call("write_posts", owner=owner, rows=rows))

    def read_posts(self, provider: str, symbol: str, channel: Channel, period: Period) -> tuple[Post, ...]:
        """Posts stamped on the days of ``period`` in UTC, ascending by time, then id."""
        rows = self._call("read_posts", **self._series(provider, symbol, channel), **_days(period))
        return tuple(post_of(row) for row in rows)

    def post_spans(self) -> tuple[PostSpan, ...]:
        """Every stored symbol, channel and provider, by these."""
        return spans_of(self._call("post_spans", owner=self._owner))

    def read_scored(self, provider: str, symbol: str, channel: Channel, period: Period, scorer: str) -> UnscoredPosts:
        """The posts with the scores of ``scorer`` (name/version), and the texts of those without one; in one read."""
        series = self._series(provider, symbol, channel)
        return _unscored_posts(self._call("read_scored", **series, **_days(period), scorer=scorer))

    def write_scores(self, provider: str, symbol: str, channel: Channel, scorer: str, scores: dict[str, float]) -> None:
        """Store scores by post id, in one transaction; a score stored before is replaced.

        Raises:
            NotFound: a score is of a post that is not stored.
            InvalidInput: a score is not a finite number.
        """
        refuse_unfinite(scorer, scores)
        series = self._series(provider, symbol, channel)
        writer = self._callers.writing(series["owner"])
        writer.call("write_scores", **series, scorer=scorer, scores=dump(scores))

    def write_collected(self, run: CollectionRun, posts: Sequence[Post]) -> int:
        """Store a visit and its posts, and join what it saw to the series, in one transaction; returns the new ones.

        A post stored before keeps the moment at which it was first seen. A run stored before is not stored twice.
        """
        owner = kept_for(run.provider, self._owner)
        rows = rows_text([post_row(owner, run.provider, post) for post in posts])
        visit = row_text(run_row(owner, run))
        return int(self._callers.writing(owner).call("write_collected", run=visit, posts=rows))

    def collection_runs(self, limit: int) -> tuple[CollectionRun, ...]:
        """Newest first."""
        rows = self._call("list_collection_runs", owner=self._owner, limit=limit)
        return tuple(
            CollectionRun(**row_of(collection_runs, {name: row[name] for name in RUN_COLUMNS})) for row in rows
        )

    def _series(self, provider: str, symbol: str, channel: Channel) -> dict[str, str]:
        owner = kept_for(provider, self._owner)
        return {"owner": owner, "provider": provider, "symbol": symbol, "channel": channel}


def spans_of(rows: Sequence[Sequence[Any]]) -> tuple[PostSpan, ...]:
    """The spans of rows in the order of ``SPAN_COLUMNS``; a series of which nothing is known has none."""
    spans = (span_of((*row[:3], day(row[3]), day(row[4]), *row[5:])) for row in rows)
    return tuple(span for span in spans if span is not None)


def _days(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _unscored_posts(columns: dict[str, list[Any]]) -> UnscoredPosts:
    with reading("scores of posts"):
        created_at = np.array(columns["created_at"], dtype=np.int64).astype("datetime64[s]")
        posts = ScoredPosts.of(created_at, *(columns[name] for name in _LISTED))
        rows, ids, texts = zip(*columns["unscored"], strict=True) if columns["unscored"] else ((), (), ())
    return UnscoredPosts(posts=posts, rows=tuple(rows), ids=tuple(ids), texts=tuple(texts))
