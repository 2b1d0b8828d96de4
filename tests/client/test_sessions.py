"""Sessions in a list of the client: one that the server cannot read is named, not left out."""

import sqlite3
from contextlib import closing
from pathlib import Path

from backend.api.documents.sessions import SessionLine
from backend.client import Backproof
from backend.domain.session_lines import UnreadableSession
from backend.settings import Settings
from tests.agents.sessions import application, small_request
from tests.client.serving import serving


def test_a_session_that_cannot_be_read_is_listed_with_the_reason(tmp_path: Path) -> None:
    app = application(tmp_path)
    broken, whole = (app.sessions.open(app.owner, small_request(), "test").session_id for _ in range(2))
    with closing(sqlite3.connect(tmp_path / "backproof.sqlite")) as database, database:
        database.execute("UPDATE sessions SET document = '{' WHERE session_id = ?", (broken,))
    with serving(Settings(data_dir=tmp_path)) as server, Backproof(server.url) as client:
        line, unreadable = client.sessions.list()
    assert isinstance(line, SessionLine)
    assert isinstance(unreadable, UnreadableSession)
    assert (line.session_id, unreadable.session_id) == (whole, broken)
    assert unreadable.reason.startswith(f"The stored session {broken} cannot be read: ")
