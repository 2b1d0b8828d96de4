"""All event streams of a server: which logs are followed, by whom, and when everything is let go."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

from backend.api.streams.lines import line_of
from backend.api.streams.listener import EventStream
from backend.api.streams.logs import Log, Opening, opened
from backend.api.streams.pace import Pace
from backend.api.streams.tail import Tail
from backend.domain.batches import BatchEvent
from backend.domain.errors import Unavailable
from backend.domain.sessions import Event

log = structlog.get_logger()

THREADS = 4
"""For reads of the store: streams never take those of the routes, and one that waits keeps no other from reading."""

Read = TypeVar("Read")


class Streams:
    """Opens streams; one task follows each log that somebody listens to, and none when nobody does.

    Args:
        pace: how often to look, speak and wait.
        now: the present moment in UTC.
        stopping: whether the server is about to end.
    """

    def __init__(self, pace: Pace, now: Callable[[], datetime], stopping: Callable[[], bool]) -> None:
        self._pace, self._now, self._stopping = pace, now, stopping
        self._tails: dict[str, tuple[Tail, asyncio.Task[None]]] = {}
        self._listeners: dict[EventStream, Tail] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._closed = False

    @property
    def listeners(self) -> int:
        """Streams that are open."""
        return len(self._listeners)

    @property
    def tails(self) -> int:
        """Logs that are followed."""
        return len(self._tails)

    async def open(self, followed: Log, after: int, until: datetime | None = None) -> EventStream | None:
        """A stream of the events behind ``after``; None where the log has ended and there are none.

        Args:
            followed: the log.
            after: id of the last event that the client has; 0 for none.
            until: when the sign-in of the client ends; None for never.

        Raises:
            NotFound: there is no such log for whoever asks.
            InvalidInput: it has no event ``after``.
            Unavailable: the server is about to end.
        """
        if self._closed or self._stopping():
            raise Unavailable("The server is about to end.", "ask again in a moment")
        opening = await self._read(partial(opened, followed, after))
        if opening.ended and not opening.newer:
            return None
        ends_at = None if until is None else self._pace.clock() + (until - self._now()).total_seconds()
        return EventStream(self, followed, opening, self._pace, ends_at)

    def hear(self, event: Event | BatchEvent) -> None:
        """Take an event that this process has just written, in whatever thread."""
        subject_id = event.session_id if isinstance(event, Event) else event.batch_id
        followed, loop = self._tails.get(subject_id), self._loop
        if followed is None or loop is None or loop.is_closed():
            return
        tail, line = followed[0], line_of(event)
        try:
            loop.call_soon_threadsafe(tail.heard, line)
        except RuntimeError:  # the server ended at this very moment; the store has the event
            log.debug("stream.unheard", subject=subject_id)

    def end(self) -> None:
        """End every stream at once, from whatever thread; none is opened any more."""
        self._closed = True
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._stop)

    def close(self) -> None:
        """End everything, the threads too."""
        self.end()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def join(self, stream: EventStream) -> Tail:
        """The tail of its log, which is followed already or from now on."""
        tail = self._tail(stream.followed, stream.opening)
        tail.listeners.add(stream)
        if stream.opening.ended:
            tail.suspect_end()
        self._listeners[stream] = tail
        if self._closed:
            tail.stop()
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.ensure_future(self._tick())
        return tail

    def leave(self, stream: EventStream) -> None:
        """Let go of what nobody listens to any more."""
        tail = self._listeners.pop(stream)
        tail.listeners.discard(stream)
        if not tail.listeners:
            self._forget(tail)
        if not self._listeners and self._ticking:
            self._ticking.cancel()
            self._ticking = None

    def _tail(self, followed: Log, opening: Opening) -> Tail:
        if known := self._tails.get(followed.subject_id):
            return known[0]
        self._loop = asyncio.get_running_loop()
        tail = Tail(followed, opening, self._read, self._pace)
        following = asyncio.ensure_future(tail.follow(self._spacing))
        following.add_done_callback(partial(self._followed, tail))
        self._tails[followed.subject_id] = (tail, following)
        return tail

    def _spacing(self) -> float:
        return len(self._tails) / self._pace.looks

    def _followed(self, tail: Tail, following: asyncio.Task[None]) -> None:
        """A log has ended, or following it has: whoever asks from now on begins anew."""
        self._forget(tail)
        if not following.cancelled() and (error := following.exception()):
            log.error("stream.failed", subject=tail.log.subject_id, exc_info=error)
            tail.stop()

    def _forget(self, tail: Tail) -> None:
        known = self._tails.get(tail.log.subject_id)
        if known and known[0] is tail:
            del self._tails[tail.log.subject_id]
            known[1].cancel()

    def _stop(self) -> None:
        for tail in set(self._listeners.values()):
            tail.stop()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._pace.tick)
            if self._stopping():
                self.end()
            now = self._pace.clock()
            for stream in tuple(self._listeners):
                stream.tick(now)

    async def _read(self, call: Callable[[], Read]) -> Read:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="streams")
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)
