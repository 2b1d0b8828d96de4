"""Sessions: opened, followed, spoken to."""

from collections.abc import Iterator
from typing import Any

from backend.api.documents.events import SessionEvents
from backend.api.documents.sessions import (
    CancelAnswer,
    MessageBody,
    ResumeBody,
    SessionBody,
    SessionDocument,
    SessionLine,
    SessionPage,
    SessionQueued,
    TurnAnswered,
    TurnQueued,
)
from backend.client.connection import Connection, parsed, part, stated
from backend.client.following import follow
from backend.client.paging import PAGE, pages
from backend.domain.models import Budget
from backend.domain.session_lines import UnreadableSession
from backend.domain.sessions import Attempt, Event

QUEUED = 202


class SessionCalls:
    """``client.sessions``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, request: str, **given: Any) -> SessionQueued:
        """Open a session; it runs from now on.

        Args:
            request: in plain words, such as ``momentum on AAPL with reddit, drawdown under 15 %``.
            given: the other fields of ``SessionBody``, such as ``symbols``, ``iterations`` or ``seed``.
        """
        body = stated(SessionBody, {"request": request, **given})
        return self._connection.write(SessionQueued, "POST", "sessions", body)

    def list(self) -> Iterator[SessionLine | UnreadableSession]:
        """Newest first, read page by page; those that the server cannot read come at the end of their page."""
        for page in pages(lambda after: self._connection.read(SessionPage, "sessions", limit=PAGE, cursor=after)):
            yield from page.sessions
            yield from page.unreadable

    def show(self, session_id: str) -> SessionDocument:
        """Everything about a session."""
        return self._connection.read(SessionDocument, _path(session_id))

    def attempt(self, session_id: str, n: int) -> Attempt:
        """One attempt, counted from 1."""
        return self._connection.read(Attempt, f"{_path(session_id)}/attempts/{n}")

    def events(self, session_id: str, after: int = 0) -> Iterator[Event]:
        """Each event behind ``after`` once, as it happens, until the session ends; lost connections are taken up."""
        return follow(self._connection, Event, f"{_path(session_id)}/events", after)

    def log(self, session_id: str, after: int = 0) -> SessionEvents:
        """The events behind ``after`` that are there now, as many as fit into one page."""
        return self._connection.read(SessionEvents, f"{_path(session_id)}/events", format="json", after=after)

    def say(self, session_id: str, text: str, iterations: int | None = None) -> TurnAnswered | TurnQueued:
        """Say something in a session: a question is answered at once, a refinement makes further attempts."""
        body = stated(MessageBody, {"text": text, "iterations": iterations})
        response = self._connection.send("POST", f"{_path(session_id)}/messages", body)
        if response.status_code == QUEUED:
            return parsed(TurnQueued, response)
        return parsed(TurnAnswered, response)

    def cancel(self, session_id: str) -> CancelAnswer:
        """Ask a session to stop; what it finished is kept."""
        return self._connection.write(CancelAnswer, "POST", f"{_path(session_id)}/cancel")

    def resume(self, session_id: str, budget: Budget | None = None) -> SessionQueued:
        """Let a session that was cut short go on."""
        body = stated(ResumeBody, {"budget": budget})
        return self._connection.write(SessionQueued, "POST", f"{_path(session_id)}/resume", body)

    def wait(self, session_id: str) -> SessionDocument:
        """Everything about a session when it has ended."""
        for _ in self.events(session_id):
            pass
        return self.show(session_id)


def _path(session_id: str) -> str:
    return f"sessions/{part(session_id)}"
