"""What keeps the calls of language models, and their replies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.domain.models import ModelCall, StoredReply


@dataclass(frozen=True)
class KeptReplies:
    """How many replies of one model are kept.

    Attributes:
        characters: of the stored replies together, about as many bytes.
        first, last: when the oldest and the newest were recorded.
    """

    model: str
    replies: int
    characters: int
    first: datetime
    last: datetime


class ModelStore(Protocol):
    """Calls by session, and replies by owner and request; what a killed process reserved stays counted."""

    def reserve(self, owner: str, call: ModelCall) -> None:
        """Store a call before it is made.

        Raises:
            Conflict: the session has a call of that number.
            NotFound: the owner has no such session.
        """

    def settle(self, owner: str, call: ModelCall, reply: StoredReply | None) -> None:
        """Replace the reserved call by what came of it, and record its reply, in one transaction.

        A reply already recorded for this request stays as it is. Raises NotFound for a call that was not reserved.
        """

    def find_reply(self, owner: str, request_hash: str) -> StoredReply | None:
        """The recorded reply to a request of the owner."""

    def list_calls(self, owner: str, session_id: str) -> Sequence[ModelCall]:
        """Ascending by number; empty for a session that called none. Raises NotFound."""

    def kept_replies(self, owner: str) -> Sequence[KeptReplies]:
        """What is kept of each model, by its name."""
