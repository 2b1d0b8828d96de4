"""Raw posts, the score that each scorer version gave them, and the visits of collectors."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from backend.domain.collection import CollectionRun
from backend.domain.errors import NotFound
from backend.domain.periods import Period
from backend.domain.ports import PostSpan, UnscoredPosts
from backend.domain.sentiment import Channel, Post
from backend.domain.sources import SHARED, kept_for
from backend.stores.codecs.posts import (
    POST_COLUMNS,
    RUN_COLUMNS,
    SCORED_COLUMNS,
    SPAN_COLUMNS,
    post_of,
    post_row,
    refuse_unfinite,
    run_row,
    seen_by,
    seen_joined,
    seen_of,
    span_of,
    unscored_posts,
)
from backend.stores.sql.bulk import add_posts
from backend.stores.sql.database import Database
from backend.stores.sql.tables import collection_runs, post_scores, post_series
from backend.stores.sql.tables import posts as stored_posts
from backend.stores.sql.upserts import insert_missing, insert_or_replace


class SqlPostStore:
    """The PostStore port over a database.

    Args:
        owner: whose imported posts it serves, beside the fetched ones that are everybody's.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    def write_posts(self, provider: str, posts: Sequence[Post]) -> int:
        """Add the posts not yet stored in one transaction; returns how many."""
        with self._database.writing(self._lock(provider)) as connection:
            return self._add(connection, provider, posts)

    def read_posts(self, provider: str, symbol: str, channel: Channel, period: Period) -> tuple[Post, ...]:
        """Posts stamped on the days of ``period`` in UTC, ascending by time, then id."""
        query = (
            select(*(stored_posts.c[name] for name in POST_COLUMNS))
            .where(*self._held(provider, symbol, channel, period))
            .order_by(stored_posts.c.created_at, stored_posts.c.id)
        )
        with self._database.asking() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(post_of(row) for row in rows)

    def post_spans(self) -> tuple[PostSpan, ...]:
        """Every stored symbol, channel and provider; from a summary, whatever the number of posts."""
        columns = [post_series.c[name] for name in SPAN_COLUMNS]
        query = select(*columns).where(post_series.c.owner.in_((SHARED, self._owner))).order_by(*columns[:3])
        with self._database.asking() as connection:
            rows = connection.execute(query).all()
        return tuple(span for span in map(span_of, rows) if span is not None)

    def read_scored(self, provider: str, symbol: str, channel: Channel, period: Period, scorer: str) -> UnscoredPosts:
        """The posts with the scores of ``scorer`` (name/version), and the texts of those without one; in one read."""
        # Looked up post by post: a server that has counted no rows yet may take the product of two tables it joins.
        key = self._key(provider, symbol, channel) | {"scorer": scorer}
        score = select(post_scores.c.sentiment).filter_by(**key).where(post_scores.c.id == stored_posts.c.id)
        held = select(stored_posts, score.scalar_subquery().label("sentiment"))
        scored = held.where(*self._held(provider, symbol, channel, period)).subquery()
        read = {"text": case((scored.c.sentiment.is_(None), scored.c.text)).label("text")}
        query = select(*(read.get(name, scored.c[name]) for name in SCORED_COLUMNS))
        query = query.order_by(scored.c.created_at, scored.c.id)
        with self._database.asking() as connection:
            return unscored_posts(connection.execute(query).all())

    def write_scores(self, provider: str, symbol: str, channel: Channel, scorer: str, scores: dict[str, float]) -> None:
        """Store scores by post id, in one transaction; a score stored before is replaced.

        Raises:
            NotFound: a score is of a post that is not stored.
            InvalidInput: a score is not a finite number.
        """
        refuse_unfinite(scorer, scores)
        series = self._key(provider, symbol, channel)
        rows = [series | {"scorer": scorer, "id": key, "sentiment": score} for key, score in scores.items()]
        with self._database.writing(self._lock(provider)) as connection:
            known = connection.scalars(select(stored_posts.c.id).filter_by(**series))
            _refuse_unknown(f"{channel} posts about {symbol} from {provider}", scores.keys() - known)
            insert_or_replace(connection, post_scores, rows)

    def write_collected(self, run: CollectionRun, posts: Sequence[Post]) -> int:
        """Store a visit and its posts, and join what it saw to the series, in one transaction; returns the new ones.

        A post stored before keeps the moment at which it was first seen. A run stored before is not stored twice.
        """
        owner = kept_for(run.provider, self._owner)
        with self._database.writing(self._lock(run.provider)) as connection:
            insert_missing(connection, collection_runs, [run_row(owner, run)])
            added = self._add(connection, run.provider, posts)
            if seen_by(run):
                _note_seen(connection, self._key(run.provider, run.symbol, run.channel), run)
        return added

    def collection_runs(self, limit: int) -> tuple[CollectionRun, ...]:
        """Newest first."""
        runs = collection_runs.c
        newest = select(*(runs[name] for name in RUN_COLUMNS)).where(runs.owner.in_((SHARED, self._owner)))
        newest = newest.order_by(runs.started_at.desc(), runs.number.desc()).limit(limit)
        with self._database.asking() as connection:
            return tuple(CollectionRun(*row) for row in connection.execute(newest))

    def _add(self, connection: Connection, provider: str, posts: Sequence[Post]) -> int:
        owner = kept_for(provider, self._owner)
        added = add_posts(connection, [post_row(owner, provider, post) for post in posts])
        _sum_up(connection, provider, owner, added)
        return added.total()

    def _lock(self, provider: str) -> str:
        return f"posts {provider} {kept_for(provider, self._owner)}"

    def _key(self, provider: str, symbol: str, channel: Channel) -> dict[str, str]:
        return {"provider": provider, "channel": channel, "symbol": symbol, "owner": kept_for(provider, self._owner)}

    def _held(self, provider: str, symbol: str, channel: Channel, period: Period) -> list[ColumnElement[Any]]:
        series = self._key(provider, symbol, channel)
        return [*(stored_posts.c[name] == value for name, value in series.items()), *_stamped_within(period)]


