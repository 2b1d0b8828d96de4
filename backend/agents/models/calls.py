"""The calls of one session in the store: looked for among recorded replies, reserved before they are made, settled."""

from typing import NamedTuple

from backend.agents.models.asking import Asker
from backend.agents.models.spending import (
    most_tokens,
    price_of,
    refuse_overspending,
    refuse_unpriced,
    spending,
)
from backend.domain.models import CallStatus, ModelCall, ModelChoice, ModelReply, ModelRequest, StoredReply, Tokens
from backend.domain.ports import Clock, ModelStore


class Outcome(NamedTuple):
    """What came of a call: its status, what it cost in tokens, how long it took, and why it failed."""

    status: CallStatus
    tokens: Tokens
    seconds: float
    trouble: str = ""


class Calls:
    """Reserves and settles calls of one model."""

    def __init__(self, choice: ModelChoice, store: ModelStore, clock: Clock) -> None:
        self._choice = choice
        self._store = store
        self._clock = clock

    def recorded(self, asker: Asker, request: ModelRequest) -> ModelReply | None:
        """The recorded reply to an equal request; the call is written down and costs nothing."""
        stored = self._store.find_reply(asker.session.owner, request.hash)
        if stored is None:
            return None
        made = self._store.list_calls(asker.session.owner, asker.session.session_id)
        call = self._call(asker, request, len(made) + 1, Tokens()).model_copy(update={"recorded": True})
        self._store.reserve(asker.session.owner, call)
        self._store.settle(asker.session.owner, call.model_copy(update={"status": "answered"}), None)
        return stored.reply

    def reserve(self, asker: Asker, request: ModelRequest) -> ModelCall:
        """Write a call down with the most that it can cost.

        Raises:
            BudgetSpent: it might exceed the session's budget; nothing is written.
            InvalidInput: a budget in dollars, and nobody knows what the model costs.
        """
        session, most = asker.session, most_tokens(request, self._choice)
        budget = session.request.budget
        refuse_unpriced(self._choice, budget)
        made = self._store.list_calls(session.owner, session.session_id)
        refuse_overspending(budget, spending(made), self._choice, most)
        call = self._call(asker, request, len(made) + 1, most)
        self._store.reserve(session.owner, call)
        return call

    def settle(self, asker: Asker, call: ModelCall, outcome: Outcome, reply: ModelReply | None = None) -> ModelCall:
        """Write down what came of a call, and record its reply."""
        settled = call.model_copy(update={**outcome._asdict(), "usd": price_of(self._choice, outcome.tokens)})
        self._store.settle(asker.session.owner, settled, self._to_record(call, reply) if reply else None)
        return settled

    def _to_record(self, call: ModelCall, reply: ModelReply) -> StoredReply:
        model, now = self._choice.label, self._clock()
        return StoredReply(request_hash=call.request_hash, model=model, reply=reply, created_at=now)

    def _call(self, asker: Asker, request: ModelRequest, n: int, most: Tokens) -> ModelCall:
        return ModelCall(
            session_id=asker.session.session_id,
            n=n,
            step=asker.step,
            role=asker.role,
            request_hash=request.hash,
            status="reserved",
            tokens=most,
            usd=price_of(self._choice, most),
            at=self._clock(),
        )
