"""A session killed at random moments resumes to the very end that an undisturbed one reaches."""

import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from tests.agents.sessions import (
    SMALL,
    application,
    command,
    document,
    finished,
    only_session,
    run,
    small_request,
    stable,
)

pytestmark = pytest.mark.slow

KILLS = 20
BATCH = 5
LONGEST_STEP = 0.4
"""Seconds from one event to the next, about; a kill falls anywhere between two of them."""
ITERATE = ("iterate", SMALL, "--start", "2005-01-03", "--end", "2009-12-31", "--iterations", "3", "--json")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], int]:
    """The document of a session left alone, and how many events it has."""
    app = application(tmp_path_factory.mktemp("undisturbed"))
    session = run(app, small_request())
    return document(app, session), len(app.sessions.events(app.owner, session.session_id))


@pytest.mark.parametrize("batch", range(KILLS // BATCH))
def test_a_killed_session_ends_as_if_nothing_had_happened(
    batch: int, undisturbed: tuple[dict[str, Any], int], tmp_path: Path
) -> None:
    expected, events = undisturbed
    chance = random.Random(batch)
    for number in range(BATCH):
        folder = tmp_path / str(number)
        _kill(folder, chance.randint(1, events), chance.uniform(0, LONGEST_STEP))
        app = application(folder)
        ended = _resumed_by_command(app, folder) if number == 0 else _resumed(app)
        assert stable(ended) == stable(expected)
        assert len(app.stores.ledger.list_openings(app.owner)) == (1 if expected["holdout"] else 0)


def _kill(folder: Path, event: int, seconds: float) -> None:
    """Start a session and kill its process ``seconds`` after it told of the event of this number."""
    process = command(folder, *ITERATE)
    assert process.stderr is not None
    for _ in range(event):
        assert process.stderr.readline()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()


def _resumed(app: Application) -> dict[str, Any]:
    return document(app, app.runner.run(only_session(app)))


def _resumed_by_command(app: Application, folder: Path) -> dict[str, Any]:
    return finished(command(folder, "sessions", "resume", only_session(app).session_id, "--json"))
