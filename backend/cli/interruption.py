"""Refuses what cannot be done to a session whose process died."""

from typing import TYPE_CHECKING

from backend.domain.errors import Conflict

if TYPE_CHECKING:
    from backend.bootstrap import Application
    from backend.domain.sessions import Session


def refuse_interrupted(application: "Application", session: "Session") -> None:
    """Raises Conflict for a session that is stored as running, although no process runs it."""
    if application.interrupted(session):
        raise Conflict(
            f"Session {session.session_id} was interrupted: no process runs it any more.",
            f"go on with `backproof sessions resume {session.session_id}`",
        )
