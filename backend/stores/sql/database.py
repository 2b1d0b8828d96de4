"""The database: one engine with transactions for reading and for writing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean
from backend.stores.sql.faults import told_plainly
from backend.stores.sql.sqlite import sqlite_engine

BUSY_TIMEOUT = 15.0
"""Seconds that a writer waits for another one."""

ENGINES: dict[str, Callable[[URL, float], Engine]] = {"sqlite": sqlite_engine}
"""How each kind of database is opened; a new kind is one function, one line and a fixture of the contract suite."""


class Database:
    """Transactions over one database; every fault leaves them as an error of the domain.

    Args:
        place: the database as messages name it, without a password.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self.place = place
        self._reader = engine
        self._writer = engine.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view: all reads inside see the same moment."""
        with told_plainly(self.place), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing: committed at the end, rolled back by any error.

        Writers run one after the other, so what one reads still holds when it writes: ids without gaps, names taken
        once and a ledger that is counted once depend on it.
        """
        with told_plainly(self.place), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every idle connection; the database may be used again afterwards."""
        self._reader.dispose()


def connect_database(url: str, busy_timeout: float = BUSY_TIMEOUT) -> Database:
    """The database at ``url`` as it is, its schema not looked at.

    Args:
        url: ``sqlite:///path``.
        busy_timeout: seconds to wait for another writer.

    Raises:
        InvalidInput: the URL is not one, or of a kind of database that is not served.
        Unavailable: the directory of the file cannot be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInput("The database URL cannot be read.", "give one like sqlite:///backproof.db") from error
    kind = parsed.get_backend_name()
    if kind not in ENGINES:
        known = ", ".join(sorted(ENGINES))
        hint = did_you_mean(kind, ENGINES) or f"give one like sqlite:///backproof.db (served: {known})"
        raise InvalidInput(f'There is no store for databases of the kind "{kind}".', hint)
    place = parsed.database if kind == "sqlite" else None
    return Database(ENGINES[kind](parsed, busy_timeout), place or parsed.render_as_string(hide_password=True))
