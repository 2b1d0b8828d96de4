"""Calls of language models by session, and recorded replies by request."""

from datetime import datetime

from backend.domain.models import ModelCall, StoredReply
from backend.domain.ports import KeptReplies
from backend.stores.codecs.models import call_of, call_row, kept_of, reply_of, reply_row
from backend.stores.sql.tables import model_replies
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_of, row_text


class SupabaseModelStore:
    """The ModelStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def reserve(self, owner: str, call: ModelCall) -> None:
        """Store a call before it is made.

        Raises:
            Conflict: the session has a call of that number.
            NotFound: the owner has no such session.
        """
        self._call("reserve_model_call", row=row_text(call_row(owner, call)))

    def settle(self, owner: str, call: ModelCall, reply: StoredReply | None) -> None:
        """Replace the reserved call by what came of it, and record its reply, in one transaction.

        A reply already recorded for this request stays as it is. Raises NotFound for a call that was not reserved.
        """
        recorded = None if reply is None else row_text(reply_row(owner, reply))
        self._call("settle_model_call", row=row_text(call_row(owner, call)), reply=recorded)

    def find_reply(self, owner: str, request_hash: str) -> StoredReply | None:
        """The recorded reply to a request of the owner."""
        row = self._call("find_model_reply", owner=owner, request_hash=request_hash)
        return None if row is None else reply_of(row_of(model_replies, row))

    def list_calls(self, owner: str, session_id: str) -> tuple[ModelCall, ...]:
        """Ascending by number; empty for a session that called none. Raises NotFound."""
        rows = self._call("list_model_calls", owner=owner, session_id=session_id)
        return tuple(call_of(session_id, row["n"], row["document"]) for row in rows)

    def kept_replies(self, owner: str) -> tuple[KeptReplies, ...]:
        """What is kept of each model, by its name."""
        rows = self._call("kept_model_replies", owner=owner)
        moments = ("first", "last")
        return tuple(kept_of(row | {name: datetime.fromisoformat(row[name]) for name in moments}) for row in rows)
