"""One listener: the answer to its request, sent for as long as there may be more."""

import asyncio
import contextlib
from typing import Protocol

from fastapi import Response
from starlette.types import Receive, Scope, Send

from backend.api.streams.lines import HEARTBEAT, Line, beginning
from backend.api.streams.logs import Log, Opening
from backend.api.streams.pace import Pace
from backend.api.streams.tail import Tail, first_bytes
from backend.domain.errors import BackproofError

MOST_SENT = 65_536
"""Bytes that are sent at once, about."""

HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
"""No proxy may keep or gather what is meant to be read at once."""


class Room(Protocol):
    """Where listeners come in and leave."""

    def join(self, stream: "EventStream") -> Tail:
        """The tail of the log that the stream follows, from now on."""

    def leave(self, stream: "EventStream") -> None:
        """It follows no longer."""


class EventStream(Response):
    """The events of a log from one on, as server-sent events.

    It has a place in the log and no queue: what it has not sent yet is in the tail, or in the page that it read last.

    Args:
        room: where it comes in when it is sent, and leaves when it has ended.
        followed: the log.
        opening: what its client has, and what came after that.
        pace: how often it speaks, and how long it waits.
        ends_at: on the clock of the pace, when the sign-in of its client ends; None for never.
    """

    media_type = "text/event-stream"

    def __init__(self, room: Room, followed: Log, opening: Opening, pace: Pace, ends_at: float | None) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self.followed, self.opening = followed, opening
        self._room, self._pace, self._ends_at = room, pace, ends_at
        self._after = opening.after
        self._woken = asyncio.Event()
        self._sending: asyncio.Future[None] | None = None
        self._page: asyncio.Future[tuple[Line, ...]] | None = None
        self._rest: list[bytes] = []
        """Of that page, what is not sent yet."""
        self._failures = 0
        self._silent = self._over = False
        self._spoke_at = pace.clock()
        self._sending_since: float | None = None

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the log, the client, the sign-in or the server ends."""
        tail = self._room.join(self)
        self._sending = asyncio.ensure_future(self._stream(tail, send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({self._sending, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._room.leave(self)
            self._sending.cancel()
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):  # a client that went away is no error
                await self._sending

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    def tick(self, now: float) -> None:
        """See what is due: the end of a sign-in or of patience, a heartbeat, another look for a page."""
        if self._sending_since is not None:
            if now - self._sending_since >= self._pace.patience and self._sending:
                self._sending.cancel()
            return
        self._over = self._over or (self._ends_at is not None and now >= self._ends_at)
        self._silent = now - self._spoke_at >= self._pace.heartbeat
        if self._over or self._silent or self._failures:
            self.wake()

    async def _stream(self, tail: Tail, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await self._put(send, beginning(self._pace.retry))
        while not self._finished(tail):
            if ready := self._ready(tail):
                await self._put(send, ready)
            elif not self._finished(tail):
                await self._woken.wait()
            self._woken.clear()
        await self._put(send, b"", more=False)

    def _finished(self, tail: Tail) -> bool:
        if self._over or tail.stopped:
            return True
        return tail.ended and self._after >= tail.last

    def _ready(self, tail: Tail) -> bytes:
        """What to send now; nothing where the next event is yet to come."""
        found = None if self._rest else tail.since(self._after, MOST_SENT)
        lines = self._stored(tail) if found is None else found
        self._after += len(lines)
        if not lines and self._silent:
            return HEARTBEAT
        return b"".join(lines)  # of a single one these very bytes, which all listeners share

    def _stored(self, tail: Tail) -> list[bytes]:
        """What is next of a page from the store; nothing until it is read."""
        if not self._rest and not self._paged(tail):
            return []
        taken = list(first_bytes(self._rest, MOST_SENT))
        del self._rest[: len(taken)]
        return taken

    def _paged(self, tail: Tail) -> bool:
        """Whether another page has been read."""
        if self._page is None:
            self._page = tail.page(self._after)
            self._page.add_done_callback(lambda _: self.wake())
        if not self._page.done():
            return False
        page, self._page = self._page, None
        try:
            self._rest = [line.sent for line in page.result()]
        except BackproofError:
            self._failures += 1  # asked for again at the next tick
            self._over = self._failures >= self._pace.failures
            return False
        self._failures = 0
        return bool(self._rest)

    async def _put(self, send: Send, sent: bytes, *, more: bool = True) -> None:
        self._sending_since = self._pace.clock()
        await send({"type": "http.response.body", "body": sent, "more_body": more})
        self._spoke_at, self._sending_since, self._silent = self._pace.clock(), None, False


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
