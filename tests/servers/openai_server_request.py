"""A request for a chat completion as a local server received it, and how many tokens it counts for."""

import json
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]

BYTES_PER_TOKEN, TOKENS_PER_MESSAGE = 4, 4
CACHED_FROM, CACHED_STEP = 1_024, 128
"""A prompt cache has beginnings of at least so many tokens, in steps of so many."""


@dataclass(frozen=True)
class Request:
    """One request as it arrived.

    Attributes:
        n: number among all requests that the server received, from 1.
        headers: names in small letters.
        raw: the body's bytes.
        body: the same as a document; empty where it was none.
    """

    n: int
    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    body: Document = field(default_factory=dict)

    @property
    def messages(self) -> list[Document]:
        """Role and content of each message."""
        messages: list[Document] = self.body.get("messages", [])
        return messages

    @property
    def text(self) -> str:
        """The text of all messages, one after the other."""
        return "\n".join(text_of(message.get("content")) for message in self.messages)

    @property
    def told(self) -> str:
        """The text of what people and programs said, without the system's."""
        said = [text_of(message.get("content")) for message in self.messages if message.get("role") != "system"]
        return "\n".join(said)

    @property
    def streaming(self) -> bool:
        """Whether the reply goes out in pieces."""
        return bool(self.body.get("stream"))

    @property
    def tools(self) -> dict[str, Document]:
        """The functions that may be called, by name."""
        return {tool["function"]["name"]: tool["function"] for tool in self.body.get("tools") or []}

    @property
    def forced(self) -> str:
        """The function that must be called, or the last one where any will do; empty where none must be."""
        choice = self.body.get("tool_choice")
        if isinstance(choice, dict):
            return str(choice["function"]["name"])
        return list(self.tools)[-1] if choice == "required" else ""

    @property
    def shape(self) -> str:
        """The name of the form that the reply must have: of the schema, or of the forced function; may be empty."""
        return str((self._json_schema or {}).get("name") or self.forced)

    @property
    def schema(self) -> Document:
        """The JSON schema that the reply must follow, the last one in the system's text if need be; may be empty."""
        named = self._json_schema
        if named is not None:
            return dict(named.get("schema") or {})
        return dict(self.tools.get(self.forced, {}).get("parameters") or self._written_schema)

    @property
    def longest_reply(self) -> int | None:
        """Tokens at which a reply is cut; None for no limit."""
        limit = self.body.get("max_completion_tokens", self.body.get("max_tokens"))
        return None if limit is None else int(limit)

    @property
    def stable_text(self) -> str:
        """All that the model reads, in the order in which a prompt cache compares it."""
        tools, format = self.body.get("tools") or [], self.body.get("response_format") or {}
        return json.dumps([tools, format, *self.messages])

    @property
    def input_tokens(self) -> int:
        """What the request counts for."""
        return tokens_in(self.stable_text) + TOKENS_PER_MESSAGE * len(self.messages)

    @property
    def _written_schema(self) -> Document:
        """A schema that stands in the last line of the system's text."""
        last = text_of(self.messages[0].get("content")).strip().splitlines()[-1:] if self.messages else []
        try:
            schema = json.loads(last[0]) if last else {}
        except ValueError:
            return {}
        return schema if isinstance(schema, dict) and "properties" in schema else {}

    @property
    def _json_schema(self) -> Document | None:
        found = (self.body.get("response_format") or {}).get("json_schema")
        return found if isinstance(found, dict) else None


def tokens_in(text: str) -> int:
    """Tokens of a text, counted by its length."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


def cached_tokens(earlier: str, later: str) -> int:
    """Tokens of the later prompt that a cache of the earlier one has."""
    same, beyond = 0, min(len(earlier), len(later)) + 1
    while beyond - same > 1:
        middle = (same + beyond) // 2
        same, beyond = (middle, beyond) if earlier[:middle] == later[:middle] else (same, middle)
    tokens = same // BYTES_PER_TOKEN // CACHED_STEP * CACHED_STEP
    return tokens if tokens >= CACHED_FROM else 0


def text_of(content: Any) -> str:
    """The text of a message's content, which may come in parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return content or ""
