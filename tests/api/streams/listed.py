"""A log in memory, and streams of it without anything around them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from starlette.types import Receive, Scope, Send

from backend.api.streams import Pace, Streams
from backend.domain.errors import NotFound, Unavailable
from backend.domain.sessions import Event

AT = datetime(2026, 2, 3, 15, 4, 5, tzinfo=UTC)


@dataclass
class ListedLog:
    """Events of a session that a test adds; its store can be away.

    Attributes:
        reads: how often it was read.
    """

    subject_id: str = "ses_1"
    over: bool = False
    away: bool = False
    gone: bool = False
    reads: int = 0
    _events: list[Event] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, count: int = 1, text: str = "") -> Event:
        """Add events; the last of them."""
        with self._lock:
            for _ in range(count):
                n = len(self._events) + 1
                data = {"text": text, "n": n}
                self._events.append(Event(id=n, session_id=self.subject_id, at=AT, type="notice", data=data))
            return self._events[-1]

    def check(self) -> None:
        """Everybody may."""

    def read(self, after: int, limit: int) -> tuple[Event, ...]:
        self.reads += 1
        if self.away:
            raise Unavailable("The store is away.")
        if self.gone:
            raise NotFound("There is no such session.")
        with self._lock:
            return tuple(self._events[after : after + limit])

    def ended(self) -> bool:
        return self.over


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stage:
    """Streams with a clock that a test moves; the application that a connection asks, too."""

    log: ListedLog = field(default_factory=ListedLog)
    clock: Hand = field(default_factory=Hand)
    failures: int = 1_000_000
    stopping: bool = False
    signed_in_for: timedelta | None = None
    after: int = 0

    def __post_init__(self) -> None:
        pace = Pace(tick=0.001, fastest=0.001, slowest=0.002, looks=1e9, failures=self.failures, clock=self.clock)
        self.streams = Streams(pace, lambda: AT, lambda: self.stopping)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a stream of the log."""
        until = None if self.signed_in_for is None else AT + self.signed_in_for
        stream = await self.streams.open(self.log, self.after, until)
        assert stream is not None
        await stream(scope, receive, send)
