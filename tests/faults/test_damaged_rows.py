"""Rows and files that somebody damaged by hand: what is damaged is named, and nothing else is lost."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.agents.sessions import stable
from tests.cli.conftest import Backproof
from tests.faults.conftest import Refused
from tests.faults.servers import ITERATE

pytestmark = pytest.mark.slow

Damage = Callable[..., None]


@pytest.fixture(scope="module")
def _made() -> dict[str, Any]:
    return {}


@pytest.fixture
def kept(
    backproof: Backproof, _made: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, data_dir: Path
) -> dict[str, Any]:
    """A session that was kept as a bot, in a data folder of this test; made once for all tests."""
    if not _made:
        ended = backproof(*ITERATE, "--save-bot", "kept")
        assert ended.code == 0, ended
        original = tmp_path_factory.mktemp("kept") / "data"
        shutil.move(data_dir, original)
        _made.update(session=json.loads(ended.stdout), folder=original)
    shutil.copytree(_made["folder"], data_dir)
    session: dict[str, Any] = _made["session"]
    return session


@pytest.fixture
def damage(data_dir: Path) -> Damage:
    """``damage("UPDATE ...", value)`` changes at least one row of the database."""

    def change(statement: str, *values: object) -> None:
        with closing(sqlite3.connect(data_dir / "backproof.sqlite")) as connection, connection:
            assert connection.execute(statement, values).rowcount > 0

    return change


def failed_checks(backproof: Backproof, bot_id: str) -> dict[str, str]:
    """What a verification says of each thing that is not as it was; the command fails."""
    ended = backproof("bots", "verify", bot_id, "--json")
    assert ended.code == 1, ended
    found = json.loads(ended.stdout)
    assert found["outcome"] == "changed"
    return {check["what"]: check["note"] for check in found["checks"] if not check["same"]}


def assert_nothing_else_is_lost(backproof: Backproof, session: dict[str, Any]) -> None:
    assert json.loads(backproof("sessions", "show", session["session_id"], "--json").stdout) == session
    assert backproof("bots", "show", session["bot_id"]).code == 0
    assert backproof("data", "status").code == 0


def test_a_damaged_snapshot_is_named_by_the_verification(
    backproof: Backproof, kept: dict[str, Any], damage: Damage
) -> None:
    damage("UPDATE bars_snapshots SET data = CAST(substr(data, 1, length(data) - 8) || x'0000000000004940' AS BLOB)")
    notes = failed_checks(backproof, kept["bot_id"])
    assert "its values do not give its hash" in notes["bars of AAPL"]
    assert_nothing_else_is_lost(backproof, kept)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        ("x''", "cannot be read"),
        ("x'6e6f742061206c697374'", "cannot be read"),
        ("CAST(x'ff00ff' AS TEXT)", "is damaged"),
    ],
)
def test_a_snapshot_that_is_rubbish_is_named(
    backproof: Backproof, kept: dict[str, Any], damage: Damage, data: str, note: str
) -> None:
    damage(f"UPDATE bars_snapshots SET data = {data}")
    assert note in failed_checks(backproof, kept["bot_id"])["bars of AAPL"]
    assert_nothing_else_is_lost(backproof, kept)


@pytest.mark.parametrize("change", ["data = json_set(data, '$.posts[0]', 7777)", "data = '[]'", "metadata = '{}'"])
def test_a_damaged_dataset_is_named_by_the_verification_and_by_the_next_session(
    backproof: Backproof, kept: dict[str, Any], damage: Damage, change: str
) -> None:
    damage(f"UPDATE trading_datasets SET {change}")
    (name,) = [name for name in failed_checks(backproof, kept["bot_id"]) if "dataset" in name]
    assert name.startswith("reddit dataset ds_")
    assert json.loads(backproof("sessions", "show", kept["session_id"], "--json").stdout) == kept
    again = backproof(*ITERATE)
    if again.code == 0:  # built anew from the posts, which are whole
        assert stable(json.loads(again.stdout)["attempts"]) == stable(kept["attempts"])
    else:
        assert again.code == 5
        assert "stored dataset ds_" in json.loads(again.stdout)["error"]["message"]


def test_impossible_stored_bars_are_named(
    refused: Refused, backproof: Backproof, kept: dict[str, Any], damage: Damage
) -> None:
    damage("UPDATE market_bars SET low = high * 2 WHERE session = '2006-05-26'")
    sentence, hint = refused(5, *ITERATE[:-1])
    assert "stored series of 1d bars of AAPL from sample cannot be read" in sentence
    assert "2006-05-26" in sentence
    assert hint
    assert json.loads(backproof("bots", "verify", kept["bot_id"], "--json").stdout)["outcome"] == "reproduced"
    assert_nothing_else_is_lost(backproof, kept)
    (change,) = json.loads(backproof("bots", "show", kept["bot_id"], "--json").stdout)["changes"]
    assert (change["kind"], change["what"]) == ("bars_missing", "AAPL")
    assert backproof("data", "clear", "AAPL", "--yes").code == 0  # which mends it
    again = json.loads(backproof(*ITERATE).stdout)
    assert stable(again["attempts"]) == stable(kept["attempts"])


@pytest.mark.parametrize("name", ["00000001-0123456789abcdef0123456789abcdef.json", "notes.json"])
def test_rubbish_in_the_outbox_is_set_aside_and_told_once(
    backproof: Backproof, kept: dict[str, Any], data_dir: Path, name: str
) -> None:
    (data_dir / "outbox").mkdir(exist_ok=True)
    (data_dir / "outbox" / name).write_bytes(b"\x00\xff rubbish")
    first = json.loads(backproof(*ITERATE).stdout)
    second = json.loads(backproof(*ITERATE).stdout)
    told = [[notice for notice in session["notices"] if name in notice] for session in (first, second)]
    assert [len(notices) for notices in told] == [1, 0]
    assert stable(first["attempts"]) == stable(kept["attempts"])
    assert (data_dir / "outbox" / f"{name}.unreadable").read_bytes() == b"\x00\xff rubbish"
