"""What OpenAI refuses of a chat completion request, by the rules that it documents and the words that it uses."""

import re
from collections.abc import Iterator
from typing import Any

from tests.servers.openai_server_request import Document

NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
ROLES = {"system", "developer", "user", "assistant", "tool"}
KNOWN = {
    "messages", "model", "audio", "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens",
    "metadata", "modalities", "n", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key",
    "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream",
    "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity",
}  # fmt: skip
OF_A_SCHEMA = {
    "$defs", "$ref", "additionalProperties", "anyOf", "const", "definitions", "default", "description", "enum",
    "exclusiveMaximum", "exclusiveMinimum", "format", "items", "maxItems", "maximum", "minItems", "minimum",
    "multipleOf", "pattern", "properties", "required", "title", "type",
}  # fmt: skip
FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
DEEPEST, MOST_PROPERTIES, MOST_CHOICES = 10, 5_000, 1_000
REASONING = re.compile(r"^gpt-(5\.6|6)")
"""Names of models that think before they answer and refuse some older arguments."""


def refusal_of(body: Document) -> tuple[str, str] | None:
    """The message and the argument of the first rule that a request breaks; None for a good one."""
    return next(_broken(body), None)


def schema_trouble(schema: Any) -> str | None:
    """What is wrong with a schema in strict mode; None when it is right."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return "schema must be a JSON Schema of 'type: \"object\"'"
    return next(_schema_broken(schema, (), 0), None) or _too_much(schema)


def _broken(body: Document) -> Iterator[tuple[str, str]]:
    if not body:
        yield "We could not parse the JSON body of your request.", "body"
    for name in body:
        if name not in KNOWN:
            yield f"Unrecognized request argument supplied: {name}", name
    if not isinstance(body.get("model"), str):
        yield "you must provide a model parameter", "model"
    yield from _messages_broken(body.get("messages"))
    yield from _format_broken(body.get("response_format"))
    yield from _tools_broken(body)
    yield from _numbers_broken(body)
    if REASONING.match(str(body.get("model"))):
        yield from _reasoning_broken(body)


def _messages_broken(messages: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(messages, list) or not messages:
        yield "Invalid 'messages': empty array. Expected an array with minimum length 1.", "messages"
        return
    waiting: set[str] = set()
    for number, message in enumerate(messages):
        at = f"messages.[{number}]"
        role = message.get("role")
        if role not in ROLES:
            yield f"Invalid value: '{role}'. Supported values are: {sorted(ROLES)}.", f"{at}.role"
        if role == "tool":
            if message.get("tool_call_id") not in waiting:
                yield "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.", at
            waiting.discard(message.get("tool_call_id"))
        elif waiting:
            yield f"An assistant message with 'tool_calls' must be followed by tool messages: {sorted(waiting)}", at
        waiting |= {call["id"] for call in message.get("tool_calls") or []}
        if message.get("content") is None and not message.get("tool_calls") and not message.get("refusal"):
            yield "Invalid value for 'content': expected a string, got null.", f"{at}.content"


def _format_broken(format: Any) -> Iterator[tuple[str, str]]:
    if format is None:
        return
    if format.get("type") not in {"text", "json_object", "json_schema"}:
        yield f"Invalid value: '{format.get('type')}'.", "response_format.type"
    if format.get("type") == "json_schema":
        named = format.get("json_schema") or {}
        if not NAME.match(str(named.get("name", ""))):
            yield "Invalid 'response_format.json_schema.name'.", "response_format.json_schema.name"
        trouble = schema_trouble(named.get("schema")) if named.get("strict") else None
        if trouble:
            yield f"Invalid schema for response_format '{named.get('name')}': {trouble}.", "response_format"


def _tools_broken(body: Document) -> Iterator[tuple[str, str]]:
    tools, choice = body.get("tools") or [], body.get("tool_choice")
    names = [tool["function"]["name"] for tool in tools]
    for number, tool in enumerate(tools):
        function = tool["function"]
        if not NAME.match(function["name"]):
            yield f"Invalid 'tools[{number}].function.name': string does not match pattern.", f"tools[{number}]"
        trouble = schema_trouble(function.get("parameters")) if function.get("strict") else None
        if trouble:
            yield f"Invalid schema for function '{function['name']}': {trouble}.", f"tools[{number}]"
    if choice is not None and not tools:
        yield "'tool_choice' is only allowed when 'tools' are specified.", "tool_choice"
    if body.get("parallel_tool_calls") is not None and not tools:
        yield "'parallel_tool_calls' is only allowed when 'tools' are specified.", "parallel_tool_calls"
    if isinstance(choice, dict) and choice["function"]["name"] not in names:
        yield f"Tool choice '{choice['function']['name']}' not found in 'tools' parameter.", "tool_choice"


def _numbers_broken(body: Document) -> Iterator[tuple[str, str]]:
    temperature = body.get("temperature")
    if temperature is not None and not 0 <= temperature <= 2:
        yield f"Invalid 'temperature': {temperature} is not within 0..2.", "temperature"
    for name in ("max_completion_tokens", "max_tokens"):
        if body.get(name) is not None and body[name] < 1:
            yield f"Invalid '{name}': integer below minimum value.", name
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        yield "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens"
    if body.get("stream_options") is not None and not body.get("stream"):
        yield "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"


def _reasoning_broken(body: Document) -> Iterator[tuple[str, str]]:
    if body.get("max_tokens") is not None:
        yield "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens"
    if body.get("temperature") not in (None, 1):
        yield "Unsupported value: 'temperature'. Only the default (1) value is supported.", "temperature"
    if body.get("tools") and body.get("reasoning_effort") != "none":
        yield (
            "Function tools with reasoning_effort are not supported; set reasoning_effort to 'none'.",
            "reasoning_effort",
        )


def _schema_broken(schema: Any, path: tuple[str, ...], depth: int) -> Iterator[str]:
    at = f"In context={path}"
    if not isinstance(schema, dict):
        yield f"{at}, {schema!r} is not of type 'object', 'boolean'"
        return
    if depth > DEEPEST:
        yield f"{at}, the schema exceeds the nesting limit of {DEEPEST}"
    yield from (f"{at}, '{name}' is not permitted" for name in schema if name not in OF_A_SCHEMA)
    if schema.get("default") is not None:
        yield f"{at}, 'default' is not permitted"
    if "$ref" in schema and len(schema) > 1:
        yield f"{at}, $ref cannot have keywords { ({*schema} - {'$ref'}) }"
    if not {"type", "anyOf", "$ref", "enum", "const"} & set(schema):
        yield f"{at}, schema must have a 'type' key"
    if schema.get("format", "date") not in FORMATS:
        yield f"{at}, '{schema['format']}' is not a supported format"
    if "object" in _types(schema):
        yield from _object_broken(schema, at)
    if "array" in _types(schema) and "items" not in schema:
        yield f"{at}, array schema missing items"
    for name, part in _parts(schema):
        yield from _schema_broken(part, (*path, *name), depth + (name[0] != "$defs"))


def _object_broken(schema: Document, at: str) -> Iterator[str]:
    if schema.get("additionalProperties") is not False:
        yield f"{at}, 'additionalProperties' is required to be supplied and to be false"
    missing = sorted(set(schema.get("properties", {})) ^ set(schema.get("required", [])))
    if missing:
        yield f"{at}, 'required' is required to be an array including every key in properties. Missing '{missing[0]}'"


def _parts(schema: Document) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, part in schema.get("properties", {}).items():
        yield ("properties", name), part
    for keyword in ("$defs", "definitions"):
        for name, part in schema.get(keyword, {}).items():
            yield ("$defs", name), part
    for number, part in enumerate(schema.get("anyOf", [])):
        yield ("anyOf", str(number)), part
    if "items" in schema:
        yield ("items",), schema["items"]


def _types(schema: Document) -> set[str]:
    stated = schema.get("type", ())
    return {stated} if isinstance(stated, str) else set(stated)


def _too_much(schema: Document) -> str | None:
    def count(part: Any) -> tuple[int, int]:
        inner = [count(below) for _, below in _parts(part)]
        properties = len(part.get("properties", {})) + sum(pair[0] for pair in inner)
        return properties, len(part.get("enum", ())) + sum(pair[1] for pair in inner)

    properties, choices = count(schema)
    if properties > MOST_PROPERTIES or choices > MOST_CHOICES:
        return f"the schema has {properties} properties and {choices} enum values, more than is permitted"
    return None
