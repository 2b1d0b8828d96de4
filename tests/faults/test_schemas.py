"""Databases of other versions through the command line: refused with what to do, or brought up with all they hold."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from backend.stores import connect_database, migrate
from backend.stores.sql.upgrades import server_steps, upgrade_steps
from tests.agents.sessions import command
from tests.cli.conftest import Backproof
from tests.faults.conftest import Refused
from tests.faults.servers import ITERATE, use

pytestmark = pytest.mark.slow

NEWER = 29991231235959
COMMANDS = [("sessions", "list"), ("data", "warm", "AAPL"), ("bots", "list"), ITERATE[:2]]


def test_two_migrations_at_once_apply_each_step_once(
    empty_postgres_url: str, data_dir: Path, backproof: Backproof, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": empty_postgres_url})
    both = [command(data_dir, "data", "migrate", "--json") for _ in range(2)]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    applied = sorted(len(json.loads(output)["applied"]) for output, _ in told)
    assert applied == [0, len(server_steps())]
    assert json.loads(backproof("data", "migrate", "--json").stdout)["applied"] == []


@pytest.mark.parametrize("arguments", [*COMMANDS, ("data", "migrate")])
def test_a_newer_schema_is_refused(
    postgres_url: str, refused: Refused, data_dir: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": postgres_url})
    with psycopg.connect(postgres_url) as connection:
        connection.execute("insert into schema_migrations values (%s, 'to come', now())", [NEWER])
    sentence, hint = refused(5, *arguments)
    assert f"has schema {NEWER}, and this version of Backproof knows {server_steps()[-1].number} at most" in sentence
    assert "update Backproof" in hint
    assert not data_dir.exists()


@pytest.mark.parametrize("arguments", COMMANDS)
def test_an_older_schema_is_refused(
    postgres_url: str, refused: Refused, data_dir: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": postgres_url})
    newest = server_steps()[-1]
    with psycopg.connect(postgres_url) as connection:
        connection.execute("delete from schema_migrations where number = %s", [newest.number])
    sentence, hint = refused(5, *arguments)
    assert "is not at the present schema" in sentence
    assert str(newest) in sentence
    assert "backproof data migrate" in hint
    assert not data_dir.exists()


def _as_first_version(file: Path, beside: Path) -> None:
    """Put the rows of a database into a file that knows the first step alone, as the first version left it."""
    with closing(connect_database(f"sqlite:///{beside}")) as database:
        migrate(database, upgrade_steps()[:1])
    with closing(sqlite3.connect(beside)) as connection:
        connection.execute("ATTACH ? AS newer", [str(file)])
        tables = [name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in (name for name in tables if name != "schema_migrations" and not name.startswith("sqlite_")):
            names = [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", [table])]
            columns = ", ".join(f'"{name}"' for name in names)
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")
        connection.commit()
    shutil.copy(beside, file)


def test_a_bot_of_the_first_version_is_shown_and_verified(backproof: Backproof, data_dir: Path, tmp_path: Path) -> None:
    session = json.loads(backproof(*ITERATE, "--save-bot", "old").stdout)
    file = data_dir / "backproof.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _as_first_version(file, tmp_path / "first.sqlite")
    for left in data_dir.glob("backproof.sqlite-*"):
        left.unlink()
    assert json.loads(backproof("sessions", "show", session["session_id"], "--json").stdout) == session
    verified = json.loads(backproof("bots", "verify", session["bot_id"], "--json").stdout)
    assert (verified["outcome"], verified["differences"]) == ("reproduced", [])
    again = json.loads(backproof(*ITERATE).stdout)
    assert again["data_hash"] == session["data_hash"]
    # the bars of the sample alone: the first version kept no adjustments
    assert again["usage"]["source_calls"] == 1
    assert again["verdict"] == session["verdict"]
