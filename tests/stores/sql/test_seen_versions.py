"""A version that a store has seen on its server is linked by its id, unless somebody deletes it meanwhile."""

from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event

from backend.stores import Database, Stores
from backend.stores.sql.tables import session_datasets, trading_datasets
from tests.servers.waiting import wait_until
from tests.stores.samples import OWNER, make_dataset, make_session

DATASET = make_dataset()


@pytest.fixture
def stores(server: Database) -> Stores:
    """Stores with two sessions and a version."""
    stores = Stores.over(server, OWNER)
    for number in (1, 2):
        stores.sessions.add_session(make_session(f"ses_{number}"))
    assert stores.datasets.store_datasets(OWNER, "ses_1", [DATASET]) == 1
    return stores


def sends_rows(stores: Stores) -> bool:
    """Whether linking the version once more sends its rows as well."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert stores.datasets.store_datasets(OWNER, "ses_2", [DATASET]) == 0
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    (statement,) = sent
    return "json_to_recordset" in statement


def test_its_rows_are_not_sent_again(stores: Stores, server: Database) -> None:
    assert not sends_rows(stores)
    assert sends_rows(Stores.over(server, OWNER))  # which has not seen it


def test_one_that_was_read_counts_as_seen(stores: Stores, server: Database) -> None:
    another = Stores.over(server, OWNER)
    another.datasets.read_series(OWNER, DATASET.symbol, DATASET.channel, DATASET.timeframe, DATASET.scorer)
    assert not sends_rows(another)


def test_one_that_is_deleted_meanwhile_is_stored_again(stores: Stores, server: Database) -> None:
    added: list[int] = []

    def store() -> None:
        added.append(stores.datasets.store_datasets(OWNER, "ses_2", [DATASET]))

    with server.writing() as connection:
        connection.execute(delete(session_datasets))
        connection.execute(delete(trading_datasets))
        thread = Thread(target=store)
        thread.start()
        assert wait_until(lambda: waiting(server) == 1)
    thread.join(60)
    assert added == [1]
    assert [link.id for link in stores.datasets.session_datasets(OWNER, "ses_2")] == [DATASET.id]


def waiting(database: Database) -> int:
    """How many connections to the database wait for a lock."""
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.asking() as connection:
        return int(connection.exec_driver_sql(blocked).scalar_one())
