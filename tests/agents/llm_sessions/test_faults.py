"""Whatever a model or its server does, a session ends: attempts are recorded, requests and bill are bounded."""

from collections.abc import Callable, Iterable
from itertools import cycle

import pytest

from backend.bootstrap import Application
from backend.domain.errors import MalformedOutput, ModelAway
from backend.domain.models import Tokens
from backend.domain.sessions import Session
from tests.agents.llm_sessions.runs import calls_of, ended, llm_request, run, spent
from tests.servers import openai_server_faults as faults
from tests.servers.openai_replies import by_shape, scripted_model
from tests.servers.openai_server import Fault, OpenAIServer, Request, Say
from tests.servers.openai_server_reply import Reply

pytestmark = pytest.mark.slow

Connected = Callable[..., Application]

TRIES = 3
"""A reply and its two repairs; and a request and its two retries."""

UNUSABLE: dict[str, Fault] = {
    "malformed JSON": faults.malformed,
    "no JSON": faults.not_json,
    "length stop": faults.length_stop,
    "wrong tool": faults.wrong_tool,
    "refusal": faults.refusal,
    "empty reply": faults.empty,
    "ten times too long": faults.ten_times_too_long,
    "content filter": faults.content_filter,
    "look-ahead": faults.look_ahead,
    "500 parameters": faults.many_parameters,
    "another document": faults.saying({"strategies": []}),
}
"""Replies that came and cannot be used."""

PASSING: dict[str, Fault] = {
    "429": faults.status(429),
    "429 at once": faults.status(429, retry_after=0, retry_after_ms=None),
    "500": faults.status(500),
    "503": faults.status(503),
    "cut connection": faults.cut_connection,
}
"""After which the same request is sent again."""

FINAL: dict[str, Fault] = {
    "400": faults.status(400),
    "401": faults.status(401),
    "404": faults.status(404),
    "a page for people": faults.down_page,
}
"""After which it is not."""

FIRST, MIDDLE = 1, 3
"""Requests at which a session proposes: the first, and one after an attempt and its comment."""


def requests_for(iterations: int) -> int:
    """A proposal for each attempt, and a comment on each that another follows."""
    return 2 * iterations - 1


def in_turn(names: Iterable[str]) -> list[tuple[str, int]]:
    """Each fault at one of the two, by turns."""
    return list(zip(names, cycle((MIDDLE, FIRST)), strict=False))


def on_proposals(fault: Fault) -> Fault:
    """The fault where strategies are asked for, so that it has something to break."""

    def chosen(reply: Reply) -> None:
        if "candidates" in reply.request.schema.get("properties", {}):
            fault(reply)

    return chosen


def check_bill(app: Application, session: Session, server: OpenAIServer) -> None:
    """Every request is a settled call, and no less is reported than the server counted."""
    calls = calls_of(app, session)
    assert len(calls) == len(server.requests)
    assert [call.n for call in calls] == [*range(1, len(calls) + 1)]
    assert {call.status for call in calls} <= {"answered", "failed"}
    assert spent(session).total >= server.usage.total
    assert session.usage.tokens_in == sum(call.tokens.input for call in calls)


@pytest.mark.parametrize(("name", "at"), in_turn(UNUSABLE))
def test_one_unusable_reply_is_repaired(openai_server: OpenAIServer, connected: Connected, name: str, at: int) -> None:
    openai_server.fail_at({at: UNUSABLE[name]})
    app = connected()
    session = run(app, llm_request(iterations=2))
    assert session.status == "done"
    assert [attempt.failed_reason for attempt in app.sessions.attempts(session)] == [None, None]
    assert len(openai_server.requests) == requests_for(2) + 1
    assert spent(session) == openai_server.usage
    check_bill(app, session, openai_server)


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_replies_for_ever_end_the_session(
    openai_server: OpenAIServer, connected: Connected, name: str
) -> None:
    openai_server.fail_always(on_proposals(UNUSABLE[name]))
    app = connected()
    session, error = ended(app, llm_request(iterations=8))
    assert isinstance(error, MalformedOutput)
    assert session.status == "failed"
    assert session.failed_reason
    attempts = app.sessions.attempts(session)
    assert [(attempt.author, attempt.spec) for attempt in attempts] == [("llm", None)] * 3
    assert all(attempt.failed_reason for attempt in attempts)
    assert len(openai_server.requests) == 3 * TRIES
    assert spent(session) == openai_server.usage
    check_bill(app, session, openai_server)


@pytest.mark.parametrize("name", ["malformed JSON", "look-ahead"])
def test_a_model_that_goes_bad_leaves_what_was_tested(
    openai_server: OpenAIServer, connected: Connected, name: str
) -> None:
    openai_server.fail_from(MIDDLE, on_proposals(UNUSABLE[name]))
    app = connected()
    session = run(app, llm_request(iterations=8))
    assert session.status == "done"
    assert session.verdict is not None
    assert any("no use" in notice for notice in session.notices)
    attempts = app.sessions.attempts(session)
    assert [attempt.spec is not None for attempt in attempts] == [True, False, False, False]
    assert session.chosen == attempts[0].attempt_id
    assert len(openai_server.requests) == 2 + 3 * TRIES


