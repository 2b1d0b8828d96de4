"""Commands on a database server: where each is, and what somebody who runs them may see of it."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from backend.stores import connect_database, migrate
from tests.agents.sessions import SMALL, command
from tests.servers.postgres import PostgresServer
from tests.servers.supabase_lite import SupabaseLite

ITERATE = ("iterate", SMALL, "--start", "2005-01-03", "--end", "2007-12-31", "--iterations", "2", "--json")
"""Two attempts over three years of sample data; it opens the hold-out."""


def on_supabase(lite: SupabaseLite) -> dict[str, str]:
    """The settings of a project, with no way around its API."""
    return {
        "SUPABASE_URL": lite.url,
        "SUPABASE_PUBLISHABLE_KEY": lite.publishable_key,
        "SUPABASE_SECRET_KEY": lite.secret_key,
    }


def use(monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str]) -> None:
    """Let every command of this test use them."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def fresh_database(server: PostgresServer, name: str) -> str:
    """The address of a new database with the whole schema."""
    dsn = server.create_database(name)
    database = connect_database(dsn)
    migrate(database)
    database.close()
    return dsn


@contextmanager
def started_until(event: int, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A session in a process of its own that has just told of the event of this number."""
    with command(folder, *ITERATE) as process:
        assert process.stderr is not None
        for _ in range(event):
            assert process.stderr.readline()
        yield process


def refusal(process: "subprocess.Popen[str]", code: int = 5) -> tuple[str, str]:
    """Sentence and hint of a command that had to fail, the last that it said; the JSON document says the same."""
    output, errors = process.communicate(timeout=120)
    assert process.returncode == code, output + errors
    assert "Traceback" not in output + errors
    told = errors[errors.index("Error: ") :].removeprefix("Error: ")
    sentence, hint = told.rstrip().split("\nHint: ")
    assert "\n" not in sentence + hint
    error: dict[str, Any] = json.loads(output)["error"]
    assert (error["message"], error["hint"]) == (sentence, hint)
    return sentence, hint
