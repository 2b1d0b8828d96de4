"""Dataset versions with the bots and the running sessions that keep them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, select

from backend.domain.ports import DatasetUse
from backend.stores.codecs.datasets import link_of, metadata_of
from backend.stores.sql.lookups import DATASET, not_found
from backend.stores.sql.paging import page
from backend.stores.sql.tables import bot_datasets, session_datasets, sessions, trading_datasets

LISTED = [column for column in trading_datasets.columns if column.name != "data"]
"""What is read of a version that is only listed."""

Users = dict[str, tuple[str, ...]]
"""Ids of those who keep a version, by its id."""


def uses_of(
    connection: Connection, owner: str, limit: int | None = None, after: str | None = None
) -> tuple[DatasetUse, ...]:
    """Versions without their rows, the one that was stored last first, from the one behind ``after`` on.

    Raises:
        InvalidInput: the owner has no version ``after``.
    """
    query = page(connection, select(*LISTED), DATASET, owner, (limit, after))
    rows = connection.execute(query).mappings().all()
    return _used(connection, owner, rows, None if limit is None else [row["id"] for row in rows])


def use_of(connection: Connection, owner: str, dataset_id: str) -> DatasetUse:
    """One version without its rows. Raises NotFound."""
    query = select(*LISTED).where(trading_datasets.c.owner == owner, DATASET.id == dataset_id)
    rows = connection.execute(query).mappings().all()
    if not rows:
        raise not_found(connection, DATASET, owner, dataset_id)
    return _used(connection, owner, rows, [dataset_id])[0]


def _used(
    connection: Connection, owner: str, rows: Sequence[RowMapping], among: Collection[str] | None
) -> tuple[DatasetUse, ...]:
    """The versions with their users; ``among`` restricts what is looked up to these versions."""
    by_bot, by_session = bot_datasets.c, session_datasets.c
    linked = select(by_bot.dataset_id, by_bot.bot_id).where(by_bot.owner == owner, _among(by_bot.dataset_id, among))
    running = select(by_session.dataset_id, by_session.session_id).where(
        by_session.owner == owner,
        _among(by_session.dataset_id, among),
        sessions.c.session_id == by_session.session_id,
        sessions.c.status == "running",
    )
    bots = _users(connection, linked.order_by(by_bot.bot_id))
    users = _users(connection, running.order_by(by_session.session_id))
    return tuple(
        DatasetUse(link_of(row), bots.get(row["id"], ()), users.get(row["id"], ()), metadata_of(row)) for row in rows
    )


def _among(column: ColumnElement[str], among: Collection[str] | None) -> ColumnElement[bool]:
    return column.is_not(None) if among is None else column.in_(among)


def _users(connection: Connection, query: Select[Any]) -> Users:
    users: Users = {}
    for dataset_id, user in connection.execute(query):
        users[dataset_id] = (*users.get(dataset_id, ()), user)
    return users
