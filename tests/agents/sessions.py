"""Real sessions for tests: the shipped strategist on a real SQLite file, in this process or in one of its own."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backend.bootstrap import Application
from backend.domain.sessions import Session, SessionRequest
from backend.services.documents import session_document
from backend.settings import Settings
from tests.forked import start

SMALL = "momentum or mean reversion on AAPL with reddit sentiment, drawdown under 60 %"
"""A request that is quick to run: three iterations over a few years."""

PLAIN = "momentum on AAPL, drawdown under 60 %"
"""A request that is quicker still: no sentiment is read."""

VOLATILE = ("session_id", "attempt_id", "chosen", "bot_id", "timings", "usage", "fetched_at", "created_at", "at")
"""Keys that may differ between two runs of the same session: ids, times, and work that an interruption repeats."""


def application(folder: Path, **settings: Any) -> Application:
    """An application with its store in ``folder``."""
    return Application(Settings(data_dir=folder, **settings))


def small_request(**fields: Any) -> SessionRequest:
    """A session that takes about a second."""
    given = {"text": SMALL, "start": "2005-01-03", "end": "2009-12-31", "iterations": 3} | fields
    return SessionRequest.model_validate(given)


def plain_request(**fields: Any) -> SessionRequest:
    """A session that takes half a second."""
    return small_request(**({"text": PLAIN} | fields))


def run(app: Application, request: SessionRequest) -> Session:
    """Open a session and run it to its end."""
    return app.runner.run(app.sessions.open(app.owner, request, app.strategist.name))


def only_session(app: Application) -> Session:
    """The one session that is stored."""
    (line,) = app.sessions.lines(app.owner, 2)
    return app.sessions.load(app.owner, line.session_id)


def document(app: Application, session: Session) -> dict[str, Any]:
    """The session as people see it."""
    return session_document(session, app.sessions.attempts(session))


def stable(value: Any) -> Any:
    """The part of a document that must be the same in every run."""
    if isinstance(value, dict):
        return {name: stable(inner) for name, inner in value.items() if name not in VOLATILE}
    if isinstance(value, list):
        return [stable(inner) for inner in value]
    return value


def command(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """The command line in a process of its own, with further variables."""
    variables = {**os.environ, "BACKPROOF_DATA_DIR": str(folder), **(environment or {})}
    return start("backend.cli", *arguments, environment=variables)


def finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The JSON document of a command that must succeed."""
    output, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    parsed: dict[str, Any] = json.loads(output)
    return parsed
