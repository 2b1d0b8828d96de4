"""What there is in a database, asked of the database: a new table or function cannot be forgotten."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

Row = dict[str, Any]

FUNCTIONS = """
    select oid::regprocedure::text, pronamespace::regnamespace::text, proname
    from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace) order by 1
"""
COLUMNS = """
    select attrelid::regclass::text, attname, atttypid::regtype::text, attidentity <> '' or atthasdef
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
    order by attrelid, attnum
"""
SAMPLES: dict[str, Any] = {
    "bigint": 1,
    "boolean": False,
    "date": "2024-01-02",
    "double precision": 1.0,
    "integer": 1,
    "timestamp with time zone": "2024-01-02T03:04:05Z",
}
IMPORTED = {"source": "file", "provider": "file"}


def columns(connection: Connection[Any]) -> dict[str, dict[str, str]]:
    """Columns that have to be given a value, with their types, by table."""
    tables: dict[str, dict[str, str]] = {}
    for table, name, kind, has_default in connection.execute(COLUMNS):
        if not has_default:
            tables.setdefault(table, {})[name] = kind
    return tables


def sample_row(kinds: dict[str, str], owner: str, mark: str) -> Row:
    """A row whose texts are all ``mark``, so that every row of an owner fits every other."""
    texts = {"owner": owner, **IMPORTED}
    values = {
        "text": mark,
        "bytea": mark.encode(),
        "jsonb": Jsonb({"of": mark}),
        "json": Jsonb({"of": mark}),
        **SAMPLES,
    }
    return {name: texts.get(name, values[kind]) for name, kind in kinds.items()}


def insert(connection: Connection[Any], table: str, row: Row) -> None:
    """Insert one row."""
    names, values = sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join([sql.SQL("%s")] * len(row))
    statement = sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), names, values)
    connection.execute(statement, list(row.values()))


def rows_of(connection: Connection[Any], table: str) -> list[str]:
    """Every row that may be seen, as text."""
    query = sql.SQL("select t::text from {} t order by 1").format(sql.Identifier(table))
    return [text for (text,) in connection.execute(query)]


def fill(connection: Connection[Any], *owners: str) -> None:
    """One row of each owner in every table; links are not looked at while this goes on."""
    connection.execute("set session_replication_role = replica")
    for table, kinds in columns(connection).items():
        if table == "schema_migrations":
            continue
        for owner in owners:
            insert(connection, table, sample_row(kinds, owner, owner or "shared"))
    connection.execute("set session_replication_role = origin")


@contextmanager
def acting_as(connection: Connection[Any], role: str, owner: str = "", **claims: Any) -> Iterator[Connection[Any]]:
    """As that role and, unless it is empty, with the token of that owner; nothing of it is kept."""
    told = {"sub": owner, "role": role, "aud": "authenticated", "exp": 4_000_000_000} | claims
    with connection.transaction(force_rollback=True):
        connection.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(told) if owner else ""])
        connection.execute("select set_config('role', %s, true)", [role])
        yield connection
