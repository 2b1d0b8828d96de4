"""Everything that is special to SQLite: how a file is opened and how its transactions begin."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event

from backend.domain.errors import InvalidInput, Unavailable
from backend.stores.codecs.documents import dump, parse
from backend.stores.sql.tables.migrations import schema_migrations

PRAGMAS = (
    # FULL: a committed transaction is on the disk, so an opening counts even when the power fails right after it.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


def sqlite_engine(url: URL, busy_timeout: float) -> Engine:
    """An engine over the file of ``url``, whose directory is made when it is missing.

    Args:
        url: ``sqlite:///path``.
        busy_timeout: seconds to wait for another writer.

    Raises:
        InvalidInput: the URL names no file; at the first connection: the file belongs to another application.
        Unavailable: the directory cannot be made.
    """
    file = sqlite_file(url)
    _make_directory(file)
    engine = create_engine(
        url,
        connect_args={"timeout": busy_timeout},
        json_serializer=dump,
        json_deserializer=parse,
        hide_parameters=True,
        max_overflow=-1,  # a file has no limit of connections, and nobody waits for one
    )
    event.listen(engine, "connect", lambda connection, _record: _prepare(connection, file))
    event.listen(engine, "begin", _begin)
    return engine


def sqlite_file(url: URL) -> Path:
    """The file of a SQLite URL.

    Raises:
        InvalidInput: it names none.
    """
    if not url.database or url.database == ":memory:":
        raise InvalidInput(
            f"The database URL {url} names no file.", "give a file, e.g. sqlite:////home/me/backproof/backproof.db"
        )
    return Path(url.database)


def _make_directory(file: Path) -> None:
    try:
        file.absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The directory {file.parent} for the database cannot be made ({error.strerror}).",
            "check the path and its permissions, or set BACKPROOF_DATABASE_URL to another file",
        ) from error


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    try:
        _refuse_strangers(connection, file)
        _set_up(connection)
    except (sqlite3.Error, InvalidInput):
        connection.close()  # the pool never sees it, so nobody else would
        raise


def _refuse_strangers(connection: sqlite3.Connection, file: Path) -> None:
    """Leave a file alone, its journal included, that has tables but not the one in which we count our steps."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = {
        name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", [schema_migrations.name])
    }
    if tables and columns != set(schema_migrations.columns.keys()):
        raise InvalidInput(
            f"The database file {file} belongs to another application: it has the table {min(tables)}.",
            "set BACKPROOF_DATABASE_URL to another file; a new one is made when it is missing",
        )


def _set_up(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # transactions begin where _begin says, not where the driver guesses
    while not _writes_ahead(connection):
        # Another connection is making the same switch, and SQLite does not wait for that: wait for its lock instead.
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _writes_ahead(connection: sqlite3.Connection) -> bool:
    """Switch the file to a write-ahead log, in which readers and a writer do not wait for each other."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _begin(connection: Connection) -> None:
    # A writer takes its lock at the start: one that read first could not wait for another writer, only fail.
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.connection.execute("BEGIN")  # asks the file for nothing yet, and as a statement it costs far more
