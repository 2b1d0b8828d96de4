"""The outermost gate: looks where a request comes from before anybody reads it, and guards every answer, errors too."""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import answer, problem
from backend.api.security.bodies import Bodies
from backend.api.security.headers import guard_answer
from backend.api.security.hosts import Hosts
from backend.api.security.idempotency import Idempotency
from backend.api.security.limits import Limits
from backend.api.security.origins import Origins, is_preflight, may_ask, shared_with
from backend.api.security.sign_in import SignIn
from backend.bootstrap.accounts import Accounts
from backend.domain.errors import BackproofError
from backend.settings import Settings

LONGEST_PATH = 2_048
LONGEST_QUERY = 8_192
MOST_HEADERS = 32_768
"""Bytes of all headers together."""


class Guard:
    """An application behind the gate.

    Args:
        app: what answers those who may ask.
        settings: which hosts and origins are allowed, and whether anybody signs in.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = Hosts(settings.allowed_hosts, only_here=settings.signs_in == "none")
        self._origins = Origins(settings.allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; there are no web sockets here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        more: list[tuple[bytes, bytes]] = []

        async def guarding(message: Message) -> None:
            if message["type"] == "http.response.start":
                guard_answer(message, encrypted=scope["scheme"] == "https", more=more)
            await send(message)

        refused: Response | None = None
        try:
            origin = self._origins.admit(scope, self._hosts.admit(scope))
            refused = _too_long(scope)
        except BackproofError as error:
            origin, refused = None, problem(error)
        if origin is not None:
            more.extend(shared_with(origin))
            refused = may_ask() if is_preflight(scope) else refused
        await (refused or self._app)(scope, receive, guarding)


def guarded(app: ASGIApp, accounts: Accounts, prefix: str) -> ASGIApp:
    """An application that is reached by those alone who signed in, in measure, and does a keyed request once.

    Args:
        app: what answers.
        accounts: of this machine.
        prefix: of the paths of accounts, e.g. ``/api/v1``.
    """
    read = Bodies(Idempotency(app, accounts), uploads=(f"{prefix}/data/import",))
    return SignIn(Limits(read, accounts.settings, prefix), accounts, prefix)


def _too_long(scope: Scope) -> Response | None:
    if len(scope.get("raw_path") or b"") > LONGEST_PATH or len(scope["query_string"]) > LONGEST_QUERY:
        return answer(414, "Too long", "The address is too long.", "ids and cursors are short; the rest is in the body")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
        return answer(431, "Too long", "The headers are too long.", "send fewer, or shorter ones")
    if not scope["path"].isprintable() or b"%00" in scope["query_string"]:
        return answer(400, "Bad request", "There are control characters in the address.", "leave them out")
    return None
