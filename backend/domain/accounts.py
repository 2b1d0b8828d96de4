"""Who asks: an account with its rows, and the tokens that scripts use in its name."""

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import Field

from backend.domain.record import Record, Text


@dataclass(frozen=True)
class Account:
    """Whose rows a request reads and writes.

    Attributes:
        owner: the user's id; the name in the settings where there are no accounts.
        access_token: the user's own token for Supabase; None where the service acts in the user's name.
    """

    owner: str
    access_token: str | None = field(default=None, repr=False)


class ApiToken(Record):
    """A token for scripts as it is kept: the token itself is never stored.

    Attributes:
        token_hash: SHA-256 of the whole token, in hexadecimal digits.
        expires_at: None for one that lasts until it is revoked.
    """

    token_id: str
    owner: str
    name: Text = Field(min_length=1, max_length=80)
    token_hash: str = Field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def usable(self, at: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
