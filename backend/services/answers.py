"""Answers a request that is sent twice under one key as it was answered the first time, and has it done once."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backend.domain.errors import Conflict, InvalidInput
from backend.domain.ports import AnswerStore, Clock, KeptAnswer, SessionLocks

KEPT = timedelta(hours=24)
"""How long an answer is kept."""
LONGEST_WORK = timedelta(minutes=15)
"""After which a request that another machine was working on counts as cut short."""
BETWEEN_PRUNINGS = timedelta(hours=1)


class BeingDone(Conflict):
    """The very same request is being worked on; asking again in a moment brings its answer."""


@dataclass(frozen=True)
class Written:
    """An answer.

    Attributes:
        headers: those that matter, as pairs of name and value.
        body: as text that any store takes.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True)
class Begun:
    """A request that is to be done now; nobody else does it until it is ended.

    Attributes:
        repeated: it was begun before and cut short.
    """

    claim: KeptAnswer
    repeated: bool
    held: ExitStack = field(repr=False)


class Answers:
    """Requests under keys, of all owners.

    Args:
        store: where answers are kept.
        locks: who works on what on this machine; let go when a process dies.
        clock: the present moment in UTC.
        place: names the folder of these locks.
    """

    def __init__(self, store: AnswerStore, locks: SessionLocks, clock: Clock, place: str) -> None:
        self._store = store
        self._locks = locks
        self._clock = clock
        self._place = place
        self._pruned: datetime | None = None

    def begin(self, owner: str, key: str, request_hash: str) -> Begun | Written:
        """Claim a request, or the answer that it was given before.

        Raises:
            InvalidInput: another request was sent under this key.
            BeingDone: it is being worked on.
        """
        now = self._clock()
        self._prune(now)
        claim = KeptAnswer(owner=owner, key=key, request_hash=request_hash, created_at=now, place=self._place)
        with ExitStack() as held:
            try:
                held.enter_context(self._locks.hold(f"answer {owner} {key}"))
            except Conflict:
                return _answered(claim, self._store.find_answer(owner, key))
            stored = self._claimed(claim)
            if stored is None or self._taken_over(claim, stored):
                return Begun(claim, stored is not None, held.pop_all())
            return _answered(claim, stored)

    def end(self, begun: Begun, written: Written | None) -> None:
        """Keep the answer; without one the request may be tried again under its key."""
        claim = begun.claim
        with begun.held:
            if written is None:
                self._store.release_key(claim.owner, claim.key)
                return
            response = {"headers": [list(pair) for pair in written.headers], "body": written.body}
            self._store.keep_answer(claim.model_copy(update={"status": written.status, "response": response}))

    def _claimed(self, claim: KeptAnswer) -> KeptAnswer | None:
        """What is stored under the key; None where it was new, or what was stored is too old to count."""
        stored = self._store.claim_key(claim)
        if stored is None or claim.created_at - stored.created_at <= KEPT:
            return stored
        self._store.forget_answers(claim.created_at - KEPT)
        return self._store.claim_key(claim)

    def _taken_over(self, claim: KeptAnswer, stored: KeptAnswer) -> bool:
        if stored.status is not None or stored.request_hash != claim.request_hash:
            return False
        # who worked on it here is gone, or the lock would be held
        gone = stored.place in (None, self._place) or claim.created_at - stored.created_at > LONGEST_WORK
        return gone and self._store.take_over_key(claim, stored.created_at)

    def _prune(self, now: datetime) -> None:
        if self._pruned is None or now - self._pruned > BETWEEN_PRUNINGS:
            self._pruned = now
            self._store.forget_answers(now - KEPT)


def _answered(claim: KeptAnswer, stored: KeptAnswer | None) -> Written:
    if stored is not None and stored.request_hash != claim.request_hash:
        raise InvalidInput(
            "Another request was sent under this key.", "send a new request under an Idempotency-Key of its own"
        )
    if stored is None or stored.status is None or stored.response is None:
        raise BeingDone("A request under this key is being worked on.", "ask again in a moment")
    headers = tuple((name, value) for name, value in stored.response["headers"])
    return Written(stored.status, headers, stored.response["body"])
