"""What a list of sessions shows of each."""

from datetime import datetime
from typing import Self

from backend.domain.record import Record
from backend.domain.sessions import Session, Status
from backend.domain.verdict import Outcome


class SessionLine(Record):
    """A session in a list: what a row of it shows, read without the rest.

    Attributes:
        request: the user's words.
        understood: whether a goal was made of them.
        outcome: of its verdict; None before there is one.
    """

    session_id: str
    status: Status
    created_at: datetime
    request: str
    understood: bool
    outcome: Outcome | None = None
    bot_id: str | None = None

    @classmethod
    def of(cls, session: Session) -> Self:
        """What a row shows of a session that was read as a whole."""
        return cls(
            session_id=session.session_id,
            status=session.status,
            created_at=session.created_at,
            request=session.request.text,
            understood=session.understood,
            outcome=session.verdict.outcome if session.verdict else None,
            bot_id=session.bot_id,
        )


class UnreadableSession(Record):
    """A session in a list of which not even a line can be read."""

    session_id: str
    reason: str


ListedSession = SessionLine | UnreadableSession
