"""Checkpoints are there as long as a session may be resumed from them, and gone afterwards."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.agents.checkpoints import SCHEMA
from backend.bootstrap import Application
from backend.domain.errors import Cancelled, ModelAway
from backend.domain.sessions import Event, Session
from tests.agents.llm_sessions.runs import asking, llm_request
from tests.agents.sessions import run, small_request
from tests.servers import openai_server_faults as faults
from tests.servers.openai_server import OpenAIServer

pytestmark = pytest.mark.slow

Rows = Callable[[], dict[str, int]]


def rows_of_file(folder: Path) -> dict[str, int]:
    """Rows of each table of the checkpoints of a store in a file."""
    with closing(sqlite3.connect(folder / "checkpoints.sqlite")) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: _count(connection, f'SELECT count(*) FROM "{name}"') for (name,) in tables}


def rows_of_server(url: str) -> dict[str, int]:
    """Rows of each table of the checkpoints of a store on a server; those of its own schema are left out."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA]).fetchall()
        names = [name for (name,) in tables if name != "checkpoint_migrations"]
        return {name: _count(connection, f'SELECT count(*) FROM {SCHEMA}."{name}"') for name in names}


def _count(connection: Any, query: str) -> int:
    (count,) = connection.execute(query).fetchone()
    return int(count)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, openai_server: OpenAIServer
) -> tuple[Application, Rows, OpenAIServer]:
    """An application on a file or on a server, and what it keeps of checkpoints."""
    if request.param == "sqlite":
        return asking(tmp_path, openai_server, model_retries=0), lambda: rows_of_file(tmp_path), openai_server
    url: str = request.getfixturevalue("postgres_url")
    app = asking(tmp_path, openai_server, model_retries=0, database_url=url)
    return app, lambda: rows_of_server(url), openai_server


def cancelled(app: Application, session: Session) -> Session:
    """The session, cancelled after its first attempt of this turn."""

    def cancel(event: Event) -> None:
        if event.type == "attempt.backtested":
            app.sessions.cancel(app.owner, session.session_id)

    with app.sessions.listening(cancel), pytest.raises(Cancelled):
        app.runner.run(session)
    return app.sessions.load(app.owner, session.session_id)


def test_nothing_stays_when_a_session_has_ended(store: tuple[Application, Rows, OpenAIServer]) -> None:
    app, rows, server = store
    done = run(app, small_request(iterations=1))
    assert len(rows()) >= 2
    assert not any(rows().values())

    stopped = cancelled(app, app.sessions.open(app.owner, small_request(seed=2, iterations=2), app.strategist.name))
    assert any(rows().values())  # it may be resumed
    assert app.runner.run(stopped).status == "done"
    assert not any(rows().values())

    server.fail_at({1: faults.status(500)})
    failing = app.open_session(llm_request(iterations=1))
    with pytest.raises(ModelAway):
        app.runner.run(failing)
    assert any(rows().values())
    assert app.runner.run(failing).status == "done"
    assert not any(rows().values())

    turned = app.conversation.say(app.owner, done.session_id, "less drawdown, 2 more attempts").session
    left = cancelled(app, turned)
    assert any(rows().values())
    again = app.conversation.say(app.owner, left.session_id, "at least 10 trades, one more attempt").session
    assert app.runner.run(again).status == "done"
    assert not any(rows().values())  # the turn that was cancelled cannot be resumed any more


def test_a_question_keeps_none(store: tuple[Application, Rows, OpenAIServer]) -> None:
    app, rows, _ = store
    assert run(app, small_request(text="momentum")).status == "needs_input"
    assert not any(rows().values())
