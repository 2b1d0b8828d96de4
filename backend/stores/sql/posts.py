"""Raw posts and the score that each scorer version gave them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, select

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.periods import Period
from backend.domain.ports import PostSpan
from backend.domain.sentiment import Channel, Post, ScoredPosts
from backend.stores.codecs.posts import POST_COLUMNS, SCORED_COLUMNS, post_of, post_row, scored_posts
from backend.stores.sql.database import Database
from backend.stores.sql.tables import post_scores
from backend.stores.sql.tables import posts as stored_posts
from backend.stores.sql.tables.posts import POST_KEY
from backend.stores.sql.upserts import insert_missing, insert_or_replace


class SqlPostStore:
    """The PostStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write_posts(self, provider: str, posts: Sequence[Post]) -> int:
        """Add the posts not yet stored in one transaction; returns how many."""
        rows = [post_row(provider, post) for post in posts]
        with self._database.writing() as connection:
            return insert_missing(connection, stored_posts, rows)

    def read_posts(self, provider: str, symbol: str, channel: Channel, period: Period) -> tuple[Post, ...]:
        """Posts stamped on the days of ``period`` in UTC, ascending by time, then id."""
        query = (
            select(*(stored_posts.c[name] for name in POST_COLUMNS))
            .where(*_series(stored_posts, provider, symbol, channel), *_stamped_within(period))
            .order_by(stored_posts.c.created_at, stored_posts.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(post_of(row) for row in rows)

    def post_span(self, provider: str, symbol: str, channel: Channel) -> PostSpan | None:
        """First and last stored day in UTC; None when there are none."""
        found = self._spans(_series(stored_posts, provider, symbol, channel))
        return found[0] if found else None

    def post_spans(self) -> tuple[PostSpan, ...]:
        """Every stored symbol and channel, by symbol, channel and provider."""
        return self._spans([])

    def read_scored(
        self, provider: str, symbol: str, channel: Channel, period: Period, scorer: str
    ) -> ScoredPosts | None:
        """The posts with the scores of ``scorer``; None unless every post of the period has one."""
        same_post = [stored_posts.c[name] == post_scores.c[name] for name in POST_KEY]
        scored = stored_posts.outerjoin(post_scores, and_(*same_post, post_scores.c.scorer == scorer))
        columns = [(post_scores if name == "sentiment" else stored_posts).c[name] for name in SCORED_COLUMNS]
        query = (
            select(*columns)
            .select_from(scored)
            .where(*_series(stored_posts, provider, symbol, channel), *_stamped_within(period))
            .order_by(stored_posts.c.created_at, stored_posts.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return None if any(row.sentiment is None for row in rows) else scored_posts(rows)

    def write_scores(self, provider: str, symbol: str, channel: Channel, scorer: str, scores: dict[str, float]) -> None:
        """Store scores by post id, in one transaction; a score stored before is replaced.

        Raises:
            NotFound: a score is of a post that is not stored.
            InvalidInput: a score is not a finite number.
        """
        series = {"provider": provider, "symbol": symbol, "channel": channel}
        rows = [series | {"scorer": scorer, "id": key, "sentiment": score} for key, score in scores.items()]
        _refuse_unfinite(scorer, scores)
        with self._database.writing() as connection:
            known = connection.scalars(select(stored_posts.c.id).filter_by(**series))
            _refuse_unknown(f"{channel} posts about {symbol} from {provider}", scores.keys() - known)
            insert_or_replace(connection, post_scores, rows)

    def _spans(self, where: Sequence[ColumnElement[Any]]) -> tuple[PostSpan, ...]:
        key = [stored_posts.c[name] for name in ("symbol", "channel", "provider")]
        first, last = func.min(stored_posts.c.created_at), func.max(stored_posts.c.created_at)
        query = select(*key, first, last, func.count()).where(*where).group_by(*key).order_by(*key)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(PostSpan(*row[:3], row[3].date(), row[4].date(), row[5]) for row in rows)


def _series(table: Table, provider: str, symbol: str, channel: Channel) -> list[ColumnElement[Any]]:
    return [table.c.provider == provider, table.c.symbol == symbol, table.c.channel == channel]


def _refuse_unfinite(scorer: str, scores: dict[str, float]) -> None:
    for post_id, score in scores.items():
        if not isfinite(score):
            raise InvalidInput(f"{scorer} gave post {post_id} the score {score}.", "a score lies within -1..1")


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
