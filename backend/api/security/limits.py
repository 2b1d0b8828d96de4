"""How often an account may ask: so many reads and so many writes in a minute, told in every answer."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.auth.signing_in import SignedIn
from backend.api.errors import problem
from backend.api.security.counting import Measure, Window, address_of, too_many
from backend.settings import Settings

READS = ("GET", "HEAD", "OPTIONS")


class Limits:
    """Counts the requests of each account; those of an address where nobody signed in.

    Args:
        app: what answers those who ask in measure.
        settings: how many are allowed, and where they are counted.
        prefix: of the paths that are counted.
    """

    def __init__(self, app: ASGIApp, settings: Settings, prefix: str) -> None:
        self._app = app
        self._prefix = prefix
        self._most = {"reads": settings.rate_reads, "writes": settings.rate_writes}
        self._measure = Measure(settings.redis_url if settings.jobs == "celery" else "", self._most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        name = "reads" if scope["method"] in READS else "writes"
        window = await self._measure.count(name, _who(scope))
        told = _told(name, self._most[name], window)

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *told]
            await send(message)

        answered = self._app if window.within else problem(too_many(window.wait))
        await answered(scope, receive, telling)


def _who(scope: Scope) -> str:
    found: SignedIn | None = scope.get("signed_in")
    return f"account {found.account.owner}" if found else f"address {address_of(scope)}"


def _told(name: str, most: int, window: Window) -> list[tuple[bytes, bytes]]:
    return [
        (b"ratelimit-policy", f'"{name}";q={most};w=60'.encode()),
        (b"ratelimit", f'"{name}";r={window.left};t={window.wait}'.encode()),
    ]
