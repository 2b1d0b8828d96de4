"""Connections to event streams in this process: each takes what is sent to it, or takes its time."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

from backend.api.paths import PREFIX
from tests.api.serving import ADDRESS

ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)


@dataclass
class Connection:
    """One request to the application and what came back.

    Attributes:
        path: under ``/api/v1``, with its query.
        headers: beside the host.
        takes: whether its client takes what is sent; one that does not lets the sender wait.
        pieces: what came, as it was sent.
        last_id: of the last event that came.
    """

    app: ASGIApp
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    takes: bool = True
    status: int = 0
    answered: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    last_id: int = 0
    complete: bool = False
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _taking: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def ask(self) -> "Connection":
        """Send the request."""
        self._task = asyncio.ensure_future(self.app(self._scope(), self._receive, self._send))
        self._task.add_done_callback(lambda _: self._news.set())
        return self

    def take(self) -> None:
        """Take what is sent from now on."""
        self.takes = True
        self._taking.set()

    def hang_up(self) -> None:
        """Go away, as a client does whose network is lost."""
        self.take()
        self._gone.set()

    async def closed(self) -> None:
        """Wait until the application has let go of it."""
        assert self._task
        await asyncio.wait_for(self._task, 20)

    async def until(self, reached: Callable[["Connection"], bool]) -> None:
        """Wait until something is true of what came."""
        async with asyncio.timeout(20):
            while not reached(self):
                self._news.clear()
                await self._news.wait()

    async def reach(self, event_id: int) -> None:
        """Wait until the event of that id has come."""
        await self.until(lambda heard: heard.last_id >= event_id)

    async def begin(self) -> None:
        """Wait for the first bytes."""
        await self.until(lambda heard: bool(heard.pieces))

    @property
    def body(self) -> bytes:
        """All that came."""
        return b"".join(self.pieces)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The whole events that came."""
        return events_in(self.body)

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._gone.is_set():
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.answered = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        if not self.takes:
            await self._taking.wait()
        self.pieces.append(message.get("body", b""))
        self.last_id = int((ID.findall(self.pieces[-1]) or [self.last_id])[-1])
        self.complete = not message.get("more_body", False)
        self._news.set()

    def _scope(self) -> dict[str, Any]:
        path, _, query = f"{PREFIX}/{self.path}".partition("?")
        headers = {"host": ADDRESS.removeprefix("http://")} | self.headers
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }


def events_in(body: bytes) -> list[dict[str, Any]]:
    """The events of a stream whose blank line has come; each says the same id in its field and in its document."""
    whole = body.split(b"\n\n")[:-1]
    found = []
    for block in whole:
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if not line.startswith(b":"))
        if b"data" in fields:
            event = json.loads(fields[b"data"])
            assert (str(event["id"]), event["type"]) == (fields[b"id"].decode(), fields[b"event"].decode())
            found.append(event)
    return found


@asynccontextmanager
async def listening(app: ASGIApp, path: str = "", **more: Any) -> AsyncIterator[Connection]:
    """A connection that hangs up at the end of the block."""
    connection = Connection(app, path, **more).ask()
    try:
        yield connection
    finally:
        connection.hang_up()
        await connection.closed()
