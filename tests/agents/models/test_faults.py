"""Requests that bring no reply: asked again where that may help, paid where they may have been worked on."""

import json
import traceback
from collections.abc import Callable

import pytest

from backend.domain.errors import InvalidInput, ModelAway
from backend.domain.models import Tokens
from tests.agents.models.samples import IDEA, PROMPT, SHAPE, Desk, choice
from tests.servers.openai_server import KEY, Fault, OpenAIServer, Say
from tests.servers.openai_server_faults import cut_connection, down_page, no_answer, stalled_stream, status
from tests.servers.openai_server_reply import Reply


@pytest.fixture
def server(openai_server: OpenAIServer) -> OpenAIServer:
    openai_server.script = lambda _: Say(IDEA)
    return openai_server


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_server_is_asked_again_and_not_paid(server: OpenAIServer, desk: Desk, code: int) -> None:
    server.fail_next(status(code, retry_after=0), status(code, retry_after=0))
    assert desk.model(choice(server)).ask(desk.asker(), PROMPT, SHAPE).title == "Trend"
    assert [call.status for call in desk.calls] == ["failed", "failed", "answered"]
    assert [call.tokens.total > 0 for call in desk.calls] == [False, False, True]
    assert f"({code})" in desk.calls[0].trouble


def test_a_gateway_that_does_not_know_is_paid_in_full(server: OpenAIServer, desk: Desk) -> None:
    server.fail_next(status(502, retry_after=0))
    desk.model(choice(server)).ask(desk.asker(), PROMPT, SHAPE)
    failed, answered = desk.calls
    assert failed.status == "failed"
    assert failed.tokens.output == 4_000
    assert failed.usd > answered.usd > 0


def test_retries_end(server: OpenAIServer, desk: Desk) -> None:
    server.fail_always(status(500, retry_after=0))
    with pytest.raises(ModelAway, match=r"openai:scripted-model has an error of its own \(500\)"):
        desk.model(choice(server), retries=3).ask(desk.asker(), PROMPT, SHAPE)
    assert len(server.requests) == 4


def test_a_server_that_wants_a_long_rest_is_away(server: OpenAIServer, desk: Desk) -> None:
    server.fail_always(status(429, retry_after=121, retry_after_ms=None))
    with pytest.raises(ModelAway, match=r"asks for a rest \(429\)"):
        desk.model(choice(server)).ask(desk.asker(), PROMPT, SHAPE)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        (401, r"refuses the key \(401\)", "OPENAI_API_KEY"),
        (403, r"refuses the key \(403\)", "OPENAI_API_KEY"),
        (404, "no model openai:scripted-model", "BACKPROOF_MODEL"),
        (400, r"refuses the form of the request \(400\)", "BACKPROOF_MODEL_OUTPUT=tools, or =plain"),
        (402, "no money left", "top it up"),
        (301, r"leads elsewhere \(301\)", "address"),
    ],
)
def test_a_refusal_is_told_at_once(server: OpenAIServer, desk: Desk, code: int, message: str, hint: str) -> None:
    server.fail_always(status(code))
    with pytest.raises(ModelAway, match=message) as caught:
        desk.model(choice(server)).ask(desk.asker(), PROMPT, SHAPE)
    assert hint in caught.value.hint
    (call,) = desk.calls
    assert (call.status, call.tokens, call.usd) == ("failed", Tokens(), 0.0)
    assert KEY not in repr(caught.value) + caught.value.hint + call.trouble


@pytest.mark.parametrize(
    ("fault", "streaming", "message"),
    [
        (no_answer, False, "did not reply within 0.2 s"),
        (no_answer, True, "did not reply within 0.2 s"),
        (stalled_stream, True, "did not reply within 0.2 s"),
        (cut_connection, False, "broke off"),
        (cut_connection, True, "broke off"),
    ],
)
def test_a_reply_that_never_comes_is_paid_in_full(
    server: OpenAIServer, desk: Desk, fault: Fault, streaming: bool, message: str
) -> None:
    server.fail_next(fault)
    timeout = 30.0 if fault is cut_connection else 0.2
    model = desk.model(choice(server, streaming=streaming), timeout=timeout, retries=0, patience=150.0)
    with pytest.raises(ModelAway, match=message):
        model.ask(desk.asker(), PROMPT, SHAPE)
    (call,) = desk.calls
    assert call.tokens.output == 4_000
    assert call.tokens.input >= server.billed.input


def test_a_reply_that_never_ends_is_given_up(server: OpenAIServer, desk: Desk) -> None:
    server.fail_next(no_answer)
    with pytest.raises(ModelAway, match=r"did not reply within 0\.6 s"):
        desk.model(choice(server), timeout=60.0, patience=0.01, retries=0).ask(desk.asker(), PROMPT, SHAPE)
    assert desk.calls[0].tokens.output == 4_000


def echoing_the_key(reply: Reply) -> None:
    """As some servers refuse a key: with the key."""
    reply.status = 401
    reply.text = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}", "code": KEY, "type": KEY}})
    reply.headers["x-key"] = KEY


def test_what_a_server_says_of_a_key_is_not_repeated(server: OpenAIServer, desk: Desk) -> None:
    server.fail_always(echoing_the_key)
    with pytest.raises(ModelAway) as caught:
        desk.model(choice(server)).ask(desk.asker(), PROMPT, SHAPE)
    told = "".join(traceback.format_exception(caught.value)) + caught.value.hint + repr(desk.calls)
    assert "refuses the key (401)" in told
    assert KEY not in told


def test_a_page_for_people_is_no_completion(server: OpenAIServer, desk: Desk) -> None:
    server.fail_always(down_page)
    with pytest.raises(ModelAway, match="no chat completion"):
        desk.model(choice(server)).ask(desk.asker(), PROMPT, SHAPE)
    assert len(server.requests) == 1


def test_a_server_that_is_not_there(desk: Desk) -> None:
    with OpenAIServer(()) as gone:
        address = choice(gone)
    with pytest.raises(ModelAway, match="cannot be reached") as caught:
        desk.model(address, retries=0).ask(desk.asker(), PROMPT, SHAPE)
    assert address.endpoint in caught.value.hint
    assert desk.calls[0].tokens == Tokens()


@pytest.mark.parametrize("key", ["sk-two\nlines", "sk-nö"])
def test_a_key_that_cannot_be_sent_is_not_shown(server: OpenAIServer, desks: Callable[..., Desk], key: str) -> None:
    from pydantic import SecretStr

    desk = desks()
    with pytest.raises(ModelAway, match="cannot be sent") as caught:
        desk.model(choice(server), retries=0, key=SecretStr(key)).ask(desk.asker(), PROMPT, SHAPE)
    assert key not in repr(caught.value)
    assert server.requests == []


def test_a_provider_without_its_package(desk: Desk) -> None:
    with pytest.raises(
        InvalidInput, match="anthropic need a package that is not installed, langchain-anthropic"
    ) as caught:
        desk.model(choice(provider="anthropic")).ask(desk.asker(), PROMPT, SHAPE)
    assert "pip install langchain-anthropic" in caught.value.hint
    assert desk.calls == []


def test_a_provider_that_nobody_knows(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="no provider of language models named nobody"):
        desk.model(choice(provider="nobody")).ask(desk.asker(), PROMPT, SHAPE)
