"""Access tokens of users as Supabase signs them (JWT): who it is, or that it is nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jwt

from backend.api.auth.published_keys import ALGORITHM, PublishedKeys
from backend.settings import Settings

AUDIENCE = "authenticated"
LEEWAY = 5.0
"""Seconds by which two clocks may differ."""
LONGEST = 8_192
"""Characters of a token that is looked at."""
LONGEST_OWNER = 100
HOSTED = ".supabase.co"


@dataclass(frozen=True)
class User:
    """Who a token says it is.

    Attributes:
        owner: the user's id.
        until: when the token ends.
    """

    owner: str
    until: datetime


class UserTokens:
    """Checks tokens of one project.

    Args:
        keys: its public keys.
        secret: with which a project of the older kind signs; empty for none.
        issuer: who must have issued a token; None where that cannot be known.
    """

    def __init__(self, keys: PublishedKeys, secret: str, issuer: str | None) -> None:
        self._keys = keys
        self._secret = secret
        self._issuer = issuer

    def user(self, text: str) -> User | None:
        """Who signs in with that token; None where it is forged, expired, or not meant for this project.

        Raises:
            Unavailable: the keys of the project cannot be had.
        """
        if len(text) > LONGEST:
            return None
        try:
            claims = self._claims(text)
        except jwt.PyJWTError:
            return None
        return _user(claims)

    def _claims(self, text: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(text)
        # the key goes with the algorithm: a public key is never a secret to sign with
        if header.get("alg") == ALGORITHM:
            key = self._keys.find(str(header.get("kid", "")))
            return self._decoded(text, key.key, ALGORITHM) if key else {}
        if header.get("alg") == "HS256" and self._secret:
            return self._decoded(text, self._secret, "HS256")
        return {}

    def _decoded(self, text: str, key: Any, algorithm: str) -> dict[str, Any]:
        required = ["exp", "sub", "aud", *(["iss"] if self._issuer else [])]
        claims: dict[str, Any] = jwt.decode(
            text,
            key,
            algorithms=[algorithm],
            audience=AUDIENCE,
            issuer=self._issuer,
            leeway=LEEWAY,
            options={"require": required},
        )
        return claims


def user_tokens(settings: Settings, timer: Callable[[], float]) -> UserTokens:
    """The tokens of the project that the settings name."""
    base = f"{settings.supabase_url.rstrip('/')}/auth/v1"
    hosted = (urlsplit(settings.supabase_url).hostname or "").endswith(HOSTED)
    keys = PublishedKeys(f"{base}/.well-known/jwks.json", timer)
    # elsewhere the project may be known to itself under another address than to us
    return UserTokens(keys, settings.supabase_jwt_secret.get_secret_value(), base if hosted else None)


def _user(claims: dict[str, Any]) -> User | None:
    owner, ends = claims.get("sub"), claims.get("exp")
    if not isinstance(owner, str) or not owner.isprintable() or not 0 < len(owner.strip()) <= LONGEST_OWNER:
        return None
    try:
        return User(owner, datetime.fromtimestamp(float(str(ends)), UTC))
    except (ValueError, OverflowError):
        return None
