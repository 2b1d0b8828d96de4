"""Sessions over HTTP: opened, queued, run, gone on with, stopped, resumed and listed."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.domain.errors import Cancelled
from backend.domain.goal import Goal
from tests.api.serving import Service
from tests.api.stories import PLAIN, QUESTION, REFINEMENT, Stories, opened


def shown(client: TestClient, session_id: str) -> dict[str, Any]:
    answer = client.get(f"sessions/{session_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_session_is_queued_and_then_run(served: Service, client: TestClient) -> None:
    answer = client.post("sessions", json=PLAIN | {"seed": 7, "execution": {"capital": 5000, "whole_shares": True}})
    queued = answer.json()
    assert (answer.status_code, queued["status"]) == (202, "queued")
    assert answer.headers["location"] == f"/api/v1/sessions/{queued['session_id']}"
    before = shown(client, queued["session_id"])
    assert (before["status"], before["job_id"], before["interrupted"]) == ("running", queued["job_id"], False)
    assert (before["seed"], before["execution"]["capital"], before["execution"]["whole_shares"]) == (7, 5000, True)
    assert served.work_off() == 1
    after = shown(client, queued["session_id"])
    assert (after["status"], after["job_id"], len(after["attempts"])) == ("done", None, 2)
    assert after["goal"]["start"] == "2005-01-03"


def test_what_is_stated_beside_the_words_counts(served: Service, client: TestClient) -> None:
    session_id = opened(client, {"request": "momentum", "symbols": ["AAPL"], "timeframe": "1d", "without": ["reddit"]})
    request = served.accounts.service.sessions.load("local", session_id).request
    assert (request.symbols, request.timeframe, request.without) == (("AAPL",), "1d", ("reddit",))
    assert (request.strategist, request.iterations, request.seed) == ("builtin", 8, 0)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"request": "momentum on AAPL and MSFT"}, "one symbol"),
        ({"request": "momentum on AAPL", "timeframe": "1x"}, "not a timeframe"),
        ({"request": "momentum on AAPL", "timeframe": "1h"}, "cannot run on"),
        ({"request": "momentum on AAPL", "start": "soon"}, "soon"),
        ({"request": "momentum on AAPL", "start": "2010-01-01", "end": "2005-01-01"}, "2005"),
        ({"request": "momentum on AAPL", "without": ["nowhere"]}, "no channel"),
        ({"request": "momentum", "symbols": ["A B"]}, "A B"),
        ({"request": "momentum on AAPL", "strategist": "llm"}, "OPENAI_API_KEY"),
        ({"request": "momentum on AAPL", "execution": {"profile": "vectorbt"}}, "proves nothing"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_is_stored(client: TestClient, body: Any, said: str) -> None:
    refused = client.post("sessions", json=body)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]
    assert client.get("sessions").json() == {"sessions": [], "unreadable": [], "next": None}


@pytest.mark.parametrize(
    "damage",
    [
        "status = 'paused'",
        "document = '{'",
        "document = json_remove(document, '$.request')",
        "created_at = created_at || '?'",
    ],
)
def test_a_session_that_cannot_be_read_is_named_beside_the_others(
    served: Service, client: TestClient, damage: str, tmp_path: Path
) -> None:
    first, broken, last = (opened(client, PLAIN) for _ in range(3))
    with closing(sqlite3.connect(tmp_path / "backproof.sqlite")) as database, database:
        database.execute(f"UPDATE sessions SET {damage} WHERE session_id = ?", (broken,))
    page = client.get("sessions", params={"limit": 2}).json()
    assert [row["session_id"] for row in page["sessions"]] == [last]
    (unreadable,) = page["unreadable"]
    assert unreadable["session_id"] == broken
    assert unreadable["reason"].startswith(f"The stored session {broken} cannot be read: ")
    rest = client.get("sessions", params={"cursor": page["next"]}).json()
    assert ([row["session_id"] for row in rest["sessions"]], rest["unreadable"]) == ([first], [])


def test_an_attempt_is_shown_by_its_number(stories: Stories) -> None:
    session_id = stories.ids["done"]
    attempts = shown(stories.client, session_id)["attempts"]
    for attempt in attempts:
        assert stories.client.get(f"sessions/{session_id}/attempts/{attempt['n']}").json() == attempt
    for n in ("0", "-1", str(len(attempts) + 1), "9" * 100):
        refused = stories.client.get(f"sessions/{session_id}/attempts/{n}")
        assert (refused.status_code, refused.json()["hint"]) == (404, f"it has {len(attempts)} so far")


def test_sessions_are_listed_in_pages_and_by_status(stories: Stories) -> None:
    every = stories.client.get("sessions").json()
    assert [line["session_id"] for line in every["sessions"]] == list(reversed(stories.ids.values()))
    assert every["next"] is None
    seen, following = [], ""
    while following is not None:
        page = stories.client.get("sessions", params={"limit": 4} | ({"cursor": following} if following else {})).json()
        seen += page["sessions"]
        following = page["next"]
    assert seen == every["sessions"]
    done = stories.client.get("sessions", params={"status": "done"}).json()["sessions"]
    assert {line["session_id"] for line in done} == {stories.ids["done"], stories.ids["rejected"]}
    assert {line["outcome"] for line in done} >= {"rejected"}


def test_a_question_is_answered_and_a_refinement_is_queued(served: Service, client: TestClient) -> None:
    session_id = opened(client, PLAIN)
    served.work_off()
    answered = client.post(f"sessions/{session_id}/messages", json=QUESTION)
    assert (answered.status_code, answered.json()["turn"]["kind"]) == (200, "question")
    assert "trades" in answered.json()["turn"]["answer"]
    assert served.work_off() == 0
    queued = client.post(f"sessions/{session_id}/messages", json=REFINEMENT)
    assert (queued.status_code, queued.json()["turn"]["kind"]) == (202, "refinement")
    assert shown(client, session_id)["job_id"] == queued.json()["job_id"]
    busy = client.post(f"sessions/{session_id}/messages", json=REFINEMENT)
    assert busy.status_code == 409
    assert served.work_off() == 1
    assert [turn["kind"] for turn in shown(client, session_id)["turns"]] == ["request", "question", "refinement"]
    assert len(shown(client, session_id)["attempts"]) == 3


def test_what_needs_other_data_goes_on_in_a_session_of_its_own(served: Service, client: TestClient) -> None:
    session_id = opened(client, PLAIN)
    served.work_off()
    answer = client.post(f"sessions/{session_id}/messages", json={"text": "the same on MSFT", "iterations": 1})
    elsewhere = answer.json()["session_id"]
    assert (answer.status_code, answer.json()["turn"]["session_id"]) == (202, elsewhere)
    assert answer.headers["location"] == f"/api/v1/sessions/{elsewhere}"
    assert elsewhere != session_id
    assert served.work_off() == 1
    assert shown(client, elsewhere)["continues"] == session_id


def test_a_queued_session_is_cancelled_at_once_and_resumed(served: Service, client: TestClient) -> None:
    session_id = opened(client, PLAIN)
    answer = client.post(f"sessions/{session_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert served.work_off() == 0
    assert client.post(f"sessions/{session_id}/cancel").status_code == 409
    resumed = client.post(f"sessions/{session_id}/resume", json={"budget": {"backtests": 100_000}})
    assert resumed.status_code == 202
    assert shown(client, session_id)["job_id"] == resumed.json()["job_id"]
    assert client.post(f"sessions/{session_id}/resume").status_code == 409
    awaited = client.post(f"sessions/{session_id}/messages", json=REFINEMENT)
    assert (awaited.status_code, resumed.json()["job_id"] in awaited.json()["hint"]) == (409, True)
    assert served.work_off() == 1
    after = shown(client, session_id)
    assert (after["status"], after["budget"]["backtests"]) == ("done", 100_000)
    assert client.post(f"sessions/{session_id}/resume").status_code == 409


def test_a_running_session_is_asked_to_stop(served: Service, client: TestClient) -> None:
    """The wish is there when the session looks for it: after its first event, as if another process had asked."""
    session_id = opened(client, PLAIN)
    application = served.accounts.service
    answers: list[dict[str, Any]] = []

    def ask(_event: object) -> None:
        if not answers:
            answers.append(client.post(f"sessions/{session_id}/cancel").json())

    with application.sessions.listening(ask), pytest.raises(Cancelled):
        application.runner.run(application.sessions.load("local", session_id))
    assert answers[0] == {"session_id": session_id, "status": "running", "cancel_requested": True}
    assert shown(client, session_id)["status"] == "cancelled"


def test_a_session_that_nobody_runs_says_so_and_can_be_stopped(served: Service, client: TestClient) -> None:
    """As the process leaves it that dies between two steps of a command."""
    application = served.accounts.service
    session = application.sessions.load("local", opened(client, PLAIN))
    client.post(f"sessions/{session.session_id}/cancel")
    application.sessions.save(session.model_copy(update={"goal": Goal(request=PLAIN["request"], symbols=("AAPL",))}))
    assert shown(client, session.session_id)["interrupted"] is True
    assert client.get("sessions").json()["sessions"][0]["interrupted"] is True
    assert client.post(f"sessions/{session.session_id}/cancel").json()["status"] == "cancelled"
    assert shown(client, session.session_id)["interrupted"] is False


def test_a_session_that_another_process_runs_is_left_alone(served: Service, client: TestClient) -> None:
    session_id = opened(client, PLAIN)
    client.post(f"sessions/{session_id}/cancel")
    with served.accounts.service.locks.hold(session_id):
        refused = client.post(f"sessions/{session_id}/resume")
        assert refused.status_code == 409
        assert client.post(f"sessions/{session_id}/messages", json={"text": "go on"}).status_code == 409


@pytest.mark.parametrize("path", ["", "/attempts/1", "/messages", "/cancel", "/resume"])
def test_an_unknown_session_is_not_found(stories: Stories, path: str) -> None:
    unknown = stories.ids["done"][:-1] + "_"
    if path in ("", "/attempts/1"):
        refused = stories.client.get(f"sessions/{unknown}{path}")
    else:
        refused = stories.client.post(
            f"sessions/{unknown}{path}", json={"text": "go on"} if path == "/messages" else None
        )
    assert refused.status_code == 404
    assert refused.json()["hint"] == f'did you mean "{stories.ids["done"]}"?'


def test_sessions_live_on_a_server_as_well(on_postgres: Service) -> None:
    client = on_postgres.client()
    session_id = opened(client, PLAIN | {"iterations": 1})
    assert client.get("sessions").json()["sessions"][0]["session_id"] == session_id
    assert on_postgres.work_off() == 1
    assert shown(client, session_id)["status"] == "done"
    assert client.post(f"sessions/{session_id}/messages", json=QUESTION).status_code == 200


@pytest.mark.slow
def test_what_is_anothers_is_not_there(ann: TestClient, bob: TestClient) -> None:
    session_id = opened(ann, PLAIN)
    assert bob.get("sessions").json()["sessions"] == []
    hidden = bob.get(f"sessions/{session_id}")
    never = bob.get("sessions/ses_000000000000")
    assert hidden.status_code == never.status_code == 404
    assert hidden.text.replace(session_id, "ses_000000000000") == never.text
    assert bob.post(f"sessions/{session_id}/cancel").status_code == 404
    assert ann.get(f"sessions/{session_id}").json()["status"] == "running"
