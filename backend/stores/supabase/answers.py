"""Requests that may be sent twice, with their answers, by owner and key."""

from datetime import datetime

from backend.domain.ports import KeptAnswer
from backend.stores.codecs.accounts import answer_of, answer_row
from backend.stores.sql.tables import idempotency_keys
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_of, row_text


class SupabaseAnswerStore:
    """The AnswerStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def claim_key(self, answer: KeptAnswer) -> KeptAnswer | None:
        """Store the key as being worked on; the one that is stored already where there is one."""
        row = self._call("claim_key", row=row_text(answer_row(answer)))
        return None if row is None else answer_of(row_of(idempotency_keys, row))

    def find_answer(self, owner: str, key: str) -> KeptAnswer | None:
        """What is stored under the key."""
        row = self._call("find_answer", owner=owner, key=key)
        return None if row is None else answer_of(row_of(idempotency_keys, row))

    def take_over_key(self, answer: KeptAnswer, begun: datetime) -> bool:
        """Begin anew a request that was begun at ``begun`` and cut short; False when somebody else did, or it ended."""
        taken = self._call("take_over_key", row=row_text(answer_row(answer)), begun=begun.isoformat())
        return bool(taken)

    def keep_answer(self, answer: KeptAnswer) -> None:
        """Store what the request was answered; the first answer stays."""
        self._call("keep_answer", row=row_text(answer_row(answer)))

    def release_key(self, owner: str, key: str) -> None:
        """The request failed in a way that may be tried again under the same key, by anybody at once."""
        self._call("release_key", owner=owner, key=key)

    def forget_answers(self, before: datetime) -> int:
        """Delete the keys of all owners whose requests were begun before that moment; how many."""
        return int(self._call("forget_answers", before=before.isoformat()))
