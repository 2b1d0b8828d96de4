"""The schema is reached by numbered steps, once, and never guessed."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from backend.domain.errors import Unavailable
from backend.stores import Database, Stores, connect_database, migrate, open_database, pending_steps
from backend.stores.sql.tables import METADATA
from backend.stores.sql.upgrades import Step, upgrade_steps
from tests.stores.samples import OWNER, make_session

NEXT = len(upgrade_steps()) + 1
NOTE = Step(NEXT, "add a note", ("ALTER TABLE sessions ADD COLUMN note TEXT", "UPDATE sessions SET note = 'old'"))
BROKEN = Step(NEXT, "break", ("ALTER TABLE sessions ADD COLUMN note TEXT", "ALTER TABLE nowhere ADD COLUMN note TEXT"))


def described(connection: Connection) -> dict[str, Any]:
    """Every table with its columns, keys, links and indexes, as the database itself reports them."""
    found = inspect(connection)
    return {
        table: {
            "columns": [column | {"type": repr(column["type"])} for column in found.get_columns(table)],
            "key": found.get_pk_constraint(table),
            "links": sorted(found.get_foreign_keys(table), key=str),
            "unique": sorted(found.get_unique_constraints(table), key=str),
            "indexes": sorted(map(_told, found.get_indexes(table)), key=str),
            "options": found.get_table_options(table),
        }
        for table in found.get_table_names()
    }


def _told(index: Any) -> dict[str, Any]:
    """An index with the condition of its rows as text."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return dict(index) | {"dialect_options": options}


def test_the_steps_lead_to_the_very_schema_of_the_tables(database: Database, tmp_path: Path) -> None:
    with closing(connect_database(f"sqlite:///{tmp_path / 'declared.sqlite'}")) as declared:
        with declared.writing() as connection:
            METADATA.create_all(connection)
        with database.reading() as reached, declared.reading() as wanted:
            assert described(reached) == described(wanted)


def test_the_steps_count_up_from_one() -> None:
    assert [step.number for step in upgrade_steps()] == list(range(1, len(upgrade_steps()) + 1))
    assert upgrade_steps()[0].name == "create the tables"


def test_a_second_migration_finds_nothing_to_do(tmp_path: Path) -> None:
    with closing(connect_database(f"sqlite:///{tmp_path / 'new.sqlite'}")) as database:
        names = pending_steps(database)
        assert names[0] == "1 create the tables"
        assert migrate(database) == names
        assert pending_steps(database) == ()
        assert migrate(database) == ()
        with database.reading() as connection:
            rows = connection.exec_driver_sql("SELECT number, name FROM schema_migrations").all()
    assert [f"{number} {name}" for number, name in rows] == list(names)


def test_a_file_of_an_older_schema_keeps_its_rows(database: Database, stores: Stores) -> None:
    stores.sessions.add_session(make_session())
    assert migrate(database, [*upgrade_steps(), NOTE]) == (f"{NEXT} add a note",)
    assert migrate(database, [*upgrade_steps(), NOTE]) == ()
    assert stores.sessions.load_session(OWNER, "ses_1") == make_session()
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT note FROM sessions").scalar() == "old"


def test_a_step_that_fails_leaves_the_schema_as_it_was(database: Database) -> None:
    with database.reading() as connection:
        before = described(connection)
    with pytest.raises(Unavailable, match="no such table: nowhere"):
        migrate(database, [*upgrade_steps(), BROKEN])
    with database.reading() as connection:
        assert described(connection) == before
    assert migrate(database, [*upgrade_steps(), NOTE]) == (f"{NEXT} add a note",)


def test_a_newer_schema_is_refused(file: Path, database: Database) -> None:
    migrate(database, [*upgrade_steps(), NOTE])
    with pytest.raises(
        Unavailable, match=f"has schema {NEXT}, and this version of Backproof knows {NEXT - 1} at most"
    ) as refused:
        open_database(f"sqlite:///{file}")
    assert "update Backproof" in refused.value.hint


def test_a_missing_directory_is_made(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "new.sqlite"
    open_database(f"sqlite:///{file}").close()
    assert file.exists()


def test_what_is_stored_survives_a_power_cut(database: Database) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}
    with database.writing() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted


def test_postgresql_can_be_given_the_same_tables() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in METADATA.sorted_tables:
        created = str(CreateTable(table).compile(dialect=dialect))
        as_text = ["data"] if table.name == "trading_datasets" else []  # long columns, read whole and never searched
        assert re.findall(r"(\w+) JSON ", created) == as_text
        assert "DATETIME" not in created
        for index in table.indexes:
            assert len(index.name or "") <= dialect.max_identifier_length
            assert str(CreateIndex(index).compile(dialect=dialect))
