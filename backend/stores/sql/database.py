"""The database: one engine with transactions for reading and for writing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from weakref import finalize

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean
from backend.stores.sql.faults import told_plainly
from backend.stores.sql.postgres import postgres_engine, postgres_place, take_locks
from backend.stores.sql.sqlite import sqlite_engine, sqlite_file

BUSY_TIMEOUT = 15.0
"""Seconds that a writer waits for another one."""

SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""One moment for all reads of a transaction; SQLite has it so by itself."""


class Kind(NamedTuple):
    """How one kind of database is used; a new kind is one module, one line and a fixture of the contract suite.

    Attributes:
        engine: opens it, given the URL and the seconds to wait for another writer.
        place: how messages name it, without a password.
        on_server: others use it too: writers name what they lock, and its schema is not changed unasked.
    """

    engine: Callable[[URL, float], Engine]
    place: Callable[[URL], str]
    on_server: bool


SQLITE = Kind(sqlite_engine, lambda url: str(sqlite_file(url)), on_server=False)
POSTGRESQL = Kind(postgres_engine, postgres_place, on_server=True)
KINDS = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "postgres": POSTGRESQL}


class Database:
    """Transactions over one database; every fault leaves them as an error of the domain.

    Args:
        url: of a kind that is served.
        busy_timeout: seconds to wait for another writer.
    """

    def __init__(self, url: URL, busy_timeout: float) -> None:
        kind = KINDS[url.get_backend_name()]
        self.place = kind.place(url)
        self.on_server = kind.on_server
        engine = kind.engine(url, busy_timeout)
        self._reader = engine.execution_options(**SNAPSHOT) if kind.on_server else engine
        self._caller = engine.execution_options(isolation_level="AUTOCOMMIT") if kind.on_server else self._reader
        self._writer = engine.execution_options(writes=True)
        self._busy_timeout = busy_timeout
        finalize(self, engine.dispose)  # at the end of the program at the latest, a server is told goodbye

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view: all reads inside see the same moment."""
        with told_plainly(self.place), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """For one statement, which is a transaction by itself: one round trip to a server."""
        with told_plainly(self.place), self._caller.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *locks: str) -> Iterator[Connection]:
        """All or nothing: committed at the end, rolled back by any error.

        Writers that name a lock in common run one after the other, so what one reads still holds when it writes: ids
        without gaps, names taken once and a ledger that is counted once depend on it.

        Args:
            locks: what the transaction reads and then writes, e.g. ``ledger ann``; SQLite locks everything at once.
        """
        with told_plainly(self.place), self._writer.begin() as connection:
            if self.on_server:
                take_locks(connection, locks, self._busy_timeout)
            yield connection

    def close(self) -> None:
        """Close every idle connection; the database may be used again afterwards."""
        self._reader.dispose()


def connect_database(url: str, busy_timeout: float = BUSY_TIMEOUT) -> Database:
    """The database at ``url`` as it is, its schema not looked at.

    Args:
        url: ``sqlite:///path`` or ``postgresql://user:password@host:port/database``.
        busy_timeout: seconds to wait for another writer.

    Raises:
        InvalidInput: the URL is not one, or of a kind of database that is not served.
        Unavailable: the directory of the file cannot be made.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # a port that is no number is a ValueError
        raise InvalidInput("The database URL cannot be read.", "give one like sqlite:///backproof.db") from error
    kind = parsed.get_backend_name()
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        hint = did_you_mean(kind, list(KINDS)) or f"give one like sqlite:///backproof.db (served: {known})"
        raise InvalidInput(f'There is no store for databases of the kind "{kind}".', hint)
    return Database(parsed, busy_timeout)
