"""Questions that are answered: every mode, streamed or not, over the real client."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.agents.models.asking import Message, Prompt
from backend.domain.models import Tokens
from tests.agents.models.samples import IDEA, MODES, PROMPT, SHAPE, Desk, Idea, choice
from tests.agents.tracing import exporter
from tests.servers.openai_server import OpenAIServer, Say
from tests.servers.openai_server_faults import no_usage, status


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_a_reply_becomes_the_record_and_is_settled_as_counted(
    openai_server: OpenAIServer, desk: Desk, mode: str, streaming: bool
) -> None:
    openai_server.script = lambda _: Say(IDEA)
    model = desk.model(choice(openai_server, output=mode, streaming=streaming))
    assert model.ask(desk.asker(), PROMPT, SHAPE) == Idea.model_validate(IDEA)
    (call,) = desk.calls
    assert (call.n, call.step, call.role, call.status) == (1, "0001.propose", "strategist", "answered")
    assert call.tokens == openai_server.usage
    # 1 dollar a million tokens in, 10 out
    assert call.usd == pytest.approx((call.tokens.input + 10 * call.tokens.output) / 1e6)
    (request,) = openai_server.requests
    assert request.streaming is streaming


@pytest.mark.parametrize("mode", MODES)
def test_what_is_sent(openai_server: OpenAIServer, desk: Desk, mode: str) -> None:
    openai_server.script = lambda _: Say(IDEA)
    desk.model(choice(openai_server, output=mode)).ask(desk.asker(), PROMPT, SHAPE)
    body: dict[str, Any] = openai_server.requests[0].body
    assert body["max_tokens"] == 4_000
    assert not {"temperature", "seed", "max_completion_tokens"} & set(body)
    assert ("response_format" in body, "tools" in body) == (mode == "structured", mode == "tools")
    assert body["messages"][0]["content"].startswith(PROMPT.system)
    assert body["messages"][1] == {"role": "user", "content": "One idea about AAPL, please."}
    if mode == "structured":
        assert body["response_format"]["json_schema"]["strict"] is True
    if mode == "tools":
        assert body["tool_choice"] == {"type": "function", "function": {"name": "idea"}}
        assert body["tools"][0]["function"]["strict"] is True


def test_text_around_a_plain_reply_is_left_out(openai_server: OpenAIServer, desk: Desk) -> None:
    text = (
        'Sure, {"title": "as asked"}:\n```json\n{"title": "T", "side": "short", "legs": [{"when": "x"}]}\n```\nBye {}'
    )
    openai_server.script = lambda _: Say(text)
    idea = desk.model(choice(openai_server, output="plain")).ask(desk.asker(), PROMPT, SHAPE)
    assert (idea.title, idea.side, idea.legs[0].above) == ("T", "short", None)


def test_cached_tokens_are_priced_apart(openai_server: OpenAIServer, desk: Desk) -> None:
    openai_server.script = lambda _: Say(IDEA)
    model = desk.model(choice(openai_server))
    long = "A rule of the language. " * 400
    for step in ("0001.propose", "0002.propose"):
        model.ask(desk.asker(step), Prompt(long, (Message("user", step),)), SHAPE)
    first, second = desk.calls
    assert first.tokens.cached == 0
    assert second.tokens.cached >= 1_024
    assert first.tokens + second.tokens == openai_server.usage
    fresh = second.tokens.input - second.tokens.cached
    assert second.usd == pytest.approx((fresh + 0.5 * second.tokens.cached + 10 * second.tokens.output) / 1e6)


def test_uncounted_tokens_are_estimated_from_above(openai_server: OpenAIServer, desk: Desk) -> None:
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_next(no_usage)
    desk.model(choice(openai_server, max_output=700)).ask(desk.asker(), PROMPT, SHAPE)
    (call,) = desk.calls
    assert openai_server.usage == Tokens()
    assert call.tokens.input >= openai_server.billed.input
    assert call.tokens.output == 700


def test_spans_tell_what_was_used_and_not_what_was_said(openai_server: OpenAIServer, desk: Desk) -> None:
    exporter().clear()
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_next(status(500, retry_after=0))
    model = desk.model(choice(openai_server))
    for step in ("0001.propose", "0002.propose"):
        model.ask(desk.asker(step), PROMPT, SHAPE)
    spans = exporter().get_finished_spans()
    assert [span.name for span in spans] == ["backproof.model.call"] * 3
    facts = [dict(span.attributes or {}) for span in spans]
    used = [(fact["gen_ai.usage.output_tokens"], fact["backproof.recorded"]) for fact in facts]
    assert used == [(0, False), (openai_server.usage.output, False), (0, True)]
    assert not any(word in str(facts) for word in ("AAPL", "Trend", "describe"))
    exporter().clear()


def test_sessions_side_by_side_get_their_own_replies(openai_server: OpenAIServer, desks: Callable[..., Desk]) -> None:
    openai_server.script = lambda request: Say(IDEA | {"title": request.told})
    open_desks = [desks() for _ in range(4)]

    def ask(number: int) -> str:
        desk = open_desks[number]
        prompt = Prompt(PROMPT.system, (Message("user", f"number {number}"),))
        return desk.model(choice(openai_server)).ask(desk.asker(), prompt, SHAPE).title

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [f"number {number}" for number in range(4)]
    assert sum((desk.calls[0].tokens for desk in open_desks), Tokens()) == openai_server.usage
