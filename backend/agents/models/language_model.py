"""The two language models that a role may be handed: one that is called, and one that repeats recorded replies."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr

from backend.agents.models.asking import Asker, Prompt, Shape, Shaped
from backend.agents.models.calls import Calls, Outcome
from backend.agents.models.clients import ask, refuse_unknown_provider
from backend.agents.models.dialogue import Dialogue
from backend.agents.models.faults import Fault, fault_of, no_reply_within
from backend.agents.models.offered import Tools
from backend.agents.models.spending import estimated_tokens
from backend.agents.models.waiting import Waited, pause, wait_for
from backend.agents.spans import model_call_span, tell_usage
from backend.domain.errors import Cancelled, Conflict
from backend.domain.models import ModelCall, ModelChoice, ModelReply, ModelRequest, Tokens
from backend.domain.ports import Clock, ModelStore

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

FIRST_REST_S, LONGEST_REST_S = 0.5, 8.0


@dataclass(frozen=True)
class Connection:
    """How a model is reached.

    Attributes:
        key: of OpenAI or a server that answers like it; another provider never gets it.
        timeout: seconds without a word from the server.
        patience: how many timeouts long a reply may take in all.
        retries: how often a request is sent again when none of the replies came.
    """

    key: SecretStr
    timeout: float = 120.0
    retries: int = 2
    patience: float = 3.0

    @property
    def longest(self) -> float:
        """Seconds that one reply may take in all."""
        return self.patience * self.timeout


class ChatModel:
    """A model that is called over the network, each time over a connection of its own.

    Each request is one call in the store: reserved at the most that it can cost, settled with what it did. One that
    certainly was not worked on costs nothing; one that may have been, cancelled ones included, counts in full.
    """

    def __init__(self, choice: ModelChoice, connection: Connection, store: ModelStore, clock: Clock) -> None:
        self.choice = choice
        self._connection = connection
        self._calls = Calls(choice, store, clock)
        self._clock = clock

    def ask(self, asker: Asker, prompt: Prompt, shape: Shape[Shaped], tools: "Sequence[BaseTool]" = ()) -> Shaped:
        """One checked reply; see ``LanguageModel``."""
        seed = asker.session.request.seed
        return Dialogue(self.choice, seed, prompt, shape, Tools(asker, tools)).run(partial(self._fetch, asker))

    def _fetch(self, asker: Asker, request: ModelRequest) -> ModelReply:
        return repeated(asker, self.choice, self._calls, request) or self._called(asker, request)

    def _called(self, asker: Asker, request: ModelRequest) -> ModelReply:
        refuse_unknown_provider(self.choice)
        for retry in range(self._connection.retries + 1):
            came = self._call(asker, request)
            if isinstance(came, ModelReply):
                return came
            if not came.again or retry == self._connection.retries:
                break
            rest = min(FIRST_REST_S * 2**retry, LONGEST_REST_S)
            pause(rest if came.rest is None else came.rest, asker.cancelled)
        assert isinstance(came, Fault)
        raise came.error()

    def _call(self, asker: Asker, request: ModelRequest) -> ModelReply | Fault:
        call = self._calls.reserve(asker, request)
        with model_call_span(self.choice, asker.session, asker.role, asker.step) as span:
            came = self._waited(asker, request, call)
            settled = self._settled(asker, call, came)
            tell_usage(span, settled.tokens, settled.usd, recorded=False)
        return came[0]

    def _waited(self, asker: Asker, request: ModelRequest, call: ModelCall) -> tuple[ModelReply | Fault, float]:
        known = self._connection
        sent = partial(ask, self.choice, known.key, known.timeout, request)
        began = time.monotonic()
        try:
            waited = wait_for(sent, known.longest, asker.cancelled)
        except Cancelled:
            given_up = Outcome("failed", call.tokens, time.monotonic() - began, "cancelled; it counts in full")
            self._calls.settle(asker, call, given_up)
            raise
        return self._reply_or_fault(waited), waited.seconds

    def _reply_or_fault(self, waited: Waited[ModelReply]) -> ModelReply | Fault:
        if waited.result is not None:
            return waited.result
        if waited.error is None:
            return no_reply_within(self.choice, self._connection.longest)
        return fault_of(waited.error, self.choice, self._connection.timeout, self._clock())

    def _settled(self, asker: Asker, call: ModelCall, came: tuple[ModelReply | Fault, float]) -> ModelCall:
        what, seconds = came
        if isinstance(what, Fault):
            tokens = Tokens() if what.free else call.tokens
            return self._calls.settle(asker, call, Outcome("failed", tokens, seconds, what.message))
        tokens = what.tokens if what.counted else estimated_tokens(what, call.tokens)
        reply = what.model_copy(update={"tokens": tokens})
        return self._calls.settle(asker, call, Outcome("answered", tokens, seconds), reply)


class RecordedModel:
    """A model that answers from recorded replies alone and never opens a connection."""

    def __init__(self, choice: ModelChoice, store: ModelStore, clock: Clock) -> None:
        self.choice = choice
        self._calls = Calls(choice, store, clock)

    def ask(self, asker: Asker, prompt: Prompt, shape: Shape[Shaped], tools: "Sequence[BaseTool]" = ()) -> Shaped:
        """One checked reply, made of recorded ones; see ``LanguageModel``."""
        seed = asker.session.request.seed
        return Dialogue(self.choice, seed, prompt, shape, Tools(asker, tools)).run(partial(self._fetch, asker))

    def _fetch(self, asker: Asker, request: ModelRequest) -> ModelReply:
        reply = repeated(asker, self.choice, self._calls, request)
        if reply is None:
            raise Conflict(
                f"No recorded reply of {self.choice.label} answers step {asker.step}.",
                "what the model was told differs from what it was told then; the data or the program has changed",
            )
        return reply


def repeated(asker: Asker, choice: ModelChoice, calls: Calls, request: ModelRequest) -> ModelReply | None:
    """The recorded reply to an equal request, None where there is none."""
    reply = calls.recorded(asker, request)
    if reply is not None:
        with model_call_span(choice, asker.session, asker.role, asker.step) as span:
            tell_usage(span, Tokens(), 0.0, recorded=True)
    return reply
