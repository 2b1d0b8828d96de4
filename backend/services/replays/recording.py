"""What the store holds of a session that is to be played again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from backend.domain.conversation import Turn
from backend.domain.errors import Conflict
from backend.domain.ledger import Opening
from backend.domain.ports import LedgerStore, SessionStore
from backend.domain.sessions import Attempt, Event, Session, Status

REPLAYED: tuple[Status, ...] = ("done", "needs_input", "failed")
"""How a session may have ended to be played again; where a cancelled one was stopped is no fact that repeats."""


@dataclass(frozen=True)
class Recording:
    """A session as it is stored, with what happened in it and what its owner had seen.

    Attributes:
        events: ascending.
        openings: the owner's ledger as it is now, in the order in which they were made.
    """

    session: Session
    attempts: tuple[Attempt, ...]
    events: tuple[Event, ...]
    openings: tuple[Opening, ...]

    @classmethod
    def of(cls, sessions: SessionStore, ledger: LedgerStore, owner: str, session_id: str) -> Self:
        """Read it.

        Raises:
            NotFound: there is no such session.
            Conflict: it has not ended by itself.
        """
        session = sessions.load_session(owner, session_id)
        if session.status not in REPLAYED:
            raise Conflict(
                f"Session {session_id} is {session.status}; a session is replayed when it has ended by itself.",
                f"let it end first: `backproof sessions resume {session_id}`",
            )
        if any(_left(session, turn) for turn in session.turns[:-1]):
            raise Conflict(
                f"A turn of session {session_id} was cancelled, and where it was stopped does not repeat.",
                "replay a session in which every turn ended by itself",
            )
        return cls(
            session=session,
            attempts=tuple(sessions.list_attempts(session_id)),
            events=tuple(sessions.list_events(session_id, 0)),
            openings=tuple(ledger.list_openings(owner)),
        )

    def failed_in(self, turn: Turn | None) -> bool:
        """Whether this turn ended with an error; None for the only one of a session of an earlier version."""
        if turn is None or turn.n == self.session.turns[-1].n:
            return self.session.status == "failed"
        return self.session.turns[turn.n - 1].ending is None

    @property
    def data_notices(self) -> tuple[str, ...]:
        """What was said about the data when it was fetched, which does not happen again."""
        stopped = {stop.message for stop in self.session.stops}
        told = (str(event.data.get("text", "")) for event in self.events if event.type == "notice")
        return tuple(dict.fromkeys(text for text in told if text not in stopped))

    @property
    def verdicts_at(self) -> tuple[datetime, ...]:
        """When each turn that has an ending was judged."""
        return tuple(event.at for event in self.events if event.type == "verdict.reached")

    def seen_before(self, judged: int) -> "Seen":
        """What the owner had seen when the session was judged for the ``judged``-th time, from 0."""
        moments = self.verdicts_at
        if judged >= len(moments):
            return Seen(self.openings, None)
        since = moments[judged - 1] if judged else self.session.created_at
        own = [
            position
            for position, opening in enumerate(self.openings)
            if opening.subject_id == self.session.session_id and since <= opening.opened_at <= moments[judged]
        ]
        if own:
            return Seen(self.openings[: own[-1]], moments[judged])
        earlier = tuple(opening for opening in self.openings if opening.opened_at < moments[judged])
        return Seen(earlier, moments[judged])


def _left(session: Session, turn: Turn) -> bool:
    """Whether a turn that made attempts was left before its end, for no reason that is recorded."""
    ended = turn.ending is not None or turn.answer or not turn.iterations
    return not ended and not any(stop.turn == turn.n for stop in session.stops)


@dataclass(frozen=True)
class Seen:
    """What an owner had seen at one moment.

    Attributes:
        openings: in the order in which they were made.
        until: the moment; None for now.
    """

    openings: tuple[Opening, ...]
    until: datetime | None
