"""Saved bots with links to the very datasets and bars that they were tested on."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, exists, insert, select

from backend.domain.bars import Bars
from backend.domain.bots import Bot
from backend.domain.errors import Conflict, NotFound
from backend.domain.sessions import Session
from backend.stores.codecs.bars import bars_of_snapshot, snapshot_row
from backend.stores.codecs.documents import record_of
from backend.stores.sql.database import Database
from backend.stores.sql.datasets import dataset_lock
from backend.stores.sql.lookups import BOT, DATASET, SESSION, load_row, not_found
from backend.stores.sql.paging import page
from backend.stores.sql.sessions import replace_session, session_lock
from backend.stores.sql.tables import bars_snapshots, bot_datasets, bot_snapshots, bots, trading_datasets
from backend.stores.sql.upserts import insert_missing


class SqlBotStore:
    """The BotStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_bot(self, bot: Bot, bars: Sequence[Bars]) -> None:
        """Store the bot, link its dataset versions, pin its bars and name it on its session, in one transaction.

        Raises:
            Conflict: the owner has a bot of that name, or of that id.
            NotFound: its session, one of its datasets or one of its snapshots is neither stored nor given.
        """
        locks = (*_locks(bot.owner), dataset_lock(bot.owner), session_lock(bot.session_id))
        with self._database.writing(*locks) as connection:
            _refuse_doubles(connection, bot)
            stored = load_row(connection, SESSION, bot.owner, bot.session_id)
            session = record_of(Session, stored["document"], f"session {bot.session_id}")
            connection.execute(insert(bots), _bot_row(bot))
            _link_datasets(connection, bot)
            insert_missing(connection, bars_snapshots, [snapshot_row(series) for series in bars])
            _link_snapshots(connection, bot, {series.content_hash for series in bars})
            replace_session(connection, session.model_copy(update={"bot_id": bot.bot_id}))

    def load_bot(self, owner: str, bot_id: str) -> Bot:
        """Raises NotFound."""
        with self._database.reading() as connection:
            return _bot_of(load_row(connection, BOT, owner, bot_id))

    def list_bots(self, owner: str, limit: int | None = None, after: str | None = None) -> tuple[Bot, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when the owner has no bot of that id."""
        with self._database.reading() as connection:
            rows = connection.execute(page(connection, select(bots), BOT, owner, (limit, after))).mappings().all()
        return tuple(_bot_of(row) for row in rows)

    def delete_bot(self, owner: str, bot_id: str) -> None:
        """Delete the bot, its links, and snapshots that no other bot pins; datasets stay.

        Its session may be saved again.

        Raises:
            NotFound: the owner has no such bot.
        """
        with self._database.writing(*_locks(owner)) as connection:
            bot = _bot_of(load_row(connection, BOT, owner, bot_id))
            connection.execute(delete(bots).where(bots.c.owner == owner, bots.c.bot_id == bot_id))
            pinned = exists().where(bot_snapshots.c.snapshot_id == bars_snapshots.c.snapshot_id)
            own = bars_snapshots.c.snapshot_id.in_(bot.bars_snapshots)
            connection.execute(delete(bars_snapshots).where(own, ~pinned))
            _release_session(connection, bot)

    def load_snapshot(self, owner: str, snapshot_id: str) -> Bars:
        """Bars by their content hash, as a bot of the owner pinned them. Raises NotFound."""
        query = select(bars_snapshots).where(bars_snapshots.c.snapshot_id == snapshot_id, _pinned_by(owner))
        with self._database.asking() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise _no_snapshot(snapshot_id)
        return bars_of_snapshot(row)


def _locks(owner: str) -> tuple[str, str]:
    """Who adds or deletes bots counts names of their owner, and snapshots that anybody pins."""
    return f"bots {owner}", "snapshots"


def _pinned_by(owner: str) -> ColumnElement[bool]:
    return exists().where(bot_snapshots.c.owner == owner, bot_snapshots.c.snapshot_id == bars_snapshots.c.snapshot_id)


def _release_session(connection: Connection, bot: Bot) -> None:
    stored = load_row(connection, SESSION, bot.owner, bot.session_id)
    session = record_of(Session, stored["document"], f"session {bot.session_id}")
    if session.bot_id == bot.bot_id:
        replace_session(connection, session.model_copy(update={"bot_id": None}))


def _refuse_doubles(connection: Connection, bot: Bot) -> None:
    named = select(bots.c.bot_id).where(bots.c.owner == bot.owner, bots.c.name == bot.name)
    holder = connection.scalar(named)
    if holder is not None:
        raise Conflict(
            f'There is a bot named "{bot.name}" already ({holder}).', "choose another name, or delete that bot"
        )
    if connection.scalar(select(bots.c.number).where(bots.c.bot_id == bot.bot_id)) is not None:
        raise Conflict(f'There is a bot "{bot.bot_id}" already.', "give the new one an id of its own")


def _link_datasets(connection: Connection, bot: Bot) -> None:
    wanted = [link.id for link in bot.datasets]
    stored = select(trading_datasets.c.id).where(
        trading_datasets.c.owner == bot.owner, trading_datasets.c.id.in_(wanted)
    )
    known = set(connection.scalars(stored))
    for dataset_id in wanted:
        if dataset_id not in known:
            raise not_found(connection, DATASET, bot.owner, dataset_id)
    links = [{"owner": bot.owner, "bot_id": bot.bot_id, "dataset_id": dataset_id} for dataset_id in wanted]
    insert_missing(connection, bot_datasets, links)


def _link_snapshots(connection: Connection, bot: Bot, given: set[str]) -> None:
    named = bars_snapshots.c.snapshot_id.in_(bot.bars_snapshots)
    stored = select(bars_snapshots.c.snapshot_id).where(named, _pinned_by(bot.owner))
    known = given | set(connection.scalars(stored))
    for snapshot_id in bot.bars_snapshots:
        if snapshot_id not in known:
            raise _no_snapshot(snapshot_id)
    links = [{"owner": bot.owner, "bot_id": bot.bot_id, "snapshot_id": pinned} for pinned in bot.bars_snapshots]
    insert_missing(connection, bot_snapshots, links)


def _bot_row(bot: Bot) -> dict[str, object]:
    named = {name: getattr(bot, name) for name in ("owner", "bot_id", "name", "session_id", "created_at")}
    return named | {"document": bot}


def _bot_of(row: RowMapping) -> Bot:
    return record_of(Bot, row["document"], f"bot {row['bot_id']}")


def _no_snapshot(snapshot_id: str) -> NotFound:
    return NotFound(f'There are no pinned bars "{snapshot_id}".', "a bot names its own")
