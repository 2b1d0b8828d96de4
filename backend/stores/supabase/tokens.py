"""Tokens of scripts, by their hash."""

from datetime import datetime

from backend.domain.accounts import ApiToken
from backend.stores.codecs.accounts import token_of, token_row
from backend.stores.sql.tables import api_tokens
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_of, row_text


class SupabaseTokenStore:
    """The TokenStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def add_token(self, token: ApiToken) -> None:
        """Raises Conflict where there is one of that id or hash."""
        self._call("add_token", row=row_text(token_row(token)))

    def find_token(self, token_hash: str) -> ApiToken | None:
        """Whoever owns it; also one that has expired or was revoked."""
        row = self._call("find_token", hash=token_hash)
        return None if row is None else token_of(row_of(api_tokens, row))

    def load_token(self, owner: str, token_id: str) -> ApiToken:
        """Raises NotFound, naming ids that resemble it."""
        return token_of(row_of(api_tokens, self._call("load_token", owner=owner, token_id=token_id)))

    def list_tokens(self, owner: str) -> tuple[ApiToken, ...]:
        """Newest first, those that were revoked included."""
        return tuple(token_of(row_of(api_tokens, row)) for row in self._call("list_tokens", owner=owner))

    def revoke_token(self, owner: str, token_id: str, at: datetime) -> ApiToken:
        """From now on it opens nothing; one that was revoked before stays as it is. Raises NotFound."""
        row = self._call("revoke_token", owner=owner, token_id=token_id, at=at.isoformat())
        return token_of(row_of(api_tokens, row))
