"""Finds the account behind a request, by the settings of this machine."""

import time
from dataclasses import dataclass
from datetime import datetime

from backend.api.auth.user_tokens import user_tokens
from backend.api.errors import Unauthorized
from backend.bootstrap.accounts import Accounts
from backend.domain.accounts import Account

HINT = "send a valid token in the header Authorization, after the word Bearer"


@dataclass(frozen=True)
class SignedIn:
    """Who asks.

    Attributes:
        until: when that ends; None where it does not.
    """

    account: Account
    until: datetime | None = None


class SigningIn:
    """Turns what a request sends in its header into an account; safe for several threads.

    Args:
        accounts: of this machine.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        settings = accounts.settings
        self.anybody = SignedIn(Account(settings.owner)) if settings.signs_in == "none" else None
        self._users = user_tokens(settings, time.monotonic) if settings.signs_in == "supabase" else None

    def signed_in(self, token: str) -> SignedIn:
        """The account of a token.

        Raises:
            Unauthorized: the token opens nothing, for whatever reason.
            Unavailable: that cannot be told now.
        """
        found = self._by_api_token(token) if token.startswith("bp_") else self._by_user_token(token)
        if found is None:
            raise Unauthorized("The token is not valid.", HINT)
        return found

    def _by_api_token(self, text: str) -> SignedIn | None:
        token = self._accounts.service.tokens.find(text)
        return None if token is None else SignedIn(Account(token.owner), token.expires_at)

    def _by_user_token(self, text: str) -> SignedIn | None:
        user = self._users.user(text) if self._users else None
        if user is None:
            return None
        passed_on = text if self._accounts.service.push_command else None  # Supabase itself looks at it once more
        return SignedIn(Account(user.owner, passed_on), user.until)


def bearer_token(headers: list[tuple[bytes, bytes]]) -> str | None:
    """The token that the headers of a request hold; None where they hold no credentials at all.

    Raises:
        Unauthorized: there are credentials of another kind, or more than one.
    """
    sent = [value for name, value in headers if name == b"authorization"]
    if not sent:
        return None
    scheme, _, token = sent[0].decode("latin-1").strip().partition(" ")
    token = token.strip()
    if len(sent) > 1 or scheme.lower() != "bearer" or not token or not token.isascii() or " " in token:
        raise Unauthorized("The credentials are not a bearer token.", HINT)
    return token
