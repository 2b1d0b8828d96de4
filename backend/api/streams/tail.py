"""The end of a log that somebody listens to: its newest events, and one task that looks for more."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

import structlog

from backend.api.streams.lines import Line
from backend.api.streams.logs import PAGE, Log, Opening, lines_of
from backend.api.streams.pace import Pace
from backend.domain.errors import BackproofError, Unavailable

log = structlog.get_logger()

MOST_KEPT = 1_000
"""Events that a tail keeps, and ..."""
MOST_BYTES = 2_000_000
"""... their bytes; listeners further behind read pages from the store."""

LAST = ("session.ended", "batch.ended", "message.delta")
"""Events after which a log may have ended; whether it has is asked more often then."""

Read = TypeVar("Read")


class Listening(Protocol):
    """Somebody who waits for more."""

    def wake(self) -> None: ...


class Reading(Protocol):
    """Runs a call of the store in a thread."""

    async def __call__(self, call: Callable[[], Read]) -> Read: ...


class Tail:
    """The newest events of one log, shared by all that listen to it.

    Args:
        followed: the log.
        opening: what its first listener has, and the events after that.
        reading: runs calls of the store in threads.
        pace: how often it looks.
    """

    def __init__(self, followed: Log, opening: Opening, reading: Reading, pace: Pace) -> None:
        self.log = followed
        self.first = opening.after
        """Id of the event before the oldest that is kept."""
        self.ended = False
        """Whether the log has ended: listeners leave when they have its last event."""
        self.stopped = False
        """Whether listeners leave at once, whatever they have."""
        self.listeners: set[Listening] = set()
        self._kept: list[bytes] = []
        self._bytes = 0
        self._last_type = ""
        self._reading, self._pace = reading, pace
        self._pages: dict[int, asyncio.Future[tuple[Line, ...]]] = {}
        self._nudged = asyncio.Event()
        self._failures = 0
        self._asked_at = pace.clock()
        self._suspected = False
        self._add(opening.newer)

    @property
    def last(self) -> int:
        """Id of the newest event that is known."""
        return self.first + len(self._kept)

    def since(self, after: int, most_bytes: int) -> list[bytes] | None:
        """The events behind ``after``, encoded, up to about so many bytes; None where they are no longer kept."""
        if after < self.first:
            return None
        return list(first_bytes(islice(self._kept, after - self.first, None), most_bytes))

    def page(self, after: int) -> asyncio.Future[tuple[Line, ...]]:
        """A page from the store, read once for all who ask for it meanwhile."""
        if after not in self._pages:
            reading = asyncio.ensure_future(self._reading(partial(lines_of, self.log, after)))
            self._pages[after] = reading
            reading.add_done_callback(partial(self._paged, after))
        return self._pages[after]

    def _paged(self, after: int, reading: asyncio.Future[tuple[Line, ...]]) -> None:
        del self._pages[after]
        if not reading.cancelled():
            reading.exception()  # whoever asked is told, unless he has left

    def heard(self, line: Line) -> None:
        """Take an event that this process has just written."""
        self._add((line,))
        if line.id > self.last or line.type in LAST:
            self._nudged.set()

    def suspect_end(self) -> None:
        """Ask now whether the log has ended."""
        self._suspected = True
        self._nudged.set()

    def stop(self) -> None:
        """Let every listener leave at once."""
        self.stopped = True
        self._wake()

    async def follow(self, spacing: Callable[[], float]) -> None:
        """Look for more until the log has ended; an error that is no fault of the store ends it for all.

        Args:
            spacing: seconds between two looks at least, for all tails to be looked at in turn.
        """
        wait = self._pace.fastest
        while not (self.ended or self.stopped):
            nudged = await self._nudge(max(wait, spacing()))
            try:
                found = await self._look()
                self._failures = 0
            except BackproofError as error:
                found = 0
                self._failed(error)
            brisk = found or nudged or self._last_type in LAST
            wait = self._pace.fastest if brisk and not self._failures else self._pace.after_silence(wait)
        self._wake()

    async def _nudge(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._nudged.wait(), seconds)
        except TimeoutError:
            return False
        self._nudged.clear()
        return True

    async def _look(self) -> int:
        """Read what is new; the number of events."""
        asking = self._may_have_ended()
        ended, lines = await self._reading(partial(_looked, self.log, self.last, asking=asking))
        before = self.last
        self._add(lines)
        self.ended = ended and self.last == before
        if ended or len(lines) == PAGE:
            self._suspected = ended
            self._nudged.set()
        return self.last - before

    def _may_have_ended(self) -> bool:
        """Whether to ask: each time after an event that may be the last, otherwise now and then."""
        now = self._pace.clock()
        due = self._suspected or self._last_type in LAST or now - self._asked_at >= self._pace.heartbeat
        if due:
            self._asked_at, self._suspected = now, False
        return due

    def _failed(self, error: BackproofError) -> None:
        self._failures += 1
        lasting = not isinstance(error, Unavailable)
        if lasting or self._failures >= self._pace.failures:
            log.warning("stream.given_up", subject=self.log.subject_id, error=error.message)
            self.stop()

    def _add(self, lines: Sequence[Line]) -> None:
        for line in lines:
            if line.id == self.last + 1:  # those before are known, and one further on waits for those between
                self._kept.append(line.sent)
                self._bytes += len(line.sent)
                self._last_type = line.type
        self._forget_oldest()
        self._wake()

    def _forget_oldest(self) -> None:
        if len(self._kept) <= MOST_KEPT and self._bytes <= MOST_BYTES:
            return
        dropped = 0
        while len(self._kept) - dropped > MOST_KEPT // 2 or self._bytes > MOST_BYTES // 2:
            self._bytes -= len(self._kept[dropped])
            dropped += 1
        del self._kept[:dropped]
        self.first += dropped

    def _wake(self) -> None:
        for listener in self.listeners:
            listener.wake()


def first_bytes(lines: Iterable[bytes], most: int) -> Iterator[bytes]:
    """As many of the first as have that many bytes together; one at least."""
    for line in lines:
        yield line
        most -= len(line)
        if most <= 0:
            return


def _looked(followed: Log, after: int, *, asking: bool) -> tuple[bool, tuple[Line, ...]]:
    ended = asking and followed.ended()  # asked before reading, so that the last events are not missed
    return ended, lines_of(followed, after)
