"""Inserts that meet rows already stored, in the dialect of the connection."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Connection, Table, TableValuedAlias, bindparam, column, func, select
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_missing(connection: Connection, table: Table, rows: Rows) -> int:
    """Insert the rows whose keys are not stored yet; a stored row stays as it is.

    Returns:
        How many were inserted.
    """
    if not rows:
        return 0
    statement = _INSERTS[connection.dialect.name](table).on_conflict_do_nothing()
    return connection.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def insert_or_replace(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows, no two of one key; one whose primary key is stored takes the place of the stored one."""
    if not rows:
        return
    on_server = connection.dialect.name == "postgresql"
    statement: Any = _from_json(table, rows) if on_server else sqlite.insert(table)
    key = [each.name for each in table.primary_key]
    values = {each.name: statement.excluded[each.name] for each in table.columns if each.name not in key}
    replacing = statement.on_conflict_do_update(index_elements=key, set_=values)
    if on_server:
        connection.execute(replacing)
    else:
        connection.execute(replacing, rows)


def missing_inserted(table: Table, rows: Rows) -> postgresql.Insert:
    """PostgreSQL's statement that inserts the rows whose keys are not stored yet, however many they are."""
    return _from_json(table, rows).on_conflict_do_nothing()


def recordset(table: Table, rows: Rows) -> TableValuedAlias:
    """At least one row, none with bytes, as one JSON value that PostgreSQL reads as a table; the first names them."""
    given = func.json_to_recordset(bindparam("rows", list(rows), JSON, unique=True))
    listed = given.table_valued(*(column(name, table.c[name].type) for name in rows[0]), name="given")
    return listed.render_derived(with_types=True)


def _from_json(table: Table, rows: Rows) -> postgresql.Insert:
    return postgresql.insert(table).from_select(list(rows[0]), select(*recordset(table, rows).c))
