"""A request that was cut short by a kill and is sent again under its key finds what its first try stored."""

from typing import Any

import pytest

from backend.api.queued_sessions import QueuedSessions
from backend.bootstrap.repeats import KeyedRequest, serving
from backend.domain.sessions import SessionRequest
from tests.api.serving import Service
from tests.api.stories import PLAIN, REFINEMENT, opened

REQUEST = SessionRequest(text=PLAIN["request"], start=PLAIN["start"], end=PLAIN["end"], iterations=1)


@pytest.fixture
def sessions(served: Service) -> QueuedSessions:
    return QueuedSessions(served.accounts.service, served.accounts)


def keyed(key: str, *, repeated: bool = False) -> Any:
    return serving(KeyedRequest("local", key, repeated=repeated))


def test_a_session_that_was_opened_is_queued_by_the_repeated_request(served: Service, sessions: QueuedSessions) -> None:
    application = served.accounts.service
    with keyed("k"):
        session = application.open_session(REQUEST)  # and then the process dies
    with keyed("k", repeated=True):
        job = sessions.open(REQUEST)
    with keyed("k", repeated=True):
        assert sessions.open(REQUEST) == job
    assert job.subject_id == session.session_id
    assert len(application.sessions.lines("local", 9)) == 1
    assert served.work_off() == 1


def test_what_was_said_is_said_once(served: Service, sessions: QueuedSessions) -> None:
    client = served.client()
    session_id = opened(client, PLAIN | {"iterations": 1})
    served.work_off()
    with keyed("k"):
        served.accounts.service.conversation.say("local", session_id, REFINEMENT["text"], 1)  # and then it dies
    with keyed("k", repeated=True):
        said, job = sessions.say(session_id, REFINEMENT["text"], 1)
    assert said.turn is not None
    assert job is not None
    assert (said.turn.n, job.subject_id) == (2, session_id)
    assert served.work_off() == 1
    assert len(client.get(f"sessions/{session_id}").json()["turns"]) == 2


def test_the_same_key_opens_one_session_over_http(served: Service) -> None:
    client = served.client()
    answers = [client.post("sessions", json=PLAIN, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["location"] == answers[1].headers["location"]
    other = client.post("sessions", json=PLAIN | {"seed": 1}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 422
    assert len(client.get("sessions").json()["sessions"]) == 1
