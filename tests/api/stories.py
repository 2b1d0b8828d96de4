"""Sessions in every state that there is, made over HTTP from sample data."""

from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from tests.api.serving import Service

PLAIN: dict[str, Any] = {
    "request": "momentum on AAPL, drawdown under 60 %",
    "start": "2005-01-03",
    "end": "2007-12-31",
    "iterations": 2,
}
"""A session of half a second: no sentiment is read."""

OUT_OF_REACH = PLAIN | {"request": "momentum on AAPL, return over 900 %", "iterations": 1}
UNCLEAR: dict[str, Any] = {"request": "momentum with a drawdown under 10 %"}
WITHOUT_DATA = PLAIN | {"request": "momentum on QQQQX"}
REFINEMENT: dict[str, Any] = {"text": "less drawdown", "iterations": 1}
QUESTION: dict[str, Any] = {"text": "how many trades did it make?"}


def opened(client: TestClient, body: dict[str, Any]) -> str:
    """The id of a new session."""
    answer = client.post("sessions", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["session_id"])


@dataclass(frozen=True)
class Stories:
    """A service with one session in each state, by name: only to be read."""

    served: Service
    client: TestClient
    ids: dict[str, str]


def tell(served: Service) -> Stories:
    """Sessions that are done, rejected, waiting for an answer, failed, cancelled, and queued; one with three turns."""
    client = served.client()
    ids = {
        "done": opened(client, PLAIN),
        "rejected": opened(client, OUT_OF_REACH),
        "needs_input": opened(client, UNCLEAR),
        "failed": opened(client, WITHOUT_DATA),
    }
    served.work_off()
    ids["cancelled"] = opened(client, PLAIN)
    client.post(f"sessions/{ids['cancelled']}/cancel")
    client.post(f"sessions/{ids['done']}/messages", json=QUESTION)
    client.post(f"sessions/{ids['done']}/messages", json=REFINEMENT)
    served.work_off()
    ids["running"] = opened(client, PLAIN)
    return Stories(served, client, ids)
