"""Brings a database to the present schema, once, however many processes ask for it."""

from collections.abc import Sequence
from contextlib import ExitStack

from sqlalchemy import Connection, func, insert, inspect, select

from backend.domain.errors import Unavailable
from backend.stores.sql.database import BUSY_TIMEOUT, Database, connect_database
from backend.stores.sql.tables import schema_migrations
from backend.stores.sql.upgrades import Step, upgrade_steps


def open_database(url: str, busy_timeout: float = BUSY_TIMEOUT) -> Database:
    """The database at ``url``, ready for use: an empty or older one is brought to the present schema.

    Raises:
        InvalidInput: the URL cannot be used.
        Unavailable: the file is damaged, locked, not ours to write, or of a newer version of Backproof.
    """
    database = connect_database(url, busy_timeout)
    with ExitStack() as opened:
        opened.callback(database.close)
        migrate(database)
        opened.pop_all()
    return database


def migrate(database: Database, steps: Sequence[Step] | None = None) -> tuple[str, ...]:
    """Apply the steps that the database has not seen, all in one transaction.

    Args:
        database: of whatever age, an empty one included.
        steps: ascending by number; every step of this version when None.

    Returns:
        The names of the steps applied; empty when there was nothing to do.

    Raises:
        Unavailable: the database went through a step that this version does not know.
    """
    known = upgrade_steps() if steps is None else tuple(steps)
    with database.reading() as connection:
        pending = _pending(connection, known, database.place)
    if not pending:
        return ()
    with database.writing() as connection:
        # Asked again under the write lock: another process may have applied them since.
        pending = _pending(connection, known, database.place)
        for step in pending:
            _apply(connection, step)
    return tuple(f"{step.number} {step.name}" for step in pending)


def _pending(connection: Connection, known: Sequence[Step], place: str) -> list[Step]:
    applied = _applied(connection)
    newest = max((step.number for step in known), default=0)
    if max(applied, default=0) > newest:
        raise Unavailable(
            f"The database {place} has schema {max(applied)}, and this version of Backproof knows {newest} at most.",
            "update Backproof, or point BACKPROOF_DATABASE_URL to another database",
        )
    return [step for step in known if step.number not in applied]


def _applied(connection: Connection) -> set[int]:
    if not inspect(connection).has_table(schema_migrations.name):
        return set()
    return set(connection.scalars(select(schema_migrations.c.number)))


def _apply(connection: Connection, step: Step) -> None:
    for statement in step.statements:
        connection.exec_driver_sql(statement)
    row = {"number": step.number, "name": step.name, "applied_at": func.current_timestamp()}
    connection.execute(insert(schema_migrations).values(row))