def _sum_up(connection: Connection, provider: str, owner: str, added: Counter[tuple[str, str]]) -> None:
    """Keep the summary of each series in step with its posts."""
    for (channel, symbol), count in added.items():
        if not count:
            continue
        key = {"provider": provider, "channel": channel, "symbol": symbol, "owner": owner}
        insert_missing(connection, post_series, [key | {"posts": 0, "seen": []}])
        stamped = stored_posts.c.created_at
        same = [stored_posts.c[name] == value for name, value in key.items()]
        first, last = connection.execute(select(func.min(stamped), func.max(stamped)).where(*same)).one()
        held = {"start": first.date(), "end": last.date(), "posts": post_series.c.posts + count}
        connection.execute(update(post_series).filter_by(**key).values(held))


def _note_seen(connection: Connection, series: dict[str, str], run: CollectionRun) -> None:
    insert_missing(connection, post_series, [series | {"posts": 0, "seen": []}])
    stored = connection.scalar(select(post_series.c.seen).filter_by(**series))
    seen = seen_joined([*seen_of(stored), *seen_by(run)])
    connection.execute(update(post_series).filter_by(**series).values(seen=seen))


def _refuse_unknown(series: str, unknown: set[str]) -> None:
    if unknown:
        raise NotFound(
            f"There are scores of {len(unknown)} {series} that are not stored, e.g. {min(unknown)}.",
            "store the posts before their scores",
        )


def _stamped_within(period: Period) -> list[ColumnElement[Any]]:
    first = datetime.combine(period.start, time(), tzinfo=UTC)
    after = datetime.combine(period.end, time(), tzinfo=UTC) + timedelta(days=1)
    return [stored_posts.c.created_at >= first, stored_posts.c.created_at < after]
