"""Immutable dataset versions, the sessions that use them, and records of single trading sessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SelectBase,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.dialects import postgresql

from backend.domain.periods import Period
from backend.domain.ports import DatasetUse, StoredSentiment
from backend.domain.sentiment import Channel, DatasetLink, SentimentDataset, SentimentDay
from backend.domain.sources import SHARED
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.datasets import DAY_COLUMNS, dataset_of, dataset_row, day_of, day_row, link_of
from backend.stores.codecs.posts import SPAN_COLUMNS, span_of
from backend.stores.seen import SeenVersions
from backend.stores.sql.database import Database
from backend.stores.sql.dataset_uses import LISTED, use_of, uses_of
from backend.stores.sql.lookups import DATASET, SESSION, load_row, not_found
from backend.stores.sql.tables import (
    bot_datasets,
    post_series,
    sentiment_history,
    session_datasets,
    sessions,
    trading_datasets,
)
from backend.stores.sql.upserts import Rows, insert_missing, insert_or_replace, recordset

VERSIONS_OF = ("owner", "symbol", "channel", "timeframe", "scorer")
"""What versions of one dataset have in common, whoever provided its posts."""


class SqlDatasetStore:
    """The DatasetStore port over a database.

    To a server, the rows of a version that was read or stored by this very store are not sent once more: 15 datasets
    of 13 years are 3 MB.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen = SeenVersions()

    def read_series(
        self, owner: str, symbol: str, channel: Channel, timeframe: Timeframe, scorer: str
    ) -> StoredSentiment:
        """The posts and the newest dataset version of every provider, in one statement."""
        versions = {"owner": owner, "symbol": symbol, "channel": channel, "timeframe": str(timeframe), "scorer": scorer}
        with self._database.asking() as connection:
            rows = connection.execute(_series(), versions).all()
        width = len(SPAN_COLUMNS)
        spans = [span_of(row[:width]) for row in rows if row[0] is not None]
        names = trading_datasets.columns.keys()
        newest = [dict(zip(names, row[width:], strict=True)) for row in rows if row[width] is not None]
        self._seen.add(owner, [row["id"] for row in newest])
        return StoredSentiment(tuple(span for span in spans if span), tuple(map(dataset_of, newest)))

    def load_dataset(self, owner: str, dataset_id: str) -> SentimentDataset:
        """One version by id. Raises NotFound."""
        with self._database.reading() as connection:
            return dataset_of(load_row(connection, DATASET, owner, dataset_id))

    def list_datasets(self, owner: str, limit: int | None = None, after: str | None = None) -> tuple[DatasetUse, ...]:
        """Every version without its rows, the one that was stored last first, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no version ``after``.
        """
        with self._database.reading() as connection:
            return uses_of(connection, owner, limit, after)

    def dataset_use(self, owner: str, dataset_id: str) -> DatasetUse:
        """One version without its rows. Raises NotFound."""
        with self._database.reading() as connection:
            return use_of(connection, owner, dataset_id)

    def store_datasets(self, owner: str, session_id: str, datasets: Sequence[SentimentDataset]) -> int:
        """Add the versions not yet stored and link all to the session, in one transaction; returns how many.

        Raises:
            NotFound: the owner has no such session.
        """
        versions = {dataset.id: dataset for dataset in datasets}
        if self._database.on_server and versions:
            return self._store_on_server(owner, session_id, versions)
        links = [{"owner": owner, "session_id": session_id, "dataset_id": dataset_id} for dataset_id in versions]
        stored = select(trading_datasets.c.id).where(
            trading_datasets.c.owner == owner, trading_datasets.c.id.in_(versions)
        )
        with self._database.writing() as connection:
            load_row(connection, SESSION, owner, session_id)
            known = set(connection.scalars(stored))
            missing = [dataset_row(owner, dataset) for key, dataset in versions.items() if key not in known]
            added = insert_missing(connection, trading_datasets, missing)
            insert_missing(connection, session_datasets, links)
        return added

    def session_datasets(self, owner: str, session_id: str) -> tuple[DatasetLink, ...]:
        """The versions linked to a session, by symbol and channel."""
        linked = (
            select(*LISTED)
            .join(session_datasets, session_datasets.c.dataset_id == trading_datasets.c.id)
            .where(trading_datasets.c.owner == owner)
            .where(session_datasets.c.owner == owner, session_datasets.c.session_id == session_id)
            .order_by(trading_datasets.c.symbol, trading_datasets.c.channel, trading_datasets.c.number)
        )
        with self._database.asking() as connection:
            rows = connection.execute(linked).mappings().all()
        return tuple(link_of(row) for row in rows)

    def orphans(self, owner: str, stored_before: datetime) -> tuple[DatasetLink, ...]:
        """Versions stored before that moment that belong to no bot and to no running session, oldest first."""
        oldest = select(*LISTED).where(*_orphaned(owner, stored_before))
        oldest = oldest.order_by(trading_datasets.c.created_at, trading_datasets.c.number)
        with self._database.asking() as connection:
            rows = connection.execute(oldest).mappings().all()
        return tuple(link_of(row) for row in rows)

    def delete_orphans(self, owner: str, dataset_ids: Sequence[str], stored_before: datetime) -> int:
        """Delete the versions that are orphans still, with their links to ended sessions, in one transaction.

        Returns:
            How many were deleted.
        """
        wanted = trading_datasets.c.id.in_(dataset_ids)
        with self._database.writing(dataset_lock(owner)) as connection:
            orphans = select(trading_datasets.c.id).where(*_orphaned(owner, stored_before), wanted)
            # A version that is held for update gets no new link; one that it got meanwhile is seen by the second look.
            connection.execute(orphans.with_for_update(of=trading_datasets))
            doomed = connection.scalars(orphans).all()
            links = session_datasets.c
            connection.execute(delete(session_datasets).where(links.owner == owner, links.dataset_id.in_(doomed)))
            gone = delete(trading_datasets).where(trading_datasets.c.owner == owner, trading_datasets.c.id.in_(doomed))
            return connection.execute(gone).rowcount

    def read_days(
        self, owner: str, symbol: str, channel: Channel, provider: str, scorer: str, period: Period
    ) -> tuple[SentimentDay, ...]:
        """Records of single sessions that were stored by ``write_days``, ascending."""
        key = {"owner": owner, "symbol": symbol, "channel": channel, "provider": provider, "scorer": scorer}
        session = sentiment_history.c.session
        query = select(*(sentiment_history.c[name] for name in DAY_COLUMNS)).filter_by(**key)
        query = query.where(session.between(period.start, period.end)).order_by(session)
        with self._database.asking() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(day_of(row) for row in rows)

    def write_days(
        self, owner: str, symbol: str, channel: Channel, provider: str, scorer: str, days: Sequence[SentimentDay]
    ) -> None:
        """Insert or replace records of single sessions, in one transaction; of two of one session the last counts."""
        last = {day.session: day.model_copy(update={"scorer": scorer}) for day in days}
        rows = [day_row(owner, symbol, channel, provider, last[session]) for session in sorted(last)]
        with self._database.writing() as connection:
            insert_or_replace(connection, sentiment_history, rows)

    def _store_on_server(self, owner: str, session_id: str, versions: Mapping[str, SentimentDataset]) -> int:
        """One statement; a second one where a version that was seen is no longer there."""
        for known in (self._seen.among(owner, versions), frozenset[str]()):
            rows = [dataset_row(owner, dataset) for key, dataset in versions.items() if key not in known]
            with self._database.asking() as connection:
                statement = _stored_and_linked(owner, session_id, rows, known)
                found, complete, added = connection.execute(statement).one()
            if complete or not found:
                break
        if not found:
            with self._database.reading() as connection:
                raise not_found(connection, SESSION, owner, session_id)
        self._seen.add(owner, versions)
        return int(added)


