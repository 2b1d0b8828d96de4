"""Language models: which one a session uses, what it may cost, and what was asked and answered."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from backend.domain.hashing import hash_json
from backend.domain.record import Record

OutputMode = Literal["structured", "tools", "plain"]
"""How a reply is asked for: by a JSON schema, as the arguments of a tool call, or as JSON in plain text."""

Role = Literal["strategist", "analyst", "understanding", "answering"]
CallStatus = Literal["reserved", "answered", "failed"]

MILLION = 1_000_000


class ModelPrice(Record):
    """US dollars a million tokens, as the maker of a model states them.

    Attributes:
        cached_input: of input tokens that the maker's prompt cache had; None when it costs as much as any other.
        cache_write: of input tokens that go into that cache; None when it costs as much as any other.
    """

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached_input: float | None = Field(default=None, ge=0)
    cache_write: float | None = Field(default=None, ge=0)

    def of(self, tokens: "Tokens") -> float:
        """The most that these tokens cost, in US dollars: which of them went into the cache is not told."""
        cached = self.input if self.cached_input is None else self.cached_input
        fresh = self.input if self.cache_write is None else max(self.input, self.cache_write)
        return ((tokens.input - tokens.cached) * fresh + tokens.cached * cached + tokens.output * self.output) / MILLION


class Tokens(Record):
    """Tokens of one call or of several.

    Attributes:
        cached: those of ``input`` that came out of the maker's prompt cache.
    """

    input: int = Field(default=0, ge=0)
    output: int = Field(default=0, ge=0)
    cached: int = Field(default=0, ge=0)

    @property
    def total(self) -> int:
        """Input and output."""
        return self.input + self.output

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            input=self.input + other.input, output=self.output + other.output, cached=self.cached + other.cached
        )


class ModelChoice(Record):
    """The language model of a session, without its key: enough to find its recorded replies again.

    Attributes:
        provider, name: as ``init_chat_model`` knows them, e.g. ``openai`` and the maker's name of the model.
        endpoint: address of an OpenAI-compatible server without any secret; empty for the maker's own.
        knowledge_cutoff: last day that the model was trained on, as its maker states it.
        price: None when nobody stated one; such a model cannot be used with a budget in dollars.
        max_output: tokens that one reply may have.
    """

    provider: str
    name: str
    endpoint: str = ""
    knowledge_cutoff: date | None = None
    price: ModelPrice | None = None
    output: OutputMode = "structured"
    streaming: bool = False
    max_output: int = Field(default=4_000, ge=1)

    @property
    def label(self) -> str:
        """How it is named wherever its work is shown, e.g. ``openai:NAME``."""
        return f"{self.provider}:{self.name}"


class Budget(Record):
    """What a session may spend; None is no limit.

    Attributes:
        tokens: input and output of all calls together.
        usd: US dollars for calls.
        seconds: of active work; time between two turns or before a resume does not count.
        backtests: evaluated sets of numbers, which are the session's trials.
    """

    tokens: int | None = Field(default=None, ge=1)
    usd: float | None = Field(default=None, gt=0)
    seconds: float | None = Field(default=None, gt=0)
    backtests: int | None = Field(default=None, ge=1)


class ModelRequest(Record):
    """One request as it is sent, in a form whose hash finds the recorded reply again.

    Attributes:
        model, endpoint: as in ``ModelChoice``.
        messages: role and content of each, the stable ones first.
        options: everything else that can change the reply: schema, tools, output mode, longest reply, seed.
    """

    model: str
    endpoint: str
    messages: tuple[dict[str, Any], ...]
    options: dict[str, Any]

    @property
    def hash(self) -> str:
        """Equal requests have equal hashes, on every machine."""
        return hash_json(self.model_dump(mode="json"))


class ModelReply(Record):
    """What came back, as it came; it has not been checked yet.

    Attributes:
        text: the reply's content; may be cut, malformed or empty.
        tool_calls: name, arguments and id of each call.
        finish_reason: ``stop``, ``length``, ``tool_calls`` or what the server said; empty when it said nothing.
        refusal: the model's words when it refused.
        tokens: as the server counted; estimated from above when it did not say (``counted`` is then False).
    """

    text: str = ""
    tool_calls: tuple[dict[str, Any], ...] = ()
    finish_reason: str = ""
    refusal: str = ""
    tokens: Tokens = Tokens()
    counted: bool = True


class StoredReply(Record):
    """A recorded reply, found again by the hash of its request."""

    request_hash: str
    model: str
    reply: ModelReply
    created_at: datetime


class ModelCall(Record):
    """One call of a session's model: reserved before it is made, settled after it.

    A call whose process died stays ``reserved``: what it may have cost counts as spent.

    Attributes:
        n: number within the session, from 1 without a gap.
        step: the step of the session that called, e.g. ``0003.propose``.
        tokens, usd: while reserved, the most that it can cost; once settled, what it did.
        seconds: of waiting for the reply.
        recorded: the reply was found among recorded ones; such a call costs nothing.
        trouble: why it failed, in one sentence without secrets.
    """

    session_id: str
    n: int = Field(ge=1)
    step: str
    role: Role
    request_hash: str
    status: CallStatus
    tokens: Tokens
    usd: float = 0.0
    seconds: float = 0.0
    recorded: bool = False
    trouble: str = ""
    at: datetime
