"""Opens, finds, cancels and shows sessions, adds turns to them, and writes their event log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from backend.domain.conversation import Turn
from backend.domain.errors import Conflict
from backend.domain.goal import Goal
from backend.domain.models import ModelChoice
from backend.domain.periods import Periods
from backend.domain.ports import Clock, NewId, SessionStore
from backend.domain.session_lines import ListedSession
from backend.domain.sessions import Attempt, Event, EventType, Session, SessionRequest, Status
from backend.services.turns import asked_back, turns_of

Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Beginning:
    """What a session begins with when it carries another one on: a goal, and dates to cut its history at.

    Attributes:
        session_id: the id that was promised to the session that it carries on.
        continues: that session.
        periods: None to cut its history anew.
    """

    session_id: str
    continues: str
    goal: Goal
    periods: Periods | None = None


class Sessions:
    """Sessions of all owners; a record is replaced as a whole, attempts and events are only added.

    Args:
        store: where they are kept.
        clock: the present moment in UTC.
        new_id: makes the id of a session.
    """

    def __init__(self, store: SessionStore, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._listeners: list[Listener] = []

    def open(
        self,
        owner: str,
        request: SessionRequest,
        strategist: str,
        model: ModelChoice | None = None,
        beginning: Beginning | None = None,
    ) -> Session:
        """Store a new session with its request as the first turn; its id is known before any work is done."""
        at = self._clock()
        goal = beginning.goal if beginning else None
        session = Session(
            session_id=beginning.session_id if beginning else self.new_id(),
            owner=owner,
            request=request,
            status="running",
            strategist=strategist,
            created_at=at,
            goal=goal,
            periods=beginning.periods if beginning else None,
            continues=beginning.continues if beginning else None,
            model=model,
            turns=(Turn(n=1, kind="request", text=request.text, at=at, goal=goal, iterations=request.iterations),),
        )
        self._store.add_session(session)
        self.log(session, "started", "session.started", _begun(session, request.text))
        return session

    def new_id(self) -> str:
        """An id that no session has yet."""
        return self._new_id("ses")

    def now(self) -> datetime:
        """The present moment in UTC."""
        return self._clock()

    def load(self, owner: str, session_id: str) -> Session:
        """Raises NotFound."""
        return self._store.load_session(owner, session_id)

    def lines(
        self, owner: str, limit: int, after: str | None = None, status: Status | None = None
    ) -> tuple[ListedSession, ...]:
        """Newest first, from the one behind ``after`` on; of one status where one is stated.

        Raises:
            InvalidInput: the owner has no session ``after``.
        """
        return self._store.session_lines(owner, limit, after, status)

    def save(self, session: Session) -> Session:
        """Replace the stored record."""
        self._store.save_session(session)
        return session

    def go_on(self, session: Session, turn: Turn) -> Session:
        """Add a turn to a session; one that makes attempts sets it running again.

        What the session says at the top is that of its latest turn, so the outcome of the turn before goes; it stays
        in that turn's ending. Whoever calls this holds the lock of the session.

        Raises:
            Conflict: the session runs, or has another number of turns by now.
        """
        current = self.load(session.owner, session.session_id)
        if current.status == "running":
            raise Conflict(
                f"Session {session.session_id} is running; a turn is added when it has ended.",
                f"wait until it has ended, cancel it, or resume it: `backproof sessions resume {session.session_id}`",
            )
        before = asked_back(current, turns_of(current, len(self.attempts(current))))
        if turn.n != len(before) + 1:
            raise Conflict(f"Session {session.session_id} went on meanwhile.", "say it again")
        update: dict[str, Any] = {"turns": (*before, turn)}
        runs = turn.iterations > 0
        if runs:
            self.clear_cancel(current)
            update |= _cleared(turn)
        stored = self.save(current.model_copy(update=update))
        self._tell(stored, turn, runs=runs)
        return stored

    def _tell(self, session: Session, turn: Turn, *, runs: bool) -> None:
        told = {"turn": turn.n, "kind": turn.kind, "understood": list(turn.understood)}
        if runs:
            self.log(session, turn.step("started"), "session.started", _begun(session, turn.text) | told)
        else:
            said = {"text": turn.text, "answer": turn.answer, "session_id": turn.session_id}
            self.log(session, turn.step("said"), "message.delta", said | told)

    def stop(self, session: Session, status: Literal["cancelled", "failed"], reason: str | None = None) -> None:
        """Record that a running session stopped before its end; nothing is changed unless it is running."""
        current = self.load(session.owner, session.session_id)
        if current.status == "running":
            self.save(current.model_copy(update={"status": status, "failed_reason": reason}))
            step = f"ended.{len(self.events(session.owner, session.session_id))}"
            self.log(current, step, "session.ended", {"status": status, "reason": reason})

    def attempts(self, session: Session) -> tuple[Attempt, ...]:
        """Ascending by number."""
        return self._store.list_attempts(session.session_id)

    def periods_behind(self, owner: str, symbols: tuple[str, ...], spec_hash: str) -> Periods | None:
        """The cut of the newest session of these symbols that tried this very strategy; None without one."""
        tried = self._store.sessions_that_tried(owner, spec_hash)
        return next((session.periods for session in tried if session.goal and session.goal.symbols == symbols), None)

    def events(self, owner: str, session_id: str, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
        """Events with an id above ``after``, all of them or the first ``limit``. Raises NotFound."""
        self._store.load_session(owner, session_id)
        return self._store.list_events(session_id, after, limit)

    def cancel(self, owner: str, session_id: str) -> Session:
        """Ask a running session to stop. Raises NotFound; Conflict when it has ended."""
        session = self._store.load_session(owner, session_id)
        if session.status != "running":
            raise Conflict(
                f"Session {session_id} is {session.status}; only a running session can be cancelled.",
                f"look at it: `backproof sessions show {session_id}`",
            )
        self._store.request_cancel(owner, session_id, wanted=True)
        return session

    def clear_cancel(self, session: Session) -> None:
        """Forget an earlier wish to stop, because the session goes on."""
        self._store.request_cancel(session.owner, session.session_id, wanted=False)

    def cancelled(self, session: Session) -> bool:
        """Whether somebody asked the session to stop."""
        return self._store.cancel_requested(session.session_id)

    def log(self, session: Session, step: str, type: EventType, data: dict[str, Any]) -> None:
        """Append an event once a step, and tell the listeners."""
        event = self._store.append_event(session.session_id, step, type, data, self._clock())
        if event is not None:
            for listener in self._listeners:
                listener(event)

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every event that this process appends."""
        self._listeners.append(listener)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Call ``listener`` with every event that this process appends while the block runs."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)


def _begun(session: Session, text: str) -> dict[str, Any]:
    named = {"strategist": session.strategist, "mode": session.request.strategist}
    return {"request": text, "seed": session.request.seed, "model": session.model and session.model.label} | named


def _cleared(turn: Turn) -> dict[str, Any]:
    """The top of a session at the start of a turn: running towards the turn's goal, with no outcome yet."""
    outcome = dict.fromkeys(("chosen", "verdict", "holdout", "null_league", "lift", "question", "failed_reason"))
    return {"status": "running", "goal": turn.goal, **outcome}
