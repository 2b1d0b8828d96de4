"""The local OpenAI-shaped server through the real client: every form of reply, every fault, and its own counts."""

import json
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from openai import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    InternalServerError,
    NotFoundError,
    OpenAI,
    RateLimitError,
)

from backend.domain.models import Tokens
from backend.domain.spec import StrategySpec
from backend.language import compile_spec
from tests.servers import openai_server_faults as faults
from tests.servers.openai_server import KEY, MODEL, CallTools, Fault, OpenAIServer, Say
from tests.servers.openai_server_rules import schema_trouble
from tests.servers.openai_structures import STRUCTURES

HELLO: Any = [{"role": "user", "content": "Hello"}]
ANSWER = {"ticker": "AAPL", "score": 3}
SCHEMA: Any = {
    "type": "object",
    "properties": {"ticker": {"type": "string"}, "score": {"type": ["integer", "null"]}},
    "required": ["ticker", "score"],
    "additionalProperties": False,
}
STRUCTURED: Any = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
TOOL: Any = {"type": "function", "function": {"name": "answer", "strict": True, "parameters": SCHEMA}}
FORCED: Any = {"type": "function", "function": {"name": "answer"}}

Connect = Callable[..., OpenAI]


@pytest.fixture
def connect(openai_server: OpenAIServer) -> Iterator[Connect]:
    """Clients of the server; they are closed in the end."""
    clients = []

    def client(**settings: Any) -> OpenAI:
        given: dict[str, Any] = {
            "base_url": openai_server.url,
            "api_key": KEY,
            "max_retries": 0,
            "timeout": 20,
        } | settings
        clients.append(OpenAI(**given))
        return clients[-1]

    openai_server.script = lambda _: Say(ANSWER)
    yield client
    for one in clients:
        one.close()


def ask(client: OpenAI, **options: Any) -> Any:
    return client.chat.completions.create(model=MODEL, messages=HELLO, **options)


def streamed(client: OpenAI, **options: Any) -> list[Any]:
    with ask(client, stream=True, stream_options={"include_usage": True}, **options) as stream:
        return list(stream)


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_a_plain_reply_and_its_usage(openai_server: OpenAIServer, connect: Connect) -> None:
    openai_server.script = lambda request: Say(f"to {request.text}")
    reply = ask(connect())
    assert (reply.choices[0].message.content, reply.choices[0].finish_reason) == ("to Hello", "stop")
    # 8 characters are two tokens; the prompt is `[[], {}, {...}]` of 55 characters, and 4 tokens for its message
    assert reply.usage.completion_tokens == 2
    assert reply.usage.prompt_tokens == -(-len(json.dumps([[], {}, HELLO[0]])) // 4) + 4
    assert openai_server.usage == Tokens(input=reply.usage.prompt_tokens, output=2)
    assert json.loads(openai_server.requests[0].raw)["messages"] == HELLO


def test_a_structured_reply(connect: Connect) -> None:
    assert json.loads(ask(connect(), response_format=STRUCTURED).choices[0].message.content) == ANSWER


def test_a_forced_call_holds_the_reply(openai_server: OpenAIServer, connect: Connect) -> None:
    reply = ask(connect(), tools=[TOOL], tool_choice=FORCED)
    call = reply.choices[0].message.tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments)) == ("answer", ANSWER)
    assert openai_server.requests[0].shape == "answer"
    assert openai_server.requests[0].schema == SCHEMA


def test_a_conversation_with_calls(openai_server: OpenAIServer, connect: Connect) -> None:
    replies: list[Any] = [CallTools(("answer", ANSWER), ("answer", {})), Say("done")]
    openai_server.script = lambda request: replies[request.n - 1]
    client = connect()
    first = ask(client, tools=[TOOL]).choices[0]
    assert first.finish_reason == "tool_calls"
    answers = [{"role": "tool", "tool_call_id": call.id, "content": "42"} for call in first.message.tool_calls]
    messages = [*HELLO, first.message.model_dump(exclude_none=True), *answers]
    assert client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL]).choices[0].message.content
    with pytest.raises(BadRequestError, match="must be followed by tool messages"):
        client.chat.completions.create(model=MODEL, messages=[*messages[:3], *HELLO], tools=[TOOL])


@pytest.mark.parametrize("content", ["short", "a text of many pieces " * 20])
def test_a_stream_brings_the_same(openai_server: OpenAIServer, connect: Connect, content: str) -> None:
    openai_server.script = lambda _: Say(content)
    chunks = streamed(connect())
    assert text_of(chunks) == content
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert (
        Tokens(input=chunks[-1].usage.prompt_tokens, output=chunks[-1].usage.completion_tokens) == openai_server.usage
    )


def test_a_streamed_call_brings_its_arguments(connect: Connect) -> None:
    chunks = streamed(connect(), tools=[TOOL], tool_choice=FORCED)
    parts = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
    assert json.loads("".join(part.function.arguments for part in parts)) == ANSWER
    assert [part.function.name for part in parts if part.function.name] == ["answer"]


