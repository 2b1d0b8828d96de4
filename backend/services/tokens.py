"""Makes, finds, lists and revokes tokens of scripts; a token is shown once, and only its hash is kept."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from pydantic import ValidationError

from backend.domain.accounts import ApiToken
from backend.domain.errors import InvalidInput
from backend.domain.ports import Clock, NewId, TokenStore

WRITTEN = re.compile(r"bp_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
"""A token as text: its id, and 256 random bits."""


class Tokens:
    """Tokens of all owners.

    Args:
        store: where their hashes are kept.
        identity: the present moment in UTC, and what makes ids.
        new_secret: 43 random characters that an address may hold.
    """

    def __init__(self, store: TokenStore, identity: tuple[Clock, NewId], new_secret: Callable[[], str]) -> None:
        self._store = store
        self._clock, self._new_id = identity
        self._new_secret = new_secret

    def create(self, owner: str, name: str, expires_at: datetime | None = None) -> tuple[str, ApiToken]:
        """A new token: its text, which is told this once, and what is kept of it.

        Raises:
            InvalidInput: the name is empty, too long or holds control characters, or the moment has passed.
        """
        now, token_id = self._clock(), self._new_id("tok")
        if expires_at is not None and expires_at <= now:
            raise InvalidInput("The token would have expired before it is made.", "let it end in the future, or never")
        ends = expires_at.astimezone(UTC) if expires_at else None
        text = f"bp_{token_id.removeprefix('tok_')}_{self._new_secret()}"
        kept = {"token_id": token_id, "owner": owner, "name": name.strip(), "token_hash": hash_of(text)}
        try:
            token = ApiToken.model_validate(kept | {"created_at": now, "expires_at": ends})
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise InvalidInput(f"The token cannot be named so: {reason}.", "give 1 to 80 plain characters") from None
        self._store.add_token(token)
        return text, token

    def find(self, text: str) -> ApiToken | None:
        """The usable token that is written so, whoever owns it."""
        written = WRITTEN.fullmatch(text)
        if written is None:
            return None
        wanted = hash_of(text)
        token = self._store.find_token(wanted)
        same = token is not None and compare_digest(token.token_hash, wanted)
        return token if token is not None and same and token.usable(self._clock()) else None

    def load(self, owner: str, token_id: str) -> ApiToken:
        """Raises NotFound."""
        return self._store.load_token(owner, token_id)

    def list(self, owner: str) -> tuple[ApiToken, ...]:
        """Newest first, those that were revoked included."""
        return self._store.list_tokens(owner)

    def revoke(self, owner: str, token_id: str) -> ApiToken:
        """From now on it opens nothing. Raises NotFound."""
        return self._store.revoke_token(owner, token_id, self._clock())


def hash_of(text: str) -> str:
    """What is kept of a token: with 256 random bits in it, a plain hash cannot be turned back."""
    return sha256(text.encode()).hexdigest()


def token_line(token: ApiToken) -> dict[str, Any]:
    """A token as lists and documents show it, without its hash."""
    return token.model_dump(mode="json", exclude={"owner", "token_hash"})
