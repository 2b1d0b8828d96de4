"""Whole sessions on database servers: the same numbers as on SQLite, and nothing lost when a server goes away."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.bootstrap import Application, build
from backend.domain.errors import Unavailable
from backend.domain.sessions import Event
from backend.settings import load_settings
from tests.agents.sessions import stable
from tests.cli.conftest import Backproof
from tests.faults.conftest import Refused
from tests.faults.servers import ITERATE, fresh_database, on_supabase, refusal, started_until, use
from tests.servers.postgres import PostgresServer
from tests.servers.supabase_lite import SupabaseLite

pytestmark = pytest.mark.slow

Chain = dict[str, Any]

STRIKES = ("goal.understood", "attempt.backtested", "verdict.reached")
"""Events after which a server goes away: before data are fetched, in mid-loop, when the verdict has been stored."""


def document(ended: Any) -> dict[str, Any]:
    assert ended.code == 0, ended
    parsed: dict[str, Any] = json.loads(ended.stdout)
    return parsed


def whole(backproof: Backproof) -> Chain:
    """A session, its bot, and its verification, as commands tell of them."""
    session = document(backproof(*ITERATE))
    bot = document(backproof("bots", "save", session["session_id"], "--name", "kept", "--json"))
    return {"session": session, "bot": bot, "verified": document(backproof("bots", "verify", bot["bot_id"], "--json"))}


@pytest.fixture
def undisturbed(backproof: Backproof, _on_sqlite: list[Chain], tmp_path: Path) -> Chain:
    """The whole of it on SQLite, left alone; made once for all tests."""
    if not _on_sqlite:
        with pytest.MonkeyPatch.context() as patch:
            use(patch, {"BACKPROOF_DATA_DIR": str(tmp_path / "undisturbed"), "BACKPROOF_DATABASE_URL": ""})
            use(patch, {"SUPABASE_URL": ""})
            _on_sqlite.append(whole(backproof))
    return _on_sqlite[0]


@pytest.fixture(scope="module")
def _on_sqlite() -> list[Chain]:
    return []


def openings(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        (number,) = connection.execute("select count(*) from holdout_openings").fetchone() or (0,)
    return int(number)


@pytest.fixture(params=["postgresql", "supabase"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Commands use an empty server of that kind; the address of its database."""
    if request.param == "postgresql":
        dsn: str = request.getfixturevalue("postgres_url")
        use(monkeypatch, {"BACKPROOF_DATABASE_URL": dsn})
        return dsn
    lite: SupabaseLite = request.getfixturevalue("supabase_lite")
    use(monkeypatch, on_supabase(lite))
    return lite.dsn


def assert_resumed(undisturbed: Chain, backproof: Backproof, dsn: str) -> None:
    (session,) = document(backproof("sessions", "list", "--json"))["sessions"]
    resumed = document(backproof("sessions", "resume", session["session_id"], "--json"))
    assert stable(resumed) == stable(undisturbed["session"])
    assert openings(dsn) == 1


@pytest.mark.usefixtures("data_dir")
def test_a_session_its_bot_and_its_verification_are_the_same_on_a_server(
    undisturbed: Chain, server: str, backproof: Backproof
) -> None:
    found = whole(backproof)
    assert found["verified"]["outcome"] == "reproduced"
    assert found["session"]["verdict"] == undisturbed["session"]["verdict"]
    assert stable(found) == stable(undisturbed)
    assert openings(server) == 1


def run_until(event: str, strike: Callable[[], None]) -> str:
    """Run a session whose server goes away at the first event of a type; what is told of it."""
    application = build(load_settings())
    done: list[str] = []

    def watch(told: Event) -> None:
        if told.type == event and not done:
            done.append(event)
            strike()

    application.sessions.listen(watch)
    session = open_session(application)
    with pytest.raises(Unavailable) as refused:
        application.runner.run(session)
    assert done == [event]
    return refused.value.message


def open_session(application: Application) -> Any:
    from backend.domain.sessions import SessionRequest

    stated = dict(zip(("start", "end", "iterations"), ITERATE[3:8:2], strict=True))
    request = SessionRequest.model_validate({"text": ITERATE[1], "strategist": "builtin", **stated})
    return application.sessions.open(application.owner, request, application.strategist_name)


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("event", STRIKES)
def test_a_session_goes_on_when_a_killed_server_is_back(
    undisturbed: Chain, backproof: Backproof, own_postgres: PostgresServer, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = fresh_database(own_postgres, event.replace(".", "_"))
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": dsn})
    told = run_until(event, own_postgres.kill9)
    assert f"on 127.0.0.1:{own_postgres.port} does not answer" in told
    own_postgres.start()
    assert_resumed(undisturbed, backproof, dsn)


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("event", STRIKES)
def test_a_session_goes_on_when_its_project_is_back(
    undisturbed: Chain, backproof: Backproof, supabase_lite: SupabaseLite, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, on_supabase(supabase_lite))
    told = run_until(event, supabase_lite.stop)
    assert f"Supabase at {supabase_lite.url} does not answer" in told
    supabase_lite.start()
    assert_resumed(undisturbed, backproof, supabase_lite.dsn)


def test_a_command_whose_server_is_killed_ends_in_one_sentence(
    own_postgres: PostgresServer, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": fresh_database(own_postgres, "commanded")})
    with started_until(4, data_dir) as process:
        own_postgres.kill9()
        sentence, hint = refusal(process)
    own_postgres.start()
    assert "PostgreSQL" in sentence or "does not answer" in sentence
    assert "again" in hint


def test_a_killed_command_leaves_nothing_half_on_a_server(
    undisturbed: Chain, backproof: Backproof, server: str, data_dir: Path
) -> None:
    with started_until(4, data_dir) as process:
        process.kill()
        process.communicate()
    assert_resumed(undisturbed, backproof, server)


@pytest.mark.parametrize("arguments", [ITERATE[:2], ("data", "warm", "AAPL"), ("bots", "list"), ("data", "migrate")])
def test_a_server_that_is_away_at_the_start_is_told(
    refused: Refused,
    data_dir: Path,
    own_postgres: PostgresServer,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, {"BACKPROOF_DATABASE_URL": own_postgres.dsn()})
    own_postgres.kill9()
    sentence, hint = refused(5, *arguments)
    assert f"postgres on 127.0.0.1:{own_postgres.port} does not answer" in sentence
    assert "BACKPROOF_DATABASE_URL" in hint
    assert not data_dir.exists()


@pytest.mark.parametrize("arguments", [ITERATE[:2], ("data", "warm", "AAPL"), ("bots", "list")])
def test_a_project_that_is_away_at_the_start_is_told(
    refused: Refused,
    data_dir: Path,
    supabase_lite: SupabaseLite,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, on_supabase(supabase_lite))
    supabase_lite.stop()
    assert f"Supabase at {supabase_lite.url} does not answer" in refused(5, *arguments)[0]
    assert not data_dir.exists()