def test_a_stream_tells_its_usage_only_when_asked(openai_server: OpenAIServer, connect: Connect) -> None:
    with ask(connect(), stream=True) as stream:
        assert all(chunk.usage is None for chunk in stream)
    assert openai_server.usage == Tokens()
    assert openai_server.billed.output > 0


def test_the_beginning_of_a_long_prompt_is_cached(connect: Connect) -> None:
    client = connect()
    system: Any = {"role": "system", "content": "rules " * 1_000}
    usage: list[Any] = [
        client.chat.completions.create(model=MODEL, messages=[system, *HELLO, {"role": "user", "content": text}]).usage
        for text in ("one", "two")
    ]
    # some 6,110 characters of the same beginning are 1,527 tokens, in steps of 128: 1,408
    assert [one.prompt_tokens_details.cached_tokens for one in usage] == [0, 1_408]


def test_a_reply_is_cut_at_its_longest(connect: Connect) -> None:
    choice = ask(connect(), max_completion_tokens=3).choices[0]
    assert (choice.finish_reason, choice.message.content) == ("length", json.dumps(ANSWER)[:12])


@pytest.mark.parametrize("fault", [faults.status(429), faults.status(500), faults.cut_connection])
def test_the_client_tries_again(openai_server: OpenAIServer, connect: Connect, fault: Fault) -> None:
    openai_server.fail_next(fault)
    assert ask(connect(max_retries=1)).choices[0].message.content
    assert len(openai_server.requests) == 2
    assert openai_server.usage.output == -(-len(json.dumps(ANSWER)) // 4)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.status(429, retry_after=0), RateLimitError),
        (faults.status(500), InternalServerError),
        (faults.status(400), BadRequestError),
        (faults.status(401), AuthenticationError),
        (faults.status(404), NotFoundError),
        (faults.cut_connection, APIConnectionError),
    ],
)
def test_faults_on_the_way(openai_server: OpenAIServer, connect: Connect, fault: Fault, error: type[Exception]) -> None:
    openai_server.fail_always(fault)
    with pytest.raises(error):
        ask(connect())
    assert openai_server.usage == Tokens()
    openai_server.fail_always(None)
    assert ask(connect()).usage.total_tokens == openai_server.usage.total


def test_retry_after_is_told(openai_server: OpenAIServer, connect: Connect) -> None:
    openai_server.fail_next(faults.status(429, retry_after=7, retry_after_ms=None))
    with pytest.raises(RateLimitError) as refused:
        ask(connect())
    assert refused.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("fault", "finish", "content"),
    [
        (faults.malformed, "stop", '{"ticker": "AAP'),
        (
            faults.length_stop,
            "length",
            '{"ticker": "AAPL',
        ),  # 30 characters are 8 tokens, half of them are 16 characters
        (faults.content_filter, "content_filter", '{"ticker": "AAP'),
        (faults.empty, "stop", ""),
        (faults.refusal, "stop", None),
        (faults.wrong_tool, "tool_calls", None),
        (faults.saying({"ticker": 1}), "stop", '{"ticker": 1}'),
    ],
)
def test_faults_of_what_is_said(
    openai_server: OpenAIServer, connect: Connect, fault: Fault, finish: str, content: str | None
) -> None:
    openai_server.fail_next(fault)
    reply = ask(connect(), response_format=STRUCTURED)
    assert (reply.choices[0].finish_reason, reply.choices[0].message.content) == (finish, content)
    assert reply.usage.total_tokens == openai_server.usage.total


def test_ten_times_too_long(openai_server: OpenAIServer, connect: Connect) -> None:
    openai_server.fail_next(faults.ten_times_too_long)
    reply = ask(connect(), max_completion_tokens=200)
    assert reply.usage.completion_tokens >= 2_000
    assert openai_server.usage.output == reply.usage.completion_tokens


def test_a_missing_usage_is_not_counted_as_told(openai_server: OpenAIServer, connect: Connect) -> None:
    openai_server.fail_next(faults.no_usage)
    assert ask(connect()).usage is None
    assert (openai_server.usage, openai_server.completions) == (Tokens(), 1)


def test_a_cut_stream_looks_complete(openai_server: OpenAIServer, connect: Connect) -> None:
    openai_server.script = lambda _: Say("a text of many pieces " * 20)
    openai_server.fail_next(faults.cut_stream)
    chunks = streamed(connect())
    assert 0 < len(text_of(chunks)) < len("a text of many pieces " * 20)
    assert all(not chunk.choices[0].finish_reason and chunk.usage is None for chunk in chunks)
    assert openai_server.usage == Tokens()


@pytest.mark.parametrize("fault", [faults.no_answer, faults.stalled_stream])
def test_a_client_that_leaves_frees_the_server(openai_server: OpenAIServer, connect: Connect, fault: Fault) -> None:
    openai_server.fail_next(fault)
    with pytest.raises(APITimeoutError):
        ask(connect(timeout=0.05))
    assert ask(connect()).choices[0].message.content


