"""What a local server with the shape of OpenAI's answers: completions, the pieces of a stream, refusals."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from backend.domain.models import Tokens
from tests.servers.openai_server_request import BYTES_PER_TOKEN, Document, Request, tokens_in

CREATED = 1_767_225_600
PIECE = 40
"""Characters of one piece of a stream."""


@dataclass(frozen=True)
class Say:
    """What the model says, delivered in the form that was asked for: content, or arguments of the forced function.

    Attributes:
        content: a document or a text.
        refusal: its words when it refuses; nothing else is delivered then.
        tool: the function whose arguments the content is, where the request leaves a choice.
        reasoning: tokens of thought that count as output and are not shown.
    """

    content: Any
    refusal: str = ""
    tool: str = ""
    reasoning: int = 0


class CallTools:
    """The model calls functions: name and arguments of each."""

    def __init__(self, *calls: tuple[str, Any]) -> None:
        self.calls = calls


Scripted = Say | CallTools


@dataclass
class Reply:
    """What is about to be sent; a fault changes it.

    Attributes:
        message: of the assistant, as OpenAI writes it.
        limit: tokens at which it is cut; None for no limit.
        tells_usage: whether the counted tokens are sent.
        text: sent in place of the completion.
        hold: whether it is held back until it is released, the client leaves or the server is closed.
        sent: share of the bytes that is sent before the connection is cut; None for all.
        streamed: share of a stream's pieces after which it ends as if it were complete; None for all.
        stalled: share of the bytes after which nothing more comes; None for all.
    """

    request: Request
    message: Document
    finish_reason: str = "stop"
    limit: int | None = None
    reasoning: int = 0
    cached: int = 0
    tells_usage: bool = True
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    hold: bool = False
    sent: float | None = None
    streamed: float | None = None
    stalled: float | None = None

    @property
    def content(self) -> str:
        """What the message says, wherever it stands."""
        calls = self.message.get("tool_calls")
        return str(calls[0]["function"]["arguments"] if calls else self.message.get("content") or "")

    @content.setter
    def content(self, text: str) -> None:
        calls = self.message.get("tool_calls")
        if calls:
            calls[0]["function"]["arguments"] = text
        else:
            self.message["content"] = text

    @property
    def tokens(self) -> Tokens:
        """What the completion counts for."""
        said = [self.message.get("content"), self.message.get("refusal")]
        for call in self.message.get("tool_calls", []):
            said += [call["function"]["name"], call["function"]["arguments"]]
        output = self.reasoning + sum(tokens_in(text) for text in said if text)
        return Tokens(input=self.request.input_tokens, output=output, cached=self.cached)

    @property
    def is_completion(self) -> bool:
        """Whether a completion goes out, whole or in part."""
        return self.status == 200 and self.text is None

    @property
    def reports_usage(self) -> bool:
        """Whether a client that reads to the end learns what it costs."""
        asked = (self.request.body.get("stream_options") or {}).get("include_usage")
        whole = self.sent is None and self.stalled is None
        if self.request.streaming:
            whole = whole and self.streamed is None and bool(asked)
        return self.is_completion and self.tells_usage and whole

    def cut_to_limit(self) -> None:
        """End the message where it has as many tokens as it may have."""
        if self.limit is None or self.tokens.output <= self.limit:
            return
        room = self.limit - self.tokens.output + tokens_in(self.content)
        self.content = self.content.encode()[: max(0, room) * BYTES_PER_TOKEN].decode(errors="ignore")
        self.finish_reason = "length"

    def body(self) -> bytes:
        """A whole completion, or what is sent in its place."""
        if self.text is not None:
            return self.text.encode()
        choice = {"index": 0, "message": self.message, "finish_reason": self.finish_reason, "logprobs": None}
        document = self._head("chat.completion") | {"choices": [choice]}
        if self.tells_usage:
            document["usage"] = usage_document(self.tokens, self.reasoning)
        return json.dumps(document).encode()

    def pieces(self) -> list[bytes]:
        """The completion as a stream sends it."""
        deltas = list(_deltas(self.message))
        chunks = [self._chunk(delta, None) for delta in deltas] + [self._chunk({}, self.finish_reason)]
        if self.tells_usage and (self.request.body.get("stream_options") or {}).get("include_usage"):
            usage = usage_document(self.tokens, self.reasoning)
            chunks.append(self._head("chat.completion.chunk") | {"choices": [], "usage": usage})
        if self.streamed is not None:
            chunks = chunks[: max(1, int(len(deltas) * self.streamed))]
        lines = [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks]
        return lines if self.streamed is not None else [*lines, b"data: [DONE]\n\n"]

    def _head(self, kind: str) -> Document:
        model = self.request.body.get("model")
        return {"id": f"chatcmpl-{self.request.n}", "object": kind, "created": CREATED, "model": model}

    def _chunk(self, delta: Document, finish: str | None) -> Document:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return self._head("chat.completion.chunk") | {"choices": [choice]}


def reply_to(request: Request, scripted: Scripted) -> Reply:
    """Put what the model says into the form that the request asks for."""
    message: Document = {"role": "assistant", "content": None, "refusal": None}
    finish = "stop"
    if isinstance(scripted, CallTools):
        message["tool_calls"] = _calls(request, scripted.calls)
        return Reply(request, message, "tool_calls", request.longest_reply)
    tool = scripted.tool or request.forced
    text = scripted.content if isinstance(scripted.content, str) else json.dumps(scripted.content)
    if scripted.refusal:
        message["refusal"] = scripted.refusal
    elif tool:
        message["tool_calls"] = _calls(request, ((tool, text),))
        finish = "stop" if isinstance(request.body.get("tool_choice"), dict) else "tool_calls"
    else:
        message["content"] = text
    return Reply(request, message, finish, request.longest_reply, scripted.reasoning)


def error_reply(request: Request, status: int, message: str, param: str | None = None) -> Reply:
    """A refusal as OpenAI words it."""
    kinds = {401: "invalid_request_error", 429: "requests", 500: "server_error"}
    codes = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
    error = {"message": message, "type": kinds.get(status, "invalid_request_error"), "param": param}
    return Reply(request, {}, status=status, text=json.dumps({"error": error | {"code": codes.get(status)}}))


def usage_document(tokens: Tokens, reasoning: int = 0) -> Document:
    """Counted tokens as OpenAI writes them."""
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.total,
        "prompt_tokens_details": {"cached_tokens": tokens.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": reasoning, "audio_tokens": 0},
    }


def _calls(request: Request, calls: tuple[tuple[str, Any], ...]) -> list[Document]:
    return [
        {
            "id": f"call_{crc32(request.raw):08x}_{number}",
            "type": "function",
            "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
        }
        for number, (name, given) in enumerate(calls)
    ]


def _deltas(message: Document) -> Iterator[Document]:
    yield {"role": "assistant", "content": None if message.get("tool_calls") else "", "refusal": None}
    for field_name in ("content", "refusal"):
        text = message.get(field_name) or ""
        yield from ({field_name: text[at : at + PIECE]} for at in range(0, len(text), PIECE))
    for index, call in enumerate(message.get("tool_calls", [])):
        function = call["function"]
        yield {"tool_calls": [{**call, "index": index, "function": {"name": function["name"], "arguments": ""}}]}
        text = function["arguments"]
        for at in range(0, len(text), PIECE):
            yield {"tool_calls": [{"index": index, "function": {"arguments": text[at : at + PIECE]}}]}
