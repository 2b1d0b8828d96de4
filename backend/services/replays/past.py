"""Stores as they were when the session ran: the ledger at each verdict, and the replies of models."""

from collections.abc import Sequence

from backend.domain.ledger import Opening
from backend.domain.models import ModelCall, StoredReply
from backend.domain.ports import KeptReplies, ModelStore
from backend.domain.sessions import Session


class PastLedger:
    """The ledger as it was at one moment after the other."""

    def __init__(self) -> None:
        self._openings: tuple[Opening, ...] = ()

    def go_to(self, openings: Sequence[Opening]) -> None:
        """From now on these are all that there were."""
        self._openings = tuple(openings)

    def list_openings(self, owner: str) -> tuple[Opening, ...]:
        """In the order in which they were made."""
        return tuple(opening for opening in self._openings if opening.owner == owner)


class RecordedReplies:
    """Replies out of the store that holds them, calls in one of their own.

    Args:
        recorded: is only read.
        calls: takes the calls of the replay.
        session: only what its own requests were answered with is there.
    """

    def __init__(self, recorded: ModelStore, calls: ModelStore, session: Session) -> None:
        self._recorded = recorded
        self._calls = calls
        self._asked = {call.request_hash for call in recorded.list_calls(session.owner, session.session_id)}

    def reserve(self, owner: str, call: ModelCall) -> None:
        """Store a call of the replay. Raises Conflict, NotFound."""
        self._calls.reserve(owner, call)

    def settle(self, owner: str, call: ModelCall, reply: StoredReply | None) -> None:
        """Note what came of a call of the replay; its reply is recorded already. Raises NotFound."""
        del reply
        self._calls.settle(owner, call, None)

    def find_reply(self, owner: str, request_hash: str) -> StoredReply | None:
        """The recorded reply to a request of the session."""
        if request_hash not in self._asked:
            return None
        return self._recorded.find_reply(owner, request_hash)

    def list_calls(self, owner: str, session_id: str) -> Sequence[ModelCall]:
        """Those of the replay. Raises NotFound."""
        return self._calls.list_calls(owner, session_id)

    def kept_replies(self, owner: str) -> Sequence[KeptReplies]:
        """What is kept of each model, by its name."""
        return self._recorded.kept_replies(owner)
