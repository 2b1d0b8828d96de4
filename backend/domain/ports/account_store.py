"""What keeps tokens of scripts, and answers to requests that may be sent twice."""

from datetime import datetime
from typing import Any, Protocol

from backend.domain.accounts import ApiToken
from backend.domain.record import Record


class TokenStore(Protocol):
    """Tokens of all owners, by their hash."""

    def add_token(self, token: ApiToken) -> None:
        """Raises Conflict where there is one of that id or hash."""

    def find_token(self, token_hash: str) -> ApiToken | None:
        """Whoever owns it; also one that has expired or was revoked."""

    def load_token(self, owner: str, token_id: str) -> ApiToken:
        """Raises NotFound."""

    def list_tokens(self, owner: str) -> tuple[ApiToken, ...]:
        """Newest first, those that were revoked included."""

    def revoke_token(self, owner: str, token_id: str, at: datetime) -> ApiToken:
        """From now on it opens nothing; one that was revoked before stays as it is. Raises NotFound."""


class KeptAnswer(Record):
    """A request that was sent under a key, and what it was answered.

    Attributes:
        request_hash: of method, path and body.
        created_at: when it was begun, the last time.
        place: the machine that works on it, or did so; None where nobody does.
        status: of the answer; None while the request is being worked on, or was cut short.
        response: the body, its media type and the headers that matter.
    """

    owner: str
    key: str
    request_hash: str
    created_at: datetime
    place: str | None = None
    status: int | None = None
    response: dict[str, Any] | None = None


class AnswerStore(Protocol):
    """Answers by owner and idempotency key."""

    def claim_key(self, answer: KeptAnswer) -> KeptAnswer | None:
        """Store the key as being worked on; the one that is stored already where there is one."""

    def find_answer(self, owner: str, key: str) -> KeptAnswer | None:
        """What is stored under the key."""

    def take_over_key(self, answer: KeptAnswer, begun: datetime) -> bool:
        """Begin anew a request that was begun at ``begun`` and cut short; False when somebody else did, or it ended."""

    def keep_answer(self, answer: KeptAnswer) -> None:
        """Store what the request was answered; the first answer stays."""

    def release_key(self, owner: str, key: str) -> None:
        """The request failed in a way that may be tried again under the same key, by anybody at once."""

    def forget_answers(self, before: datetime) -> int:
        """Delete the keys of all owners whose requests were begun before that moment; how many."""
