"""A session killed at random moments resumes to the very end that an undisturbed one reaches."""

import random
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.agents.sessions import SMALL, command, finished, stable

pytestmark = pytest.mark.slow

KILLS = 20
BATCH = 5
ITERATE = ("iterate", SMALL, "--start", "2005-01-03", "--end", "2009-12-31", "--iterations", "3", "--json")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    """The document of a session left alone, and the seconds it took."""
    started = time.monotonic()
    shown = finished(command(tmp_path_factory.mktemp("undisturbed"), *ITERATE))
    return shown, time.monotonic() - started


@pytest.mark.parametrize("batch", range(KILLS // BATCH))
def test_a_killed_session_ends_as_if_nothing_had_happened(
    batch: int, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    expected, seconds = undisturbed
    moments = random.Random(batch)
    for number in range(BATCH):
        folder = tmp_path / str(number)
        _killed_at(folder, moments.uniform(0.2, 1.0) * seconds)
        session_id = _session_in(folder)
        if session_id is None:  # killed before the session was stored: nothing to lose, start it
            shown = finished(command(folder, *ITERATE))
        else:
            shown = finished(command(folder, "sessions", "resume", session_id, "--json"))
        assert stable(shown) == stable(expected)
        assert _openings_in(folder) == (1 if expected["holdout"] else 0)


def _killed_at(folder: Path, seconds: float) -> None:
    process = command(folder, *ITERATE)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _session_in(folder: Path) -> str | None:
    rows = _rows(folder, "select session_id from sessions")
    return rows[0][0] if rows else None


def _openings_in(folder: Path) -> int:
    return len(_rows(folder, "select id from holdout_openings"))


def _rows(folder: Path, query: str) -> list[Any]:
    file = folder / "backproof.sqlite"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as connection:
        if not connection.execute("select 1 from sqlite_master where name = 'sessions'").fetchall():
            return []
        return connection.execute(query).fetchall()
