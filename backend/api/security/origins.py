"""From which web page a request comes: one of another site is refused, unless the settings name it."""

from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import Scope

from backend.api.errors import Forbidden

SENT = "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer, X-Request-ID"
"""Headers that a page elsewhere may send."""
METHODS = "GET, HEAD, POST, DELETE"
READ = b"ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
"""Headers that it may read."""
LATER = "600"
"""Seconds for which a browser may remember that it may ask."""

_PORTS = {"http": ":80", "https": ":443"}


class Origins:
    """The web pages that may ask.

    Args:
        allowed: origins beside the server's own, e.g. ``https://app.example.com``.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(origin.lower().rstrip("/").encode() for origin in allowed)

    def admit(self, scope: Scope, host: str) -> bytes | None:
        """The origin of a page elsewhere that may ask; None where the request comes from here, or from no page.

        Raises:
            Forbidden: it comes from a page of another site.
        """
        sent: dict[bytes, bytes] = dict(scope["headers"])
        origin = sent.get(b"origin")
        if origin is None:
            if sent.get(b"sec-fetch-site") in (b"cross-site", b"same-site") and not _visit(scope, sent):
                raise _elsewhere()
            return None
        if _same(origin.decode("latin-1").lower(), host):
            return None
        if origin.lower() in self._allowed:
            return origin
        raise _elsewhere()


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks if a page elsewhere may ask."""
    return scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )


def may_ask() -> Response:
    """What it is answered."""
    allowed = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": SENT,
        "Access-Control-Max-Age": LATER,
    }
    return Response(status_code=204, headers=allowed)


def shared_with(origin: bytes) -> list[tuple[bytes, bytes]]:
    """Headers that let the page read the answer."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", READ),
        (b"vary", b"Origin"),
    ]


def _same(origin: str, host: str) -> bool:
    """Whether an origin is the very host that was asked; a proxy may have taken the encryption off."""
    scheme, _, place = origin.partition("://")
    if scheme not in _PORTS:
        return False
    return any(place.removesuffix(port) == host.removesuffix(port) for port in _PORTS.values())


def _visit(scope: Scope, sent: dict[bytes, bytes]) -> bool:
    """Whether somebody follows a link: nothing that the page elsewhere could read or change."""
    return scope["method"] == "GET" and sent.get(b"sec-fetch-mode") == b"navigate"


def _elsewhere() -> Forbidden:
    return Forbidden("Web pages of other sites may not ask here.", "name the page in BACKPROOF_ALLOWED_ORIGINS")