def dataset_lock(owner: str) -> str:
    """The lock of whoever deletes dataset versions of the owner, or links them to a bot."""
    return f"datasets {owner}"


@cache
def _series() -> Select[Any]:
    """Each provider of a symbol and channel with its row of ``post_series`` and its newest version, or nulls.

    Made once: putting it together takes longer than running it. Its parameters are those of ``VERSIONS_OF``.
    """
    datasets, series = trading_datasets.c, post_series.c
    given = {name: bindparam(name, type_=Text) for name in VERSIONS_OF}
    newest = select(datasets.provider, func.max(datasets.number).label("number"))
    newest = newest.where(*(datasets[name] == value for name, value in given.items()))
    newest_of = newest.group_by(datasets.provider).cte("newest")
    held = and_(
        series.symbol == given["symbol"],
        series.channel == given["channel"],
        or_(series.owner == SHARED, series.owner == given["owner"]),
    )
    providers = union(select(series.provider).where(held), select(newest_of.c.provider)).cte("providers")
    joined = (
        providers.outerjoin(post_series, and_(held, series.provider == providers.c.provider))
        .outerjoin(newest_of, newest_of.c.provider == providers.c.provider)
        .outerjoin(trading_datasets, datasets.number == newest_of.c.number)
    )
    columns = [*(series[name] for name in SPAN_COLUMNS), *trading_datasets.columns]
    return select(*columns).select_from(joined).order_by(providers.c.provider)


