"""A session is replayed from the command line: the very document that it is shown with, or the keys that differ."""

import json

import pytest

from backend.cli.opening import open_application
from tests.cli.conftest import Backproof

pytestmark = pytest.mark.slow

REQUEST = ("momentum on AAPL", "--start", "2005-01-03", "--end", "2009-12-31", "--iterations", "1", "--json")


def test_a_replay_shows_what_the_session_shows(backproof: Backproof) -> None:
    begun = json.loads(backproof("iterate", *REQUEST).stdout)
    session_id = begun["session_id"]
    shown = backproof("sessions", "show", session_id, "--json").stdout
    again = backproof("sessions", "replay", session_id, "--json")
    assert (again.code, again.stdout) == (0, shown)
    assert "as it was recorded" in again.stderr

    app = open_application()
    session = app.sessions.load(app.owner, session_id)
    app.sessions.save(session.model_copy(update={"effective_trials": 99.0}))
    differing = backproof("sessions", "replay", session_id, "--json")
    assert (differing.code, differing.stdout) == (1, shown)
    assert f"The replay of {session_id} differs from the record in effective_trials." in differing.stderr


def test_an_unknown_session_is_not_replayed(backproof: Backproof) -> None:
    assert backproof("sessions", "replay", "ses_none").code == 3
