"""What keeps sessions and the ledger, and says who runs which session."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from backend.domain.ledger import Opening, TrialBatch
from backend.domain.session_lines import ListedSession
from backend.domain.sessions import Attempt, Event, EventType, Session, Status


class SessionStore(Protocol):
    """Sessions with their attempts, trials and event log; writes are keyed, so a step run twice is written once."""

    def add_session(self, session: Session) -> None: ...

    def load_session(self, owner: str, session_id: str) -> Session:
        """Raises NotFound, naming ids that resemble it."""

    def session_lines(
        self, owner: str, limit: int, after: str | None = None, status: Status | None = None
    ) -> tuple[ListedSession, ...]:
        """Newest first, from the one behind ``after`` on; of one status where one is stated.

        A row that cannot be read is told in its place.

        Raises:
            InvalidInput: the owner has no session ``after``.
        """

    def sessions_with_attempts(self, owner: str) -> tuple[Session, ...]:
        """Those that showed at least one attempt, newest first, in one read."""

    def sessions_that_tried(self, owner: str, spec_hash: str) -> tuple[Session, ...]:
        """Those with an attempt of this very strategy, newest first."""

    def save_session(self, session: Session) -> None:
        """Replace the stored record."""

    def append_event(
        self, session_id: str, step: str, type: EventType, data: dict[str, Any], at: datetime
    ) -> Event | None:
        """Append with the next id; None when (session, step) was appended before."""

    def list_events(self, session_id: str, after: int, limit: int | None = None) -> tuple[Event, ...]:
        """Events with an id above ``after``, ascending; all of them, or the first ``limit``."""

    def save_attempt(self, session_id: str, attempt: Attempt, trials: TrialBatch | None) -> None:
        """Insert or replace the attempt by (session, n), and add its trials once, in one transaction."""

    def add_trials(self, session_id: str, trials: TrialBatch) -> None:
        """Add the trials of a step once, without an attempt. Raises NotFound."""

    def list_attempts(self, session_id: str) -> tuple[Attempt, ...]:
        """Ascending by n."""

    def list_trials(self, session_id: str) -> tuple[TrialBatch, ...]:
        """In the order of their steps."""

    def request_cancel(self, owner: str, session_id: str, wanted: bool) -> None:
        """Set or clear the flag that a running session polls. Raises NotFound."""

    def cancel_requested(self, session_id: str) -> bool: ...

    def conclude(self, session: Session, opening: Opening | None, openings_seen: int) -> None:
        """Store the concluded session and its opening in one transaction.

        Raises:
            Conflict: the owner has more openings than ``openings_seen``, so the factor on p must be computed anew.
        """


class SessionLocks(Protocol):
    """One process at a time runs a session; the lock dies with its process."""

    def hold(self, session_id: str) -> AbstractContextManager[None]:
        """Raises Conflict when another process holds it."""

    def held(self, session_id: str) -> bool:
        """Whether some process runs the session now."""


class LedgerStore(Protocol):
    """Openings of an owner."""

    def list_openings(self, owner: str) -> tuple[Opening, ...]:
        """In the order in which they were made."""
