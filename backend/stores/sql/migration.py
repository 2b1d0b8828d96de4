"""Brings a database to the present schema, once, however many processes ask for it."""

from collections.abc import Sequence
from contextlib import ExitStack

from sqlalchemy import Connection, func, insert, inspect, select

from backend.domain.errors import Unavailable
from backend.stores.sql.database import BUSY_TIMEOUT, Database, connect_database
from backend.stores.sql.tables import schema_migrations
from backend.stores.sql.upgrades import Step, server_steps, upgrade_steps

LOCK = "schema"


def open_database(url: str, busy_timeout: float = BUSY_TIMEOUT) -> Database:
    """The database at ``url``, ready for use.

    An empty or older SQLite file is brought to the present schema; a server, which others use too, only on request.

    Raises:
        InvalidInput: the URL cannot be used.
        Unavailable: the database is damaged, away, locked, not ours to write, of a newer version of Backproof, or on a
            server and of an older one.
    """
    database = connect_database(url, busy_timeout)
    with ExitStack() as opened:
        opened.callback(database.close)
        if database.on_server:
            refuse_pending(pending_steps(database), database.place)
        else:
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
    if not pending_steps(database, steps):
        return ()
    with database.writing(LOCK) as connection:
        # Asked again under the write lock: another process may have applied them since.
        pending = _pending(connection, _known(database, steps), database.place)
        for step in pending:
            _apply(connection, step)
    return tuple(map(str, pending))


def pending_steps(database: Database, steps: Sequence[Step] | None = None) -> tuple[str, ...]:
    """The names of the steps that ``migrate`` would apply.

    Raises:
        Unavailable: the database went through a step that this version does not know.
    """
    with database.reading() as connection:
        return tuple(map(str, _pending(connection, _known(database, steps), database.place)))


def refuse_pending(pending: Sequence[str], place: str) -> None:
    """Raise Unavailable when there are steps to be applied, because this is not done unasked."""
    if pending:
        raise Unavailable(
            f"The database {place} is not at the present schema: {len(pending)} steps are pending, from {pending[0]}.",
            "bring the schema up to date: `backproof data migrate`",
        )


def refuse_newer(applied: int, known: int, place: str) -> None:
    """Raise Unavailable when the newest step applied is not one that this version knows."""
    if applied > known:
        raise Unavailable(
            f"The database {place} has schema {applied}, and this version of Backproof knows {known} at most.",
            "update Backproof, or point BACKPROOF_DATABASE_URL to another database",
        )


def _known(database: Database, steps: Sequence[Step] | None) -> Sequence[Step]:
    if steps is not None:
        return steps
    return server_steps() if database.on_server else upgrade_steps()


def _pending(connection: Connection, known: Sequence[Step], place: str) -> list[Step]:
    applied = _applied(connection)
    refuse_newer(max(applied, default=0), max((step.number for step in known), default=0), place)
    return [step for step in known if step.number not in applied]


def _applied(connection: Connection) -> set[int]:
    if not inspect(connection).has_table(schema_migrations.name):
        return set()
    return set(connection.scalars(select(schema_migrations.c.number)))


def _apply(connection: Connection, step: Step) -> None:
    for statement in step.statements:
        # Without parameters a server takes a whole script, and "%" means itself.
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    if not step.records_itself:
        row = {"number": step.number, "name": step.name, "applied_at": func.current_timestamp()}
        connection.execute(insert(schema_migrations).values(row))
