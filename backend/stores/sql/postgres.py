"""Everything that is special to PostgreSQL: how it is reached, and how its transactions begin and wait."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from select import POLLIN, poll
from typing import Any

from sqlalchemy import URL, BigInteger, Connection, Engine, create_engine, event, func, literal, make_url, select
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

from backend.domain.errors import InvalidInput
from backend.stores.codecs.documents import dump, parse

CONNECT_TIMEOUT = 10
"""Seconds for reaching each address of the server."""

_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
"""A connection whose other side is gone without a word is known as broken after a minute."""


def postgres_engine(url: URL, busy_timeout: float) -> Engine:
    """An engine over the database of ``url``; nothing is connected yet.

    Args:
        url: ``postgresql://user:password@host:port/database``.
        busy_timeout: seconds to wait for a connection that others use.

    Raises:
        InvalidInput: the URL names no database.
    """
    if not url.database:
        raise InvalidInput(
            "The database URL names no database.", "give one like postgresql://me:password@host:5432/backproof"
        )
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # whatever it would log is raised as well
    defaults = {"connect_timeout": CONNECT_TIMEOUT, "application_name": "backproof"} | _KEEPALIVE
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        # A pooler hands a transaction to any of its connections, so none may rely on what another has prepared.
        connect_args={name: value for name, value in defaults.items() if name not in url.query}
        | {"prepare_threshold": None},
        json_serializer=dump,
        json_deserializer=parse,
        hide_parameters=True,
        use_native_hstore=False,
        pool_timeout=busy_timeout,
        pool_size=5,
        max_overflow=15,
    )
    event.listen(engine, "checkout", _refuse_broken)
    return engine


def postgres_dsn(url: str) -> str:
    """What libpq connects with, for those who need a connection of their own; it reads URLs more strictly than we do.

    Args:
        url: of any form that ``postgres_engine`` takes; a password may hold ``%`` as it is.
    """
    from psycopg.conninfo import make_conninfo

    parsed = make_url(url).set(drivername="postgresql+psycopg")
    _, stated = parsed.get_dialect()().create_connect_args(parsed)
    return make_conninfo(**{"connect_timeout": CONNECT_TIMEOUT, **_KEEPALIVE, **stated})


def postgres_place(url: URL) -> str:
    """How messages name the database: without user and password."""
    host = f"{url.host}:{url.port}" if url.port else url.host or "this machine"
    return f"{url.database} on {host}"


def take_locks(connection: Connection, names: tuple[str, ...], busy_timeout: float) -> None:
    """Take the locks of these names, in their order, until the transaction ends; in one statement.

    A lock that somebody else holds is waited for, and so is a row that somebody else changes: ``busy_timeout`` seconds.
    """
    wait = func.set_config("lock_timeout", str(max(1, int(busy_timeout * 1000))), literal(True))  # noqa: FBT003 - SQL
    locks = [func.pg_advisory_xact_lock(func.hashtextextended(name, literal(0, BigInteger))) for name in sorted(names)]
    connection.execute(select(wait, *locks))


@contextmanager
def raw_cursor(connection: Connection) -> Iterator[Any]:
    """A cursor of the driver itself; what it reports is raised as SQLAlchemy would."""
    import psycopg

    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        try:
            yield cursor
        except psycopg.Error as error:
            raise DBAPIError.instance(None, None, error, psycopg.Error, hide_parameters=True) from error


def copy_block(connection: Connection, table: str, columns: tuple[str, ...], block: bytes) -> None:
    """Add rows that are given in the binary format of COPY."""
    quoted = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quoted(table)} ({', '.join(map(quoted, columns))}) FROM STDIN (FORMAT binary)"
    with raw_cursor(connection) as cursor, cursor.copy(statement) as copy:
        copy.write(block)


def _refuse_broken(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
    """Leave out a connection that the server has closed, e.g. because it was started anew; asks it nothing.

    An idle connection has nothing to read, except that its other side said goodbye.
    """
    idle = poll()
    idle.register(dbapi_connection.pgconn.socket, POLLIN)
    if idle.poll(0):
        raise InvalidatePoolError("the server has closed the connection")
