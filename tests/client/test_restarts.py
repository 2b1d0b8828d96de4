"""A session that is followed while its server ends and starts again: each event arrives once, and the session ends."""

from pathlib import Path

import pytest

from backend.client import Backproof
from backend.settings import Settings
from tests.client.serving import serving


@pytest.mark.slow
def test_events_go_on_over_a_restart_of_the_server(tmp_path: Path) -> None:
    with serving(Settings(data_dir=tmp_path)) as server, Backproof(server.url) as client:
        session_id = client.sessions.open("momentum on AAPL from 2008 to 2012", iterations=2).session_id
        seen = []
        for event in client.sessions.events(session_id):
            seen.append(event)
            if event.type == "attempt.proposed" and event.data["n"] == 1:
                server.stop()
                server.start()
        assert [event.id for event in seen] == list(range(1, len(seen) + 1))
        assert seen[-1].type == "session.ended"
        assert client.sessions.show(session_id).status == "done"
        assert seen == list(client.sessions.events(session_id))
