"""A wait that is given up: at once, with the connection closed and the call paid in full."""

import pytest

from backend.agents.models.waiting import pause
from backend.domain.errors import Cancelled
from tests.agents.models.samples import IDEA, PROMPT, SHAPE, Desk, choice
from tests.servers.openai_server import OpenAIServer, Say
from tests.servers.openai_server_faults import no_answer, stalled_stream, status


@pytest.mark.parametrize(("fault", "streaming"), [(no_answer, False), (stalled_stream, True)])
def test_a_call_is_given_up_at_once(openai_server: OpenAIServer, desk: Desk, fault: object, streaming: bool) -> None:
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_always(fault)  # type: ignore[arg-type]
    asker = desk.asker(cancelled=lambda: bool(openai_server.requests))
    model = desk.model(choice(openai_server, streaming=streaming), timeout=600.0)
    with pytest.raises(Cancelled):
        model.ask(asker, PROMPT, SHAPE)
    (call,) = desk.calls
    assert (call.status, call.tokens.output) == ("failed", 4_000)
    assert "cancelled" in call.trouble
    assert len(openai_server.requests) == 1


def test_a_rest_is_given_up_at_once(openai_server: OpenAIServer, desk: Desk) -> None:
    openai_server.fail_always(status(429, retry_after=110, retry_after_ms=None))
    asker = desk.asker(cancelled=lambda: any(call.status == "failed" for call in desk.calls))
    with pytest.raises(Cancelled):
        desk.model(choice(openai_server)).ask(asker, PROMPT, SHAPE)
    assert len(openai_server.requests) == 1


def test_a_pause_looks_before_it_rests() -> None:
    with pytest.raises(Cancelled):
        pause(60.0, lambda: True)


def test_the_server_sees_the_connection_close(openai_server: OpenAIServer, desk: Desk) -> None:
    """The server holds its reply until the client leaves; closing the server would wait for that."""
    openai_server.fail_always(no_answer)
    asker = desk.asker(cancelled=openai_server.holding.is_set)
    with pytest.raises(Cancelled):
        desk.model(choice(openai_server), timeout=600.0).ask(asker, PROMPT, SHAPE)
    assert openai_server.usage.total == 0
