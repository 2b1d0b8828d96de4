"""Tools that a model may call before it answers: carried out, answered, and bounded."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from langchain_core.tools import StructuredTool

from backend.agents.models.limits import CALLS_A_ROUND, LEFT_OUT, LONGEST_RESULT, TOOL_ROUNDS
from backend.domain.errors import Cancelled, NotFound
from backend.domain.record import Record
from tests.agents.models.samples import IDEA, PROMPT, SHAPE, Desk, Idea, choice
from tests.servers.openai_server import CallTools, OpenAIServer, Request, Say
from tests.servers.openai_server_reply import Scripted


class Asked(Record):
    symbol: str
    days: int | None = None


def prices(symbol: str, days: int | None = None) -> str:
    if symbol == "GONE":
        raise NotFound("There is no symbol GONE.", 'did you mean "GONG"?')
    if symbol == "STOP":
        raise Cancelled("Stopped.")
    return f"{symbol} for {days} days" if symbol != "LONG" else "x" * 20_000


TOOL = StructuredTool.from_function(prices, name="prices", description="Prices of a symbol.", args_schema=Asked)


def asked(server: OpenAIServer, desk: Desk, mode: str, script: Iterable[Scripted]) -> list[str]:
    """What the model read back from its tools, given what it says in turn."""
    said: Iterator[Scripted] = iter(script)
    server.script = lambda _: next(said)
    idea = desk.model(choice(server, output=mode)).ask(desk.asker(), PROMPT, SHAPE, [TOOL])
    assert idea == Idea.model_validate(IDEA)
    return [message["content"] for message in server.requests[-1].messages if message["role"] == "tool"]


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("mode", ["structured", "tools"])
def test_a_tool_is_carried_out_and_answered(
    openai_server: OpenAIServer, desk: Desk, mode: str, streaming: bool
) -> None:
    said: Iterator[Scripted] = iter(
        [CallTools(("prices", {"symbol": "AAPL", "days": 3}), ("prices", {"symbol": "MSFT"})), Say(IDEA)]
    )
    openai_server.script = lambda _: next(said)
    model = desk.model(choice(openai_server, output=mode, streaming=streaming))
    assert model.ask(desk.asker(), PROMPT, SHAPE, [TOOL]).title == "Trend"
    first, second = openai_server.requests
    assert [message["content"] for message in second.messages[-2:]] == ["AAPL for 3 days", "MSFT for None days"]
    assert second.body["tools"] == first.body["tools"]  # the cached beginning stays the same
    assert len(desk.calls) == 2


TOLD: dict[str, tuple[tuple[str, Any], str]] = {
    "unknown tool": (("price", {"symbol": "AAPL"}), 'there is no such tool; did you mean "prices"?'),
    "wrong arguments": (("prices", {"symbol": 3}), "wrong arguments: symbol: Input should be a valid string"),
    "unknown argument": (("prices", {"symbol": "A", "when": 1}), "when: Extra inputs are not permitted"),
    "no JSON": (("prices", '{"symbol": "AA'), "wrong arguments: the whole: Invalid JSON"),
    "an error of ours": (("prices", {"symbol": "GONE"}), 'There is no symbol GONE.\ndid you mean "GONG"?'),
    "a long result": (("prices", {"symbol": "LONG"}), "x" * (LONGEST_RESULT - len(LEFT_OUT)) + LEFT_OUT),
}


@pytest.mark.parametrize("case", TOLD)
def test_what_cannot_be_carried_out_is_told_back(openai_server: OpenAIServer, desk: Desk, case: str) -> None:
    call, answer = TOLD[case]
    (told,) = asked(openai_server, desk, "structured", [CallTools(call), Say(IDEA)])
    assert answer in told


def test_rounds_and_calls_are_bounded(openai_server: OpenAIServer, desk: Desk) -> None:
    many = CallTools(*(("prices", {"symbol": f"S{n}"}) for n in range(CALLS_A_ROUND + 2)))

    def never_content(request: Request) -> Scripted:
        return many if request.body["tool_choice"] == "auto" else Say(IDEA)

    openai_server.script = never_content
    desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE, [TOOL])
    assert [request.body["tool_choice"] for request in openai_server.requests] == ["auto"] * TOOL_ROUNDS + ["none"]
    answers = [m["content"] for m in openai_server.requests[-1].messages if m["role"] == "tool"]
    assert len(answers) == TOOL_ROUNDS * (CALLS_A_ROUND + 2)
    assert answers.count(f"not carried out: at most {CALLS_A_ROUND} calls at a time") == TOOL_ROUNDS * 2


def test_the_last_round_of_the_tools_mode_forces_the_reply(openai_server: OpenAIServer, desk: Desk) -> None:
    rounds = [CallTools(("prices", {"symbol": "AAPL"}))] * TOOL_ROUNDS
    asked(openai_server, desk, "tools", [*rounds, Say(IDEA)])
    assert [request.body["tool_choice"] for request in openai_server.requests[:-1]] == ["required"] * TOOL_ROUNDS
    assert openai_server.requests[-1].body["tool_choice"]["function"]["name"] == "idea"


def test_a_plain_reply_knows_no_tools(openai_server: OpenAIServer, desk: Desk) -> None:
    openai_server.script = lambda _: Say(json.dumps(IDEA))
    desk.model(choice(openai_server, output="plain")).ask(desk.asker(), PROMPT, SHAPE, [TOOL])
    assert "tools" not in openai_server.requests[0].body


def test_a_cancelled_tool_ends_the_question(openai_server: OpenAIServer, desk: Desk) -> None:
    with pytest.raises(Cancelled):
        asked(openai_server, desk, "structured", [CallTools(("prices", {"symbol": "STOP"})), Say(IDEA)])


def test_a_tool_whose_arguments_no_schema_can_say_is_refused(desk: Desk) -> None:
    class Loose(Record):
        options: dict[str, float]

    tool = StructuredTool.from_function(str, name="loose", description="x", args_schema=Loose)
    with pytest.raises(TypeError, match=r"Loose\.options: a map"):
        desk.model(choice()).ask(desk.asker(), PROMPT, SHAPE, [tool])


def test_tools_of_models_that_reason_come_with_reasoning_off(desk: Desk) -> None:
    with OpenAIServer([Say(IDEA)], models=("gpt-6-luna",)) as server:
        desk.model(choice(server, name="gpt-6-luna", output="tools")).ask(desk.asker(), PROMPT, SHAPE)
        (request,) = server.requests
    assert request.body["reasoning_effort"] == "none"
    assert request.body["max_completion_tokens"] == 4_000
