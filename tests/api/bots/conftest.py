"""One service with a finished session that was kept as a bot, for every test that only looks at it."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.agents.sessions import run, small_request
from tests.api.serving import Service, service


@dataclass(frozen=True)
class Saved:
    """A service on which a session came to its end and was kept as a bot called ``first``."""

    served: Service
    client: TestClient
    session_id: str
    bot: dict[str, Any]

    @property
    def path(self) -> str:
        """Of the bot."""
        return f"bots/{self.bot['bot_id']}"


def save(served: Service, name: str, **request: Any) -> Saved:
    """Run a small session to its end, and keep it."""
    client = served.client()
    session = run(served.accounts.service, small_request(**request))
    answer = client.post("bots", json={"session_id": session.session_id, "name": name})
    assert answer.status_code == 201, answer.text
    return Saved(served, client, session.session_id, answer.json())


@pytest.fixture(scope="package")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    return save(service(tmp_path_factory.mktemp("saved"), prices=("file", "sample"), posts=("file", "sample")), "first")
