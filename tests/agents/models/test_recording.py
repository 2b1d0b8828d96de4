"""Recorded replies: an equal request is answered without a call, a replay never makes one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from backend.agents.models.asking import Message, Prompt
from backend.agents.models.language_model import RecordedModel
from backend.agents.models.spending import spending
from backend.domain.errors import Conflict, MalformedOutput
from backend.domain.models import ModelChoice
from tests.agents.models.samples import IDEA, MODES, NOON, PROMPT, SHAPE, Desk, choice
from tests.servers.openai_server import OpenAIServer, Say
from tests.servers.openai_server_faults import malformed, saying, status
from tests.servers.openai_server_reply import Reply


def replaying(desk: Desk, chosen: ModelChoice) -> RecordedModel:
    return RecordedModel(chosen, desk.stores.models, lambda: NOON)


@pytest.mark.parametrize("mode", MODES)
def test_the_same_question_again_costs_nothing(openai_server: OpenAIServer, desk: Desk, mode: str) -> None:
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_next(malformed, saying(IDEA | {"title": "To the moon"}))
    model = desk.model(choice(openai_server, output=mode))
    first = model.ask(desk.asker(), PROMPT, SHAPE)  # with two repairs, which are recorded as well
    spent = spending(desk.calls)
    assert len(openai_server.requests) == spent.calls == 3
    assert model.ask(desk.asker("0002.propose"), PROMPT, SHAPE) == first
    assert replaying(desk, model.choice).ask(desk.asker("0003.propose"), PROMPT, SHAPE) == first
    assert len(openai_server.requests) == 3
    again = spending(desk.calls)
    assert (again.tokens, again.usd, again.calls, again.recorded_calls) == (spent.tokens, spent.usd, 3, 6)
    assert [call.n for call in desk.calls] == list(range(1, 10))


def test_a_reply_that_cannot_be_used_is_a_reply(openai_server: OpenAIServer, desk: Desk) -> None:
    openai_server.script = lambda _: Say("no idea")
    with pytest.raises(MalformedOutput) as fresh:
        desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)
    with pytest.raises(MalformedOutput) as replayed:
        replaying(desk, choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)
    assert str(replayed.value) == str(fresh.value)
    assert len(openai_server.requests) == 3


def test_a_fault_is_not_recorded(openai_server: OpenAIServer, desk: Desk) -> None:
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_next(status(500, retry_after=0))
    desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)
    assert replaying(desk, choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE).title == "Trend"


CHANGES: dict[str, dict[str, Any]] = {
    "name": {"name": "another-model"},
    "address": {"endpoint": "http://127.0.0.1:9/v1"},
    "mode": {"output": "tools"},
    "longest reply": {"max_output": 3_999},
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_model_has_other_records(openai_server: OpenAIServer, desk: Desk, change: str) -> None:
    openai_server.script = lambda _: Say(IDEA)
    asked = choice(openai_server)
    desk.model(asked).ask(desk.asker(), PROMPT, SHAPE)
    with pytest.raises(Conflict, match="No recorded reply of openai:"):
        replaying(desk, asked.model_copy(update=CHANGES[change])).ask(desk.asker(), PROMPT, SHAPE)
    price = asked.model_copy(update={"price": None, "streaming": True})  # these two change no reply
    assert replaying(desk, price).ask(desk.asker(), PROMPT, SHAPE).title == "Trend"


def test_another_seed_or_prompt_is_another_question(openai_server: OpenAIServer, desks: Callable[..., Desk]) -> None:
    openai_server.script = lambda _: Say(IDEA)
    desk, other = desks(seed=1), desks(seed=2)
    desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)
    elsewhere = RecordedModel(choice(openai_server), desk.stores.models, lambda: NOON)
    seeded = desk.asker().__class__(
        desk.session.model_copy(update={"request": other.session.request}), "0001.propose", "strategist", lambda: False
    )
    with pytest.raises(Conflict):
        elsewhere.ask(seeded, PROMPT, SHAPE)
    with pytest.raises(Conflict):
        elsewhere.ask(desk.asker(), Prompt(PROMPT.system, (Message("user", "Another idea, please."),)), SHAPE)


def half_a_character(reply: Reply) -> None:
    """A text with half of a character and a NUL, as JSON can say them."""
    message = {"role": "assistant", "content": "\ud83d and \x00"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    reply.text = json.dumps({"id": "1", "object": "chat.completion", "choices": [choice], "created": 0, "model": "m"})


def test_odd_characters_survive_recording(openai_server: OpenAIServer, desk: Desk) -> None:
    openai_server.script = lambda _: Say(json.dumps(IDEA | {"title": "\ud83d and \x00"}))
    openai_server.fail_next(half_a_character)
    with pytest.raises(MalformedOutput) as fresh:
        desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)
    with pytest.raises(MalformedOutput) as replayed:
        replaying(desk, choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)
    assert str(replayed.value) == str(fresh.value)
    assert len(openai_server.requests) == 3
