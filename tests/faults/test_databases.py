"""Databases that cannot be used: what is wrong is told, and the file stays as it was."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.agents.sessions import command
from tests.cli.conftest import Backproof
from tests.faults.conftest import Disk, Refused

TEXT = b"This is a letter to a friend, not a database.\n" * 100
COMMANDS = [("sessions", "list"), ("data", "status"), ("iterate", "momentum on AAPL")]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with one session in it, which asked a question; its process has ended and closed it."""
    folder = tmp_path_factory.mktemp("used")
    with command(folder, "iterate", "momentum") as process:
        process.communicate(timeout=120)
    assert process.returncode == 2
    return (folder / "backproof.sqlite").read_bytes()


@pytest.fixture
def stored(used: bytes, data_dir: Path) -> Path:
    data_dir.mkdir(exist_ok=True)  # it may be a disk
    file = data_dir / "backproof.sqlite"
    file.write_bytes(used)
    return file


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_text_file_is_no_database_and_is_left_alone(refused: Refused, data_dir: Path, arguments: tuple[str]) -> None:
    data_dir.mkdir()
    file = data_dir / "backproof.sqlite"
    file.write_bytes(TEXT)
    sentence, hint = refused(5, *arguments)
    assert f"{file} is damaged or is not a database" in sentence
    assert "move it" in hint
    assert file.read_bytes() == TEXT


@pytest.mark.slow
@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_damaged_database_is_told(refused: Refused, stored: Path, arguments: tuple[str]) -> None:
    content = stored.read_bytes()
    stored.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert "is damaged" in refused(5, *arguments)[0]


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"\0" * 48, b"\xff" * 48])
def test_rows_that_damage_hides_are_missed(backproof: Backproof, stored: Path, damage: bytes) -> None:
    """A few bytes anywhere in the list or in its indexes: the row is read as it was, named, or the command fails."""
    with closing(sqlite3.connect(stored)) as connection:
        pages = connection.execute(
            "select pageno from dbstat where name in (select name from sqlite_master where tbl_name = 'sessions')"
        ).fetchall()
    content = stored.read_bytes()
    told = 0
    for (page,) in pages:
        for offset in range((page - 1) * 4096 + 3600, page * 4096, 48):  # a page is filled from its end
            stored.write_bytes(content[:offset] + damage + content[offset + 48 :])
            ended = backproof("sessions", "list", "--json")
            assert ended.code in (0, 5)
            listed = json.loads(ended.stdout) if ended.code == 0 else {"sessions": [], "unreadable": [{}]}
            assert len(listed["sessions"]) + len(listed["unreadable"]) == 1
            told += len(listed["unreadable"])
    assert told > len(pages)


@pytest.mark.slow
@pytest.mark.parametrize("document", ["{", '{"status": "done"}', "null"])
def test_a_damaged_row_is_told(backproof: Backproof, refused: Refused, stored: Path, document: str) -> None:
    with closing(sqlite3.connect(stored)) as connection, connection:
        connection.execute("update sessions set document = ?", [document])
    listed = json.loads(backproof("sessions", "list", "--json").stdout)
    assert listed["sessions"] == []
    (unreadable,) = listed["unreadable"]
    assert "cannot be read" in unreadable["reason"]
    assert unreadable["session_id"] in backproof("sessions", "list").stdout
    sentence, hint = refused(5, "sessions", "show", unreadable["session_id"])
    assert "cannot be read" in sentence
    assert "restore a backup" in hint


@pytest.mark.slow
def test_a_locked_database_is_told_and_used_when_it_is_free(
    backproof: Backproof, refused: Refused, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKPROOF_LOCK_TIMEOUT", "0.1")
    with closing(sqlite3.connect(stored, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert "in use by another process" in refused(5, "iterate", "momentum")[0]
        assert len(_sessions(backproof)) == 1  # reading does not wait for a writer
        other.execute("rollback")
    assert backproof("iterate", "momentum").code == 2
    assert len(_sessions(backproof)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["text", "folder"])
def test_damaged_checkpoints_stop_a_session_that_goes_on_without_them(
    backproof: Backproof, refused: Refused, data_dir: Path, kind: str
) -> None:
    data_dir.mkdir()
    checkpoints = data_dir / "checkpoints.sqlite"
    checkpoints.mkdir() if kind == "folder" else checkpoints.write_bytes(TEXT)
    request = ("momentum on AAPL", "--start", "2005-01-03", "--end", "2007-12-31", "--iterations", "1")
    sentence, hint = refused(5, "iterate", *request)
    assert f"The checkpoints in {checkpoints} cannot be used" in sentence
    assert "move the file aside" in hint
    (session,) = _sessions(backproof)
    assert session["status"] == "failed"
    checkpoints.rename(data_dir / "aside")
    assert backproof("sessions", "resume", str(session["session_id"])).code == 0


@pytest.mark.parametrize("place", ["backproof.sqlite", "locks"])
def test_something_else_in_a_files_place_is_told(refused: Refused, data_dir: Path, place: str) -> None:
    data_dir.mkdir()
    (data_dir / place).mkdir() if place.endswith("sqlite") else (data_dir / place).write_text("")
    assert "cannot be" in refused(5, "iterate", "momentum on AAPL")[0]


def test_a_file_in_the_place_of_the_data_folder_is_told(refused: Refused, data_dir: Path) -> None:
    data_dir.write_text("mine")
    assert "cannot be made" in refused(5, "sessions", "list")[0]
    assert data_dir.read_text() == "mine"


@pytest.fixture
def read_only(disk: Disk) -> Iterator[Disk]:
    yield disk
    disk.mount("remount,rw")


@pytest.mark.slow
@pytest.mark.parametrize("used_before", [True, False])
def test_a_disk_that_cannot_be_written_is_told(
    backproof: Backproof, refused: Refused, read_only: Disk, used: bytes, used_before: bool
) -> None:
    if used_before:
        (read_only.folder / "backproof.sqlite").write_bytes(used)
    assert read_only.mount("remount,ro")
    sentence, hint = refused(5, "iterate", "momentum on AAPL")
    assert "cannot be opened or written" in sentence
    assert "may write to it" in hint
    assert read_only.mount("remount,rw")
    assert len(_sessions(backproof)) == used_before


def _sessions(backproof: Backproof) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(backproof("sessions", "list", "--json").stdout)["sessions"]
    return found
