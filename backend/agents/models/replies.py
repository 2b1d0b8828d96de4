"""What a model sent, gathered into the reply that is recorded: message or stream, counted or not."""

import json
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, UsageMetadata
from langchain_core.messages.ai import add_usage

from backend.agents.models.limits import LONGEST_NAME, LONGEST_REPLY
from backend.domain.models import ModelReply, Tokens


def reply_of(message: AIMessage) -> ModelReply:
    """The reply in a whole message."""
    calls = [
        {"id": call["id"] or "", "name": call["name"], "arguments": json.dumps(call["args"], ensure_ascii=False)}
        for call in message.tool_calls
    ]
    calls += [
        {"id": call["id"] or "", "name": call["name"] or "", "arguments": call["args"] or ""}
        for call in message.invalid_tool_calls
    ]
    facts = message.response_metadata
    refusal = message.additional_kwargs.get("refusal") or ""
    return _reply(str(message.text), calls, _finish(facts), refusal, message.usage_metadata)


@dataclass
class Gathering:
    """A stream's chunks, gathered and emptied.

    LangChain keeps the chunks and joins them at the end, looking for JSON in the arguments of tools by dropping one
    character after the other: a long text that is no JSON would keep it busy for minutes.
    """

    size: int = 0
    _text: list[str] = field(default_factory=list)
    _calls: dict[int, dict[str, str]] = field(default_factory=dict)
    _finish: str = ""
    _usage: UsageMetadata | None = None

    @property
    def too_long(self) -> bool:
        """Whether the rest need not be waited for."""
        return self.size > LONGEST_REPLY

    def add(self, chunk: AIMessageChunk) -> None:
        """Take one chunk in."""
        self._take(str(chunk.text), self._text)
        for piece in chunk.tool_call_chunks:
            call = self._calls.setdefault(piece["index"] or 0, {"id": "", "name": "", "arguments": ""})
            call["id"] = call["id"] or piece["id"] or ""
            call["name"] += piece["name"] or ""
            call["arguments"] += piece["args"] or ""
            self.size += len(piece["args"] or "")
        self._finish = _finish(chunk.response_metadata) or self._finish
        if chunk.usage_metadata:
            self._usage = add_usage(self._usage, chunk.usage_metadata)
        _empty(chunk)

    def reply(self) -> ModelReply:
        """What came until now."""
        calls = [self._calls[index] for index in sorted(self._calls)]
        return _reply("".join(self._text), calls, self._finish, "", self._usage)

    def _take(self, text: str, into: list[str]) -> None:
        self.size += len(text)
        into.append(text)


def _empty(chunk: AIMessageChunk) -> None:
    chunk.content = ""
    chunk.tool_call_chunks, chunk.tool_calls, chunk.invalid_tool_calls = [], [], []
    chunk.additional_kwargs = {}


def _reply(
    text: str, calls: list[dict[str, Any]], finish: str, refusal: object, usage: UsageMetadata | None
) -> ModelReply:
    counted = tokens_of(usage)
    return ModelReply(
        text=storable(text)[: LONGEST_REPLY + 1],
        tool_calls=tuple(
            {
                "id": storable(call["id"])[:LONGEST_NAME],
                "name": storable(call["name"])[:LONGEST_NAME],
                "arguments": storable(call["arguments"])[: LONGEST_REPLY + 1],
            }
            for call in calls
        ),
        finish_reason=storable(finish)[:LONGEST_NAME],
        refusal=storable(str(refusal))[:LONGEST_NAME],
        tokens=counted or Tokens(),
        counted=counted is not None,
    )


def tokens_of(usage: UsageMetadata | None) -> Tokens | None:
    """Tokens as the server counted them; None where it counted none, or nothing that could be true."""
    if not usage:
        return None
    given, made = usage["input_tokens"], usage["output_tokens"]
    cached = usage.get("input_token_details", {}).get("cache_read") or 0
    if min(given, made, cached) < 0 or not given:
        return None
    return Tokens(input=given, output=made, cached=min(cached, given))


def storable(text: str) -> str:
    """The text without halves of characters, which no store and no request takes."""
    return text.encode("utf-8", "replace").decode()


def _finish(facts: dict[str, Any]) -> str:
    return str(facts.get("finish_reason") or facts.get("stop_reason") or "")
