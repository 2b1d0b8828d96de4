"""The stored logs that streams follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backend.api.streams.lines import Line, line_of
from backend.bootstrap.accounts import Accounts
from backend.bootstrap.application import Application
from backend.domain.batches import BatchEvent
from backend.domain.errors import InvalidInput
from backend.domain.sessions import Event

PAGE = 100
"""Events that are read from the store at once."""


class Log(Protocol):
    """The events of one session or batch; they are only ever added, and their ids count up by one from 1 on."""

    @property
    def subject_id(self) -> str:
        """The session or the batch."""

    def check(self) -> None:
        """Raises NotFound where the account that asks has no such session or batch."""

    def read(self, after: int, limit: int) -> Sequence[Event] | Sequence[BatchEvent]:
        """Events with an id above ``after``, ascending, ``limit`` at most."""

    def ended(self) -> bool:
        """Whether nothing is going to be added, unless somebody takes it up again."""


@dataclass(frozen=True)
class SessionLog:
    """What happens in a session; once it was checked that the caller may, it is read in the name of the owner."""

    accounts: Accounts
    caller: Application
    subject_id: str

    def check(self) -> None:
        """Raises NotFound."""
        self.caller.sessions.load(self.caller.owner, self.subject_id)

    def read(self, after: int, limit: int) -> Sequence[Event]:
        """Events with an id above ``after``, ascending, ``limit`` at most."""
        return self._acting.stores.sessions.list_events(self.subject_id, after, limit)

    def ended(self) -> bool:
        """Whether it has a result or was stopped, has no job, and is run by nobody on this machine."""
        session = self._acting.sessions.load(self.caller.owner, self.subject_id)
        if session.status == "running" or self._acting.locks.held(self.subject_id):
            return False
        return self.accounts.jobs.unfinished(self.caller.owner, "session", self.subject_id) is None

    @property
    def _acting(self) -> Application:
        # The caller's own token may end before the stream of another listener to the same log.
        return self.accounts.acting_for(self.caller.owner)


@dataclass(frozen=True)
class BatchLog:
    """What happens in a batch; once it was checked that the caller may, it is read in the name of the owner."""

    accounts: Accounts
    caller: Application
    subject_id: str

    def check(self) -> None:
        """Raises NotFound."""
        self.caller.stores.batches.load_batch(self.caller.owner, self.subject_id)

    def read(self, after: int, limit: int) -> Sequence[BatchEvent]:
        """Events with an id above ``after``, ascending, ``limit`` at most."""
        return self._acting.stores.batches.list_events(self.subject_id, after, limit)

    def ended(self) -> bool:
        """Whether every cell has ended and it has no job."""
        batch = self._acting.stores.batches.load_batch(self.caller.owner, self.subject_id)
        if batch.status == "running":
            return False
        return self.accounts.jobs.unfinished(self.caller.owner, "batch", self.subject_id) is None

    @property
    def _acting(self) -> Application:
        return self.accounts.acting_for(self.caller.owner)


@dataclass(frozen=True)
class Opening:
    """A log at the moment when somebody began to listen.

    Attributes:
        after: id of the last event that the listener has.
        newer: the events after it, as many as a page holds.
        ended: whether none are to come.
    """

    after: int
    newer: tuple[Line, ...]
    ended: bool


def opened(log: Log, after: int) -> Opening:
    """Look at a log for somebody who has its events up to ``after``.

    Raises:
        NotFound: there is no such log for whoever asks.
        InvalidInput: it has no event ``after``.
    """
    log.check()
    ended = log.ended()  # asked before reading, so that the last events are not missed
    lines = lines_of(log, max(after - 1, 0))  # with the one that the listener has, to see that it is there
    if after and not lines:
        raise InvalidInput(
            f"{log.subject_id} has no event {after} yet.", "send the id of the last event that came, or none"
        )
    return Opening(after, lines[1:] if after else lines, ended)


def lines_of(log: Log, after: int) -> tuple[Line, ...]:
    """The page of a log behind ``after``, encoded."""
    return tuple(line_of(event) for event in log.read(after, PAGE))


def events_document(log: Log, after: int, limit: int) -> dict[str, Any]:
    """A page of a log for scripts: its events, the id to go on from, and whether the log has ended.

    Raises:
        NotFound: there is no such log for whoever asks.
    """
    log.check()
    ended = log.ended()
    events = log.read(after, limit)
    going_on = not ended or len(events) == limit
    last = events[-1].id if events else after
    return {"events": [event.model_dump() for event in events], "next": last if going_on else None, "ended": ended}
