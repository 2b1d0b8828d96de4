"""The three stores on servers of their own, and what really goes to each of them."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlalchemy import Engine, event

from backend.stores import Stores, open_database
from backend.stores.supabase.client import SupabaseAccess, shared_connections
from backend.stores.supabase.stores import supabase_stores
from tests.servers.cluster import AS_HOSTED, ROLES, apply_migrations
from tests.servers.postgres import PostgresServer
from tests.servers.supabase_lite import SupabaseLite

OWNER = "local"
NAMES = ("sqlite", "postgresql", "supabase")
SCHEMA = "with_schema"


@dataclass
class Sent:
    """What went to the store.

    Attributes:
        statements: of SQL, without begin and commit.
        transactions: that were committed.
        trips: answers that were waited for: of a PostgreSQL server begin and commit too, of Supabase HTTP requests.
    """

    statements: int = 0
    transactions: int = 0
    trips: int = 0


@dataclass(frozen=True)
class OpenedStore:
    """One store, ready for use, empty but for its schema."""

    name: str
    stores: Stores


class StoreServers:
    """Starts what the stores need at first use, and stops it at the end; one PostgreSQL serves two of them."""

    def __init__(self, ends: ExitStack) -> None:
        self._ends = ends
        self._postgres: PostgresServer | None = None

    def empty(self, name: str) -> OpenedStore:
        """One of ``NAMES``, empty but for its schema. Raises ServerMissing."""
        return OpenedStore(name, self._opened(name))

    def _opened(self, name: str) -> Stores:
        if name == "sqlite":
            folder = self._ends.enter_context(tempfile.TemporaryDirectory())
            return self._over(f"sqlite:///{Path(folder) / 'backproof.sqlite'}")
        if name == "postgresql":
            return self._over(self._database(name))
        lite = SupabaseLite(self._database(name))
        self._ends.callback(lite.stop)
        lite.start()
        access = SupabaseAccess(lite.url, lite.publishable_key, lite.secret_key)
        return supabase_stores(access, OWNER)

    def _over(self, url: str) -> Stores:
        return Stores.over(self._ends.enter_context(closing(open_database(url))), OWNER)

    def _database(self, name: str) -> str:
        if self._postgres is None:
            self._postgres = PostgresServer(durable=True)
            self._ends.callback(self._postgres.remove)
            self._postgres.start()
            _prepare(self._postgres)
        return self._postgres.create_database(name, template=SCHEMA)


def _prepare(server: PostgresServer) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(ROLES)
    made = server.create_database(SCHEMA)
    with psycopg.connect(made, autocommit=True) as connection:
        connection.execute(AS_HOSTED)
    apply_migrations(made)


@contextmanager
def counted(store: str) -> Iterator[Sent]:
    """Count what goes to the store meanwhile; timing it at once would time the counting too."""
    sent = Sent()
    with ExitStack() as stack:
        _count_requests(sent, stack) if store == "supabase" else _count_statements(sent, stack)
        log = stack.enter_context(tempfile.NamedTemporaryFile())
        if store == "postgresql":
            _listen("checkout", lambda driver, *_: driver.pgconn.trace(log.fileno()), stack)
            _listen("checkin", lambda driver, *_: driver.pgconn.untrace(), stack)
        yield sent
        sent.trips += Path(log.name).read_bytes().count(b"\tReadyForQuery\t")


def _count_requests(sent: Sent, stack: ExitStack) -> None:
    client, before = shared_connections(), shared_connections().event_hooks

    def count(_: httpx.Request) -> None:
        sent.trips += 1

    client.event_hooks = {"request": [count]}
    stack.callback(setattr, client, "event_hooks", before)


def _count_statements(sent: Sent, stack: ExitStack) -> None:
    def add_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.statements += not statement.startswith("BEGIN")  # SQLAlchemy is told to begin on SQLite

    def add_transaction(_: Any) -> None:
        sent.transactions += 1

    _listen("before_cursor_execute", add_statement, stack)
    _listen("commit", add_transaction, stack)


def _listen(name: str, listener: Callable[..., None], stack: ExitStack) -> None:
    event.listen(Engine, name, listener)
    stack.callback(event.remove, Engine, name, listener)
