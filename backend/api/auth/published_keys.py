"""The public keys with which a Supabase project signs, as it publishes them (JWKS)."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import httpx
import jwt
import structlog

from backend.domain.errors import Unavailable

log = structlog.get_logger()

ALGORITHM = "ES256"
FRESH = 600.0
"""Seconds after which the keys are asked for again: a project may have withdrawn one."""
BETWEEN = 5.0
"""Seconds at least between two visits: whoever invents names of keys makes no more of them."""
LARGEST = 100_000
"""Bytes of an answer that is read."""


@dataclass(frozen=True)
class _Read:
    """What was published at a moment."""

    keys: dict[str, jwt.PyJWK]
    at: float


class PublishedKeys:
    """Keys by their name, asked for when they are needed; safe for several threads, of which one asks.

    Args:
        url: where they are published.
        timer: seconds that only go up.
    """

    def __init__(self, url: str, timer: Callable[[], float]) -> None:
        self._url = url
        self._timer = timer
        self._lock = Lock()
        self._read: _Read | None = None
        self._asked: float | None = None

    def find(self, name: str) -> jwt.PyJWK | None:
        """The key of that name.

        Raises:
            Unavailable: the project does not answer, and its keys were never read.
        """
        read = self._read
        if read is not None and name in read.keys and self._timer() - read.at < FRESH:
            return read.keys[name]
        with self._lock:
            self._read_again(name)
            return self._read.keys.get(name) if self._read else None

    def _read_again(self, name: str) -> None:
        now = self._timer()
        if self._read and name in self._read.keys and now - self._read.at < FRESH:
            return  # another thread has asked meanwhile
        if self._asked is not None and now - self._asked < BETWEEN:
            if self._read is None:
                raise _away()
            return
        self._asked = now
        try:
            self._read = _Read(_published(self._url), now)
        except (httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            log.warning("published_keys.not_read", reason=type(error).__name__)
            if self._read is None:
                raise _away() from None


def _published(url: str) -> dict[str, jwt.PyJWK]:
    """The keys that sign with the one algorithm that is taken, by name; others are passed over."""
    with httpx.Client(timeout=httpx.Timeout(5.0), follow_redirects=False) as client:
        answer = client.get(url).raise_for_status()
    if len(answer.content) > LARGEST:
        raise ValueError("the answer is too long")
    found = {}
    for published in answer.json()["keys"]:
        key = _key(published)
        if key is not None and key.key_id:
            found[key.key_id] = key
    return found


def _key(published: dict[str, Any]) -> jwt.PyJWK | None:
    shape = (published.get("kty"), published.get("crv"))
    if shape != ("EC", "P-256") or published.get("use", "sig") != "sig" or published.get("alg", ALGORITHM) != ALGORITHM:
        return None
    public = {name: value for name, value in published.items() if name != "d"}
    try:
        return jwt.PyJWK.from_dict(public, ALGORITHM)
    except jwt.PyJWTError:
        return None


def _away() -> Unavailable:
    return Unavailable("Accounts cannot be checked now: Supabase does not tell its keys.", "try again in a moment")
