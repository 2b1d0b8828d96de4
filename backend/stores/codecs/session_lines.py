"""One row of a list of sessions, read without the rest of its session."""

from typing import Any

from backend.domain.errors import Unavailable
from backend.domain.session_lines import ListedSession, SessionLine, UnreadableSession
from backend.stores.codecs.documents import record_of


def line_of(row: dict[str, Any]) -> ListedSession:
    """The line of a row, or why there is none: the other rows of a list are shown all the same."""
    try:
        return record_of(SessionLine, row, f"session {row['session_id']}")
    except Unavailable as error:
        return UnreadableSession(session_id=row["session_id"], reason=error.message)