def test_a_held_reply_goes_out_when_it_is_released(openai_server: OpenAIServer, connect: Connect) -> None:
    openai_server.fail_next(faults.no_answer)
    replies: list[Any] = []
    asking = Thread(target=lambda: replies.append(ask(connect())))
    asking.start()
    assert openai_server.holding.wait(20)
    openai_server.released.set()
    asking.join()
    assert replies[0].choices[0].message.content == json.dumps(ANSWER)


def test_a_list_of_replies_ends(connect: Connect) -> None:
    with OpenAIServer([Say("one")]) as server:
        client = connect(base_url=server.url)
        assert ask(client).choices[0].message.content == "one"
        with pytest.raises(BadRequestError, match="no more replies"):
            ask(client)


def test_keys_models_and_addresses(connect: Connect) -> None:
    assert [model.id for model in connect().models.list()] == [MODEL]
    with pytest.raises(AuthenticationError):
        ask(connect(api_key="another"))
    with pytest.raises(NotFoundError, match="does not exist"):
        connect().chat.completions.create(model="another", messages=HELLO)
    with pytest.raises(NotFoundError, match="Invalid URL"):
        connect().responses.create(model=MODEL, input="Hello")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"extra_body": {"top_k": 3}}, "Unrecognized request argument supplied: top_k"),
        ({"temperature": 3}, "temperature"),
        ({"tool_choice": FORCED}, "only allowed when 'tools'"),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "other"}}}, "not found in 'tools'"),
        ({"stream_options": {"include_usage": True}}, "only allowed when 'stream'"),
        ({"max_completion_tokens": 0}, "below minimum"),
        ({"max_completion_tokens": 9, "max_tokens": 9}, "at the same time"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a b", "schema": SCHEMA}}}, "name"),
    ],
)
def test_requests_that_openai_refuses(connect: Connect, options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequestError, match=said):
        ask(connect(), **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_tokens": 100}, "max_completion_tokens"),
        ({"temperature": 0}, "temperature"),
        ({"tools": [TOOL]}, "reasoning_effort"),
    ],
)
def test_models_that_reason_refuse_more(
    openai_server: OpenAIServer, connect: Connect, options: dict[str, Any], said: str
) -> None:
    openai_server.models = ["gpt-6-some"]
    with pytest.raises(BadRequestError, match=said):
        connect().chat.completions.create(model="gpt-6-some", messages=HELLO, **options)


def changed(**fields: Any) -> Any:
    return SCHEMA | fields


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (changed(additionalProperties=True), "'additionalProperties' is required"),
        (changed(required=["ticker"]), "Missing 'score'"),
        (changed(type="array", items=SCHEMA), 'type: "object"'),
        (changed(properties={"ticker": {"type": "string", "default": "A"}, "score": {}}), "'default' is not permitted"),
        (changed(properties={"ticker": {}, "score": {"type": "integer"}}), "must have a 'type' key"),
        (changed(properties={"ticker": {"oneOf": []}, "score": {"type": "null"}}), "'oneOf' is not permitted"),
        (changed(properties={"ticker": {"type": "string", "maxLength": 3}, "score": {"type": "null"}}), "'maxLength'"),
        (changed(properties={"ticker": {"type": "array"}, "score": {"type": "null"}}), "array schema missing items"),
        (changed(properties={"ticker": {"$ref": "#/$defs/a", "title": "A"}, "score": {"type": "null"}}), "$ref cannot"),
        (changed(properties={"ticker": {"type": "object"}, "score": {"type": "null"}}), "'additionalProperties'"),
        (changed(patternProperties={}), "'patternProperties' is not permitted"),
        (changed(**{"$defs": {"a": {"type": "object", "properties": {}}}}), "'additionalProperties'"),
    ],
)
def test_schemas_that_strict_mode_refuses(schema: Any, said: str) -> None:
    assert said in (schema_trouble(schema) or "")


def test_schemas_that_strict_mode_takes() -> None:
    nested = changed(properties={"ticker": SCHEMA, "score": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]}})
    assert schema_trouble(nested | {"$defs": {"a": {"type": "string", "enum": ["x"], "default": None}}}) is None
    deep = SCHEMA
    for _ in range(11):
        deep = changed(properties={"ticker": deep, "score": {"type": "null"}})
    assert "nesting limit" in (schema_trouble(deep) or "")


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda structure: structure.name)
def test_the_scripted_models_strategies_are_strategies(structure: Any) -> None:
    assert compile_spec(StrategySpec.model_validate(structure.spec)).conditions


def test_a_schema_in_the_text_is_found(openai_server: OpenAIServer, connect: Connect) -> None:
    system: Any = {"role": "system", "content": f"Rules.\n\nAnswer with JSON of this schema:\n{json.dumps(SCHEMA)}"}
    connect().chat.completions.create(model=MODEL, messages=[system, *HELLO])
    assert openai_server.requests[0].schema == SCHEMA
