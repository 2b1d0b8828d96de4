"""Whole sessions through the real client: every way to ask, each to a verdict, each token counted."""

from collections.abc import Callable
from itertools import product

import pytest

from backend.bootstrap import Application
from backend.domain.models import ModelPrice
from tests.agents.llm_sessions.runs import LABEL, calls_of, llm_request, run, spent
from tests.servers import openai_server_faults as faults
from tests.servers.openai_server import KEY, OpenAIServer

pytestmark = pytest.mark.slow

Connected = Callable[..., Application]

MODES = ("structured", "tools", "plain")
PRICE = ModelPrice(input=2.0, output=8.0, cached_input=0.5)


@pytest.mark.parametrize(("mode", "streaming", "strategist"), [*product(MODES, (False, True), ("llm", "both"))])
def test_a_session_in_every_mode(
    openai_server: OpenAIServer, connected: Connected, mode: str, streaming: bool, strategist: str
) -> None:
    app = connected(model_output=mode, model_streaming=streaming, model_prices={LABEL: PRICE})
    session = run(app, llm_request(strategist=strategist))
    attempts = app.sessions.attempts(session)
    authors = ["llm"] * 3 if strategist == "llm" else ["builtin", "llm", "builtin"]
    assert session.status == "done"
    assert session.verdict is not None
    assert [attempt.author for attempt in attempts] == authors
    assert [attempt.failed_reason for attempt in attempts] == [None] * 3
    assert all(request.streaming == streaming for request in openai_server.requests)
    assert spent(session) == openai_server.usage
    assert session.usage.calls == openai_server.completions == len(openai_server.requests)
    assert session.usage.usd == pytest.approx(PRICE.of(openai_server.usage), rel=1e-9)
    assert {call.status for call in calls_of(app, session)} == {"answered"}
    assert (openai_server.usage.cached > 0) == (strategist == "llm")  # of three attempts, the other asks twice


def test_what_a_mode_sends(openai_server: OpenAIServer, connected: Connected) -> None:
    """The form of the reply stands where the mode says, and nowhere else."""
    for mode in MODES:
        run(connected(model_output=mode), llm_request(iterations=1))
    shown = [
        (r.shape, "response_format" in r.body, bool(r.tools)) for r in openai_server.requests if "candidates" in r.text
    ]
    assert set(shown) == {("proposal", True, False), ("proposal", False, True), ("", False, False)}


def test_the_same_session_again_asks_nobody(openai_server: OpenAIServer, connected: Connected) -> None:
    app = connected()
    first, asked = run(app, llm_request(seed=7)), len(openai_server.requests)
    again = run(app, llm_request(seed=7))
    assert len(openai_server.requests) == asked > 0
    assert (again.usage.calls, again.usage.recorded_calls, spent(again).total) == (0, asked, 0)
    shown = [[attempt.spec for attempt in app.sessions.attempts(one)] for one in (first, again)]
    assert shown[0] == shown[1]


def test_a_server_that_counts_nothing_is_counted_from_above(openai_server: OpenAIServer, connected: Connected) -> None:
    openai_server.fail_always(faults.no_usage)
    session = run(connected(), llm_request())
    assert session.status == "done"
    assert openai_server.usage.total == 0
    told = spent(session)
    assert told.input >= openai_server.billed.input
    assert told.output >= openai_server.billed.output


def test_the_key_goes_into_its_header_alone(openai_server: OpenAIServer, connected: Connected) -> None:
    run(connected(), llm_request())
    for request in openai_server.requests:
        assert [name for name, value in request.headers.items() if KEY in value] == ["authorization"]
        assert KEY not in request.raw.decode() + request.path
