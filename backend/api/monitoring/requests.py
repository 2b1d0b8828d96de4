"""Measures every request, gives it an id, and writes one line about it."""

import re
import secrets
import time
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.monitoring.metrics import Metrics

log = structlog.get_logger()

REQUEST_ID = "X-Request-ID"
STATED_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""An id that a proxy gave the request; anything else is not taken over into logs."""

STREAM = "text/event-stream"


class Measured:
    """The application, each request of which is counted and told to the log: never its query, headers or body.

    Args:
        app: what answers.
        metrics: where requests are counted.
        clock: seconds of a clock that never goes back.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, clock: Callable[[], float] = time.perf_counter) -> None:
        self._app, self._metrics, self._clock = app, metrics, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the id of the request among the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Request(scope, self._clock())

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and request.note(message):
                self._told(request)  # a stream may last for hours: what counts is when it began
            await send(message)

        try:
            with structlog.contextvars.bound_contextvars(request_id=request.id):
                await self._app(scope, receive, noting)
        finally:
            if not request.streams:
                self._told(request)

    def _told(self, request: "_Request") -> None:
        seconds = self._clock() - request.began
        self._metrics.answered(request.route, request.method, request.status, seconds)
        facts = {"method": request.method, "route": request.route, "status": request.status}
        log.info("request.answered", **facts, ms=round(seconds * 1000, 2), request_id=request.id)


class _Request:
    """What is known of a request by and by."""

    def __init__(self, scope: Scope, began: float) -> None:
        stated = Headers(scope=scope).get(REQUEST_ID, "")
        self.id = stated if STATED_ID.fullmatch(stated) else secrets.token_hex(8)
        self.began = began
        self.method: str = scope["method"]
        self.status = 500
        self.streams = False
        self._scope = scope
        scope.setdefault("state", {})["request_id"] = self.id

    @property
    def route(self) -> str | None:
        """The template of its path, None where no route has it."""
        template: str | None = getattr(self._scope.get("route"), "path", None)
        return template

    def note(self, message: Message) -> bool:
        """Take up how the answer begins; whether it is a stream."""
        headers = MutableHeaders(scope=message)
        headers[REQUEST_ID] = self.id
        self.status = message["status"]
        self.streams = headers.get("content-type", "").startswith(STREAM)
        return self.streams