def _orphaned(owner: str, stored_before: datetime) -> list[ColumnElement[bool]]:
    datasets, links = trading_datasets.c, session_datasets.c
    of_bot = exists().where(bot_datasets.c.owner == owner, bot_datasets.c.dataset_id == datasets.id)
    running = exists().where(
        links.owner == owner,
        links.dataset_id == datasets.id,
        sessions.c.session_id == links.session_id,
        sessions.c.status == "running",
    )
    return [datasets.owner == owner, datasets.created_at < stored_before, ~of_bot, ~running]


def _stored_and_linked(owner: str, session_id: str, rows: Rows, known: Collection[str]) -> Select[Any]:
    """PostgreSQL's statement that stores versions and links them and the known ones, or does nothing of it.

    Returns:
        Whether the session exists, whether every known version does, and how many versions were added.
    """
    versions = trading_datasets.c
    held = select(versions.id).where(versions.owner == owner, versions.id.in_(known))
    there = held.with_for_update(read=True, key_share=True).cte("there")  # nobody deletes them before they are linked
    complete = select(func.count()).select_from(there).scalar_subquery() == len(known)
    session = select(sessions.c.session_id).where(sessions.c.owner == owner, sessions.c.session_id == session_id)
    found = session.cte("found")
    linked: SelectBase = select(there.c.id)
    added: ColumnElement[int] = literal(0)
    if rows:
        given = select(*recordset(trading_datasets, rows).c).cte("given_rows")
        new = select(*given.c).where(exists(found.select()), complete)
        add = postgresql.insert(trading_datasets).from_select(list(rows[0]), new).on_conflict_do_nothing()
        stored = add.returning(versions.number).cte("added")
        added = select(func.count()).select_from(stored).scalar_subquery()
        linked = union_all(linked, select(given.c.id))
    ids = linked.cte("linked_ids")
    links = select(found.c.session_id, ids.c.id, literal(owner)).select_from(found.join(ids, true())).where(complete)
    link = postgresql.insert(session_datasets).from_select(["session_id", "dataset_id", "owner"], links)
    done = link.on_conflict_do_nothing().returning(session_datasets.c.dataset_id).cte("linked")
    return select(select(func.count()).select_from(found).scalar_subquery(), complete, added).add_cte(done)