@pytest.mark.parametrize("name", [*PASSING])
def test_a_request_that_failed_once_is_sent_again(openai_server: OpenAIServer, connected: Connected, name: str) -> None:
    openai_server.fail_at({MIDDLE: PASSING[name]})
    app = connected()
    session = run(app, llm_request(iterations=2))
    assert session.status == "done"
    assert [attempt.failed_reason for attempt in app.sessions.attempts(session)] == [None, None]
    assert len(openai_server.requests) == requests_for(2) + 1
    check_bill(app, session, openai_server)
    if "cut" not in name:
        assert spent(session) == openai_server.usage


@pytest.mark.parametrize(("name", "at"), in_turn([*PASSING, *FINAL]))
def test_an_outage_ends_a_session_of_a_model_and_keeps_everything(
    openai_server: OpenAIServer, connected: Connected, name: str, at: int
) -> None:
    fault = (PASSING | FINAL)[name]
    openai_server.fail_from(at, fault)
    app = connected(model_retries=1)
    session, error = ended(app, llm_request())
    assert isinstance(error, ModelAway)
    assert (session.status, session.failed_reason) == ("failed", error.message)
    attempts = app.sessions.attempts(session)
    assert [attempt.failed_reason for attempt in attempts] == [None] * (at // 2)
    assert len(openai_server.requests) == at - 1 + (2 if name in PASSING else 1)
    check_bill(app, session, openai_server)
    openai_server.fail_from(1, None)
    asked = len(openai_server.requests)
    session = app.runner.run(session)
    assert session.status == "done"
    assert len(app.sessions.attempts(session)) == 3
    assert len(openai_server.requests) - asked == requests_for(3) - (at - 1)


@pytest.mark.parametrize(("name", "at"), in_turn(["500", "401", "cut connection"]))
def test_an_outage_in_a_tournament_is_finished_by_search(
    openai_server: OpenAIServer, connected: Connected, name: str, at: int
) -> None:
    fault = (PASSING | FINAL)[name]
    openai_server.fail_from(at, fault)
    app = connected(model_retries=1)
    session = run(app, llm_request(strategist="both", iterations=4))
    attempts = app.sessions.attempts(session)
    assert session.status == "done"
    assert session.verdict is not None
    assert [attempt.failed_reason for attempt in attempts] == [None] * 4
    assert [attempt.author for attempt in attempts].count("llm") == at // 2
    assert any("built-in search" in notice for notice in session.notices)
    assert len(openai_server.requests) == at - 1 + (2 if name in PASSING else 1)
    check_bill(app, session, openai_server)


@pytest.mark.parametrize(("fault", "streaming"), [(faults.no_answer, False), (faults.stalled_stream, True)])
def test_a_silent_server_is_left(
    openai_server: OpenAIServer, connected: Connected, fault: Fault, streaming: bool
) -> None:
    openai_server.fail_from(MIDDLE, fault)
    app = connected(model_timeout=1, model_retries=0, model_streaming=streaming)
    session, error = ended(app, llm_request(strategist="llm"))
    assert isinstance(error, ModelAway)
    assert session.status == "failed"
    assert len(app.sessions.attempts(session)) == 1
    assert len(openai_server.requests) == MIDDLE
    check_bill(app, session, openai_server)
    assert spent(session).total > openai_server.usage.total  # it may have worked on it, so it counts in full


def test_a_cut_stream_is_no_error_and_is_repaired(openai_server: OpenAIServer, connected: Connected) -> None:
    openai_server.fail_at({MIDDLE: faults.cut_stream})
    app = connected(model_streaming=True)
    session = run(app, llm_request(iterations=2))
    assert session.status == "done"
    assert [attempt.failed_reason for attempt in app.sessions.attempts(session)] == [None, None]
    assert len(openai_server.requests) == requests_for(2) + 1
    check_bill(app, session, openai_server)


def test_a_model_that_repeats_itself(openai_server: OpenAIServer, connected: Connected) -> None:
    said: list[Say] = []

    def the_same(request: Request) -> Say:
        said.append(said[0] if said else scripted_model(request))
        return said[0]

    openai_server.script = by_shape({"proposal": the_same})
    app = connected()
    session = run(app, llm_request(iterations=8))
    attempts = app.sessions.attempts(session)
    assert session.status == "done"
    assert [attempt.failed_reason is None for attempt in attempts] == [True, False, False, False]
    assert all("structure of attempt 1" in (attempt.failed_reason or "") for attempt in attempts[1:])
    assert len(openai_server.requests) == 2 + 3 * TRIES
    assert spent(session) == openai_server.usage


def test_comments_that_cannot_be_used_cost_no_attempt(openai_server: OpenAIServer, connected: Connected) -> None:
    openai_server.script = by_shape({"comments": lambda _: Say("no comment")})
    app = connected()
    session = run(app, llm_request())
    assert session.status == "done"
    assert [attempt.failed_reason for attempt in app.sessions.attempts(session)] == [None] * 3
    assert len(openai_server.requests) == 3 + 2 * TRIES
    assert spent(session) == openai_server.usage


def test_a_bill_stays_below_its_budget(openai_server: OpenAIServer, connected: Connected) -> None:
    """Whatever the model does, the server never counts more than the session may spend."""
    openai_server.fail_always(faults.ten_times_too_long)
    app = connected()
    session, error = ended(app, llm_request(budget={"tokens": 60_000}))
    assert session.status == "failed"
    assert error is not None
    assert Tokens() != openai_server.billed
    assert len(openai_server.requests) <= 3 * TRIES
