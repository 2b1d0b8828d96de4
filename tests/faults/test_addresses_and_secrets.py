"""Addresses that lead nowhere are told in one sentence, and nothing secret is ever shown, logged or stored."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.cli.conftest import Backproof, Ended
from tests.faults.conftest import Refused
from tests.faults.servers import ITERATE, fresh_database, on_supabase, use
from tests.servers.postgres import PostgresServer
from tests.servers.supabase_lite import SupabaseLite

pytestmark = pytest.mark.slow

PASSWORD = "correct-horse-battery"
REDDIT = "reddit-secret-that-nobody-may-see"
COMMANDS = [("sessions", "list"), ("data", "warm", "AAPL"), ("data", "migrate"), ITERATE[:2]]


@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        (f"mysql://me:{PASSWORD}@127.0.0.1/x", 2, 'no store for databases of the kind "mysql"'),
        (f"postgresql://me:{PASSWORD}@127.0.0.1:1/x", 5, "The database x on 127.0.0.1:1 does not answer"),
        (f"postgresql://me:{PASSWORD}@127.0.0.1:1", 2, "names no database"),
        (f"postgresql://me:{PASSWORD}@127.0.0.1:port/x", 2, "cannot be read"),
        (f"postgres:/me:{PASSWORD}@", 2, "cannot be read"),
        (f"postgresql://me:{PASSWORD}@nowhere.invalid/x", 5, "The database x on nowhere.invalid does not answer"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(
    refused: Refused, data_dir: Path, monkeypatch: pytest.MonkeyPatch, url: str, code: int, sentence: str
) -> None:
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": url, "BACKPROOF_LOG_LEVEL": "debug"})
    for arguments in COMMANDS:
        told = refused(code, *arguments)
        assert sentence in told[0]
        assert PASSWORD not in " ".join(told)
    assert not data_dir.exists()


@pytest.fixture
def locked(own_postgres: PostgresServer) -> Iterator[PostgresServer]:
    """A server that asks everybody but its first user for a password."""
    rules = own_postgres.folder / "data" / "pg_hba.conf"
    open_to_all = rules.read_text()
    rules.write_text("host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    own_postgres.restart()
    yield own_postgres
    rules.write_text(open_to_all)
    own_postgres.restart()


def _with_user(server: PostgresServer, name: str) -> str:
    """A database of a fresh name, and somebody who may read it."""
    dsn = fresh_database(server, name)
    with psycopg.connect(dsn, autocommit=True) as connection:
        role = sql.Identifier(name)
        connection.execute(sql.SQL("create role {} login password {}").format(role, sql.Literal(PASSWORD)))
        connection.execute(sql.SQL("grant select on all tables in schema public to {}").format(role))
    return dsn


def test_logins_that_are_refused_are_told(
    refused: Refused, locked: PostgresServer, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = _with_user(locked, "logins")
    right = dsn.replace("postgres@", f"logins:{PASSWORD}@")
    for wrong in (
        right.replace(PASSWORD, "wrong-word"),
        right.replace("/logins", "/nothing"),
        right.replace("//logins", "//nobody"),
    ):
        use(monkeypatch, {"BACKPROOF_DATABASE_URL": wrong})
        for arguments in COMMANDS:
            sentence, hint = refused(5, *arguments)
            assert "refused the connection" in sentence
            assert "BACKPROOF_DATABASE_URL" in hint
            assert not any(word in sentence + hint for word in (PASSWORD, "wrong-word"))
    assert not data_dir.exists()


@pytest.mark.usefixtures("data_dir")
def test_somebody_who_may_only_read_is_told(
    refused: Refused, locked: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = _with_user(locked, "reader")
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": dsn.replace("postgres@", f"reader:{PASSWORD}@")})
    for arguments in (ITERATE[:2], ("sessions", "list"), ("data", "warm", "AAPL")):
        sentence, hint = refused(5, *arguments)
        assert "does not allow this to its user" in sentence
        assert "BACKPROOF_DATABASE_URL" in hint
    with psycopg.connect(dsn) as connection:
        assert connection.execute("select count(*) from sessions").fetchone() == (0,)


def test_whatever_the_store_takes_for_an_address_serves_the_whole_session(
    backproof: Backproof, own_postgres: PostgresServer, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = fresh_database(own_postgres, "forms")
    url = dsn.replace("postgresql://postgres@", "postgresql+psycopg://postgres:50%off@")  # libpq itself refuses it
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": f"{url}?application_name=tests"})
    ended = backproof(*ITERATE)
    assert ended.code == 0, ended
    assert "50%off" not in ended.stdout + ended.stderr
    assert not list(data_dir.glob("checkpoints*"))  # they lie on the server, so that any machine goes on


def _assert_silent(ended: Ended, *secrets: str) -> None:
    for secret in secrets:
        assert secret not in ended.stdout + ended.stderr


def _stored(dsn: str) -> str:
    """Every row of every table of a database as text."""
    tables = "select schemaname, tablename from pg_tables where schemaname in ('public', 'backproof_checkpoints')"
    with psycopg.connect(dsn) as connection:
        found = connection.execute(tables).fetchall()
        queries = [sql.SQL("select t::text from {} t").format(sql.Identifier(*table)) for table in found]
        return "\n".join(row for query in queries for (row,) in connection.execute(query))


def _everything(backproof: Backproof, *secrets: str) -> None:
    """Run what there is, with logs of every level and with ``--debug``; nothing of it tells a secret."""
    ended = backproof("--debug", *ITERATE, "--save-bot", "kept")
    assert ended.code == 0, ended
    document = json.loads(ended.stdout)
    for arguments in (
        ("sessions", "show", document["session_id"]),
        ("bots", "verify", document["bot_id"]),
        ("data", "status"),
        ("data", "migrate"),
        ("settings",),
        ("settings", "--json"),
        ("sessions", "show", "ses_1", "--debug"),
        ("collect", "--debug"),
    ):
        _assert_silent(backproof(*arguments), *secrets)
    _assert_silent(ended, *secrets)


def _files(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.fixture
def reddit(monkeypatch: pytest.MonkeyPatch) -> str:
    """An account on a Reddit that is away."""
    settings = {"REDDIT_CLIENT_ID": "id", "REDDIT_CLIENT_SECRET": REDDIT, "REDDIT_USER_AGENT": "tests"}
    places = {"REDDIT_URL": "http://127.0.0.1:1", "REDDIT_OAUTH_URL": "http://127.0.0.1:1"}
    use(monkeypatch, settings | places | {"BACKPROOF_LOG_LEVEL": "debug"})
    return REDDIT


def test_a_password_is_never_told(
    backproof: Backproof, own_postgres: PostgresServer, data_dir: Path, reddit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = fresh_database(own_postgres, "secrets")
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": dsn.replace("postgres@", f"postgres:{PASSWORD}@")})
    _everything(backproof, PASSWORD, reddit)
    stored = _stored(dsn)
    assert "momentum" in stored
    assert not any(secret in stored for secret in (PASSWORD, reddit))
    assert not any(secret.encode() in _files(data_dir) for secret in (PASSWORD, reddit))
    own_postgres.kill9()
    away = backproof("--debug", *ITERATE)
    assert away.code == 5
    _assert_silent(away, PASSWORD, reddit)


def test_keys_are_never_told(
    backproof: Backproof, supabase_lite: SupabaseLite, data_dir: Path, reddit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, on_supabase(supabase_lite) | {"SUPABASE_JWT_SECRET": supabase_lite.jwt_secret})
    secrets = (supabase_lite.secret_key, supabase_lite.jwt_secret, reddit)
    _everything(backproof, *secrets)
    stored = _stored(supabase_lite.dsn)
    assert "momentum" in stored
    assert not any(secret in stored for secret in secrets)
    assert not any(secret.encode() in _files(data_dir) for secret in secrets)
    use(monkeypatch, {"SUPABASE_SECRET_KEY": f"{supabase_lite.secret_key}-of-yesterday"})
    refused = backproof("--debug", *ITERATE)
    assert refused.code == 2
    assert "does not accept the key" in refused.stderr
    _assert_silent(refused, *secrets)
    supabase_lite.stop()
    away = backproof("--debug", *ITERATE)
    assert away.code == 5
    _assert_silent(away, *secrets)
