"""The same commands on a PostgreSQL server: migrated on request, then fetched into, listed, verified and cleared."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands.conftest import program

pytestmark = pytest.mark.slow

SESSION = ("momentum on AAPL with reddit, drawdown under 60 %", "--start", "2005-01-03", "--end", "2008-12-31")


@pytest.fixture
def server(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Commands use a fresh database on a server."""
    monkeypatch.setenv("BACKPROOF_DATABASE_URL", postgres_url)
    return postgres_url


def told(folder: Path, *arguments: str, code: int = 0) -> Any:
    """The JSON document of a command in a process of its own."""
    with program(*arguments, "--json", data_dir=folder) as process:
        stdout, stderr = process.communicate(timeout=180)
    assert process.returncode == code, stderr
    return json.loads(stdout)


def test_a_server_is_changed_on_request_only(
    tmp_path: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKPROOF_DATABASE_URL", empty_postgres_url)
    refused = told(tmp_path, "sessions", "list", code=5)["error"]
    assert "backproof data migrate" in refused["hint"]
    assert told(tmp_path, "data", "migrate")["applied"]
    assert told(tmp_path, "data", "migrate") == {"applied": [], "push": None}
    assert told(tmp_path, "sessions", "list") == {"sessions": [], "unreadable": []}


@pytest.mark.usefixtures("server")
def test_a_bot_is_kept_and_verified_on_a_server(tmp_path: Path) -> None:
    warmed = told(tmp_path, "data", "warm", "AAPL", "ZZZZ", code=4)["warmed"]
    assert [(result["symbol"], result["bars"]) for result in warmed] == [("AAPL", 3270), ("ZZZZ", 0)]
    session = told(tmp_path, "iterate", *SESSION, "--iterations", "1", "--save-bot", "first")
    assert session["status"] == "done"
    bot_id = session["bot_id"]
    (use,) = told(tmp_path, "data", "status")["datasets"]
    assert use["bots"] == [bot_id]
    cleared = told(tmp_path, "data", "clear", "AAPL", "--yes")
    assert (cleared["bars"], cleared["kept_by_bots"]) == (3270, [bot_id])
    assert told(tmp_path, "data", "cleanup", "--older-than", "0", "--apply")["deleted"] == 0
    found = told(tmp_path, "bots", "verify", bot_id)
    assert (found["outcome"], found["differences"]) == ("reproduced", [])
    assert told(tmp_path, "bots", "delete", bot_id, "--yes")["deleted"] == bot_id
    assert told(tmp_path, "data", "cleanup", "--older-than", "0", "--apply")["deleted"] == 1
