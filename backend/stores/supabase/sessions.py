"""Sessions with their attempts, trials and event log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.domain.ledger import Opening, TrialBatch
from backend.domain.session_lines import ListedSession
from backend.domain.sessions import Attempt, Event, EventType, Session, Status
from backend.stores.codecs.documents import dump, parse, record_of
from backend.stores.codecs.ledger import opening_row, trial_row, trials_of
from backend.stores.codecs.rows import StoredRow
from backend.stores.codecs.session_lines import line_of
from backend.stores.sql.tables import trial_ledger
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_of, row_text


class SupabaseSessionStore:
    """The SessionStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def add_session(self, session: Session) -> None:
        """Store a new session.

        Raises:
            Conflict: a session of that id is stored.
        """
        self._call("add_session", row=_session_text(session))

    def load_session(self, owner: str, session_id: str) -> Session:
        """Raises NotFound, naming ids that resemble it."""
        document = self._call("load_session", owner=owner, session_id=session_id)
        return record_of(Session, document, f"session {session_id}")

    def session_lines(
        self, owner: str, limit: int, after: str | None = None, status: Status | None = None
    ) -> tuple[ListedSession, ...]:
        """Newest first, from the one behind ``after`` on; of one status where one is stated.

        Raises:
            InvalidInput: the owner has no session ``after``.
        """
        rows = self._call("session_lines", owner=owner, limit=limit, after=after, status=status)
        return tuple(map(line_of, rows))

    def sessions_with_attempts(self, owner: str) -> tuple[Session, ...]:
        """Those that showed at least one attempt, newest first, in one read."""
        return _sessions_of(self._call("sessions_with_attempts", owner=owner))

    def sessions_that_tried(self, owner: str, spec_hash: str) -> tuple[Session, ...]:
        """Those with an attempt of this very strategy, newest first."""
        return _sessions_of(self._call("sessions_that_tried", owner=owner, spec_hash=spec_hash))

    def save_session(self, session: Session) -> None:
        """Replace the stored record. Raises NotFound."""
        self._call("save_session", row=_session_text(session))

    def append_event(
        self, session_id: str, step: str, type: EventType, data: dict[str, Any], at: datetime
    ) -> Event | None:
        """Append with the next id; None when (session, step) was appended before. Raises NotFound."""
        row = {"session_id": session_id, "step": step, "type": type, "data": data, "at": at}
        number = self._call("append_event", row=row_text(row))
        if number is None:
            return None
        return Event(id=number, session_id=session_id, at=at, type=type, data=parse(dump(data)))

    def list_events(self, session_id: str, after: int, limit: int | None = None) -> tuple[Event, ...]:
        """Events with an id above ``after``, ascending; all of them, or the first ``limit``."""
        rows = self._call("list_events", session_id=session_id, after=after, limit=limit)
        return tuple(record_of(Event, row, f"event {row['id']} of session {session_id}") for row in rows)

    def save_attempt(self, session_id: str, attempt: Attempt, trials: TrialBatch | None) -> None:
        """Insert or replace the attempt by (session, n), and add its trials once, in one transaction.

        Raises:
            NotFound: there is no such session.
        """
        row = {"session_id": session_id, "n": attempt.n, "attempt_id": attempt.attempt_id, "document": attempt}
        batch = None if trials is None else row_text(trial_row("", session_id, trials))
        self._call("save_attempt", attempt=row_text(row), trials=batch)

    def add_trials(self, session_id: str, trials: TrialBatch) -> None:
        """Add the trials of a step that makes no attempt; a step run again is counted once. Raises NotFound."""
        self._call("add_trials", row=row_text(trial_row("", session_id, trials)))

    def list_attempts(self, session_id: str) -> tuple[Attempt, ...]:
        """Ascending by n."""
        documents = self._call("list_attempts", session_id=session_id)
        return tuple(record_of(Attempt, document, f"attempt of session {session_id}") for document in documents)

    def list_trials(self, session_id: str) -> tuple[TrialBatch, ...]:
        """In the order in which their steps were stored."""
        rows = self._call("list_trials", session_id=session_id)
        return tuple(trials_of(row_of(trial_ledger, row)) for row in rows)

    def request_cancel(self, owner: str, session_id: str, wanted: bool) -> None:
        """Set or clear the flag that a running session polls. Raises NotFound."""
        self._call("request_cancel", owner=owner, session_id=session_id, wanted=wanted)

    def cancel_requested(self, session_id: str) -> bool:
        """Whether somebody asked the session to stop; False for an unknown one."""
        return bool(self._call("cancel_requested", session_id=session_id))

    def conclude(self, session: Session, opening: Opening | None, openings_seen: int) -> None:
        """Store the concluded session and its opening in one transaction; an opening already stored counts once.

        Raises:
            Conflict: the owner has more openings than ``openings_seen``, so the factor on p must be computed anew.
            NotFound: there is no such session.
        """
        opened = None if opening is None else row_text(opening_row(opening))
        self._call("conclude", row=_session_text(session), opening=opened, openings_seen=openings_seen)


def _session_text(session: Session) -> str:
    named = {name: getattr(session, name) for name in ("owner", "session_id", "status", "created_at")}
    return row_text(named | {"document": session})


def _sessions_of(rows: Sequence[StoredRow]) -> tuple[Session, ...]:
    return tuple(record_of(Session, row["document"], f"session {row['session_id']}") for row in rows)
