"""From the text of a reply to the record that was asked for, or to what is wrong with it in words for the model."""

import json
import re
from typing import Any, NoReturn

from pydantic import ValidationError

from backend.agents.models.asking import Shape, Shaped
from backend.agents.models.limits import LONGEST_REPLY
from backend.domain.errors import InvalidInput
from backend.domain.models import ModelChoice, ModelReply

CUT_SHORT = {"length", "max_tokens", "MAX_TOKENS"}
FILTERED = {"content_filter", "SAFETY", "safety"}
FENCE = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.S)
MOST_TRIES = 20
"""Places in a text at which an object may begin, looked at from the left."""

MOST_TROUBLES = 8
EXCERPT = 60


def usable(reply: ModelReply, shape: Shape[Shaped], choice: ModelChoice) -> Shaped:
    """The checked record.

    Raises:
        InvalidInput: the reply cannot be used; message and hint are written for the model.
    """
    _refuse_ends(reply, choice)
    text = _text(reply, shape.name, choice)
    record = _validated(_found(text) if choice.output == "plain" else _json(text), shape)
    shape.check(record)
    return record


def _refuse_ends(reply: ModelReply, choice: ModelChoice) -> None:
    size = len(reply.text) + sum(len(call["arguments"]) for call in reply.tool_calls)
    if size > LONGEST_REPLY:
        raise InvalidInput("The reply is far too long.", f"answer in less than {LONGEST_REPLY // 20:,} characters")
    if reply.refusal:
        raise InvalidInput(
            f"The request was refused ({reply.refusal}).",
            "it asks for a description of rules to be tested on past prices, nothing else; answer in the given form",
        )
    if reply.finish_reason in CUT_SHORT:
        hint = f"say less: a reply has at most {choice.max_output:,} tokens, reasoning included"
        raise InvalidInput("The reply was cut off because it was too long.", hint)
    if reply.finish_reason in FILTERED:
        raise InvalidInput("The reply was held back by a content filter.", "say it in other words")


def _text(reply: ModelReply, name: str, choice: ModelChoice) -> str:
    for call in reply.tool_calls:
        if call["name"] == name:
            return str(call["arguments"])
    if reply.tool_calls:
        named = ", ".join(sorted({call["name"] for call in reply.tool_calls}))[:EXCERPT]
        raise InvalidInput(f"The reply calls {named}, which cannot be called now.", _how(name, choice))
    if not reply.text.strip():
        raise InvalidInput("The reply is empty.", _how(name, choice))
    return reply.text


def _how(name: str, choice: ModelChoice) -> str:
    return f"call {name} with the reply" if choice.output == "tools" else "answer with the JSON object alone"


def _found(text: str) -> Any:
    """The JSON object in a text that may say more than that: the longest one; a fenced one before any other."""
    said = text.rpartition("</think>")[2].strip()
    fenced = [part.strip() for part in FENCE.findall(said)]
    for whole in (said, *sorted(fenced, key=len, reverse=True)):
        if whole.startswith("{") and whole.endswith("}"):
            return _json(whole)
    return _json(max(_objects(said), key=len, default=said))


def _objects(text: str) -> list[str]:
    """The objects that stand in a text, none where it begins with a broken one."""
    found, start = [], text.find("{")
    for _ in range(MOST_TRIES):
        if start < 0:
            break
        try:
            _, end = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            if start == 0:
                break
            end = start + 1
        else:
            found.append(text[start:end])
        start = text.find("{", end)
    return found


def _json(text: str) -> Any:
    """One JSON value, with what Python lets through and JSON does not have refused."""
    try:
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except json.JSONDecodeError as broken:
        near = text[max(0, broken.pos - EXCERPT // 2) : broken.pos + EXCERPT // 2]
        where = f"line {broken.lineno}, column {broken.colno}"
        raise InvalidInput(
            f"The reply is no complete JSON: {broken.msg} at {where}, near {near!r}.",
            "answer with the JSON object alone",
        ) from broken
    except RecursionError as deep:
        raise InvalidInput("The reply is nested too deeply.", "it has a handful of levels at most") from deep
    except ValueError as odd:  # a number of thousands of digits
        raise InvalidInput("The reply holds a number that is far too long.", "write plain numbers") from odd


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"The reply has the field {twice[:EXCERPT]!r} twice in one object.", "write each field once")
    return fields


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInput(f"The reply holds {name}, which is no number.", "write a plain number, or null where allowed")


def _validated(value: Any, shape: Shape[Shaped]) -> Shaped:
    if not isinstance(value, dict):
        raise InvalidInput(f"The reply is a {type(value).__name__}, not an object.", "answer with the JSON object")
    try:
        # Through JSON again: in its terms lists are tuples and texts are dates.
        return shape.record.model_validate_json(json.dumps(value))
    except ValidationError as refused:
        raise InvalidInput(*_troubles(refused)) from refused


def _troubles(refused: ValidationError) -> tuple[str, str]:
    errors = refused.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{'.'.join(map(str, error['loc'])) or 'the reply'}: {error['msg']}"[:200] for error in errors]
    more = f"\nand {len(lines) - MOST_TROUBLES} more" if len(lines) > MOST_TROUBLES else ""
    told = "\n".join(lines[:MOST_TROUBLES])
    return f"The reply does not fit its form:\n{told}{more}", "every field is needed, and no other is allowed"
