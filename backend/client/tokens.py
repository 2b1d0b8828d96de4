"""Tokens with which scripts sign in."""

from datetime import datetime

from backend.api.documents.tokens import NewTokenRecord, TokenBody, TokenRecord, TokensRecord
from backend.client.connection import Connection, part, stated


class TokenCalls:
    """``client.tokens``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, name: str, expires_at: datetime | None = None) -> NewTokenRecord:
        """Make a token.

        Its text comes with this answer alone, and is null where the first answer was lost on the way: revoke it then.
        """
        body = stated(TokenBody, {"name": name, "expires_at": expires_at})
        return self._connection.write(NewTokenRecord, "POST", "tokens", body)

    def list(self) -> tuple[TokenRecord, ...]:
        """Newest first, those that were revoked included."""
        return tuple(self._connection.read(TokensRecord, "tokens").tokens)

    def revoke(self, token_id: str) -> TokenRecord:
        """From now on it opens nothing."""
        return self._connection.delete(TokenRecord, f"tokens/{part(token_id)}")
