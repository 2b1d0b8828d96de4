"""Sessions of an account whose work is done by jobs: opened, gone on with, stopped and shown."""

from collections.abc import Sequence
from typing import Any

from backend.agents.conversation.conversation import Said
from backend.bootstrap import Application, done_before, queued_once, repeating
from backend.bootstrap.accounts import Accounts
from backend.domain.errors import Conflict
from backend.domain.jobs import Job
from backend.domain.models import Budget
from backend.domain.session_lines import ListedSession, SessionLine
from backend.domain.sessions import Session, SessionRequest, Status
from backend.services.documents import session_document, sessions_document
from backend.services.jobs import Jobs
from backend.services.sessions import Sessions

RESUMABLE: tuple[Status, ...] = ("running", "cancelled", "failed")


class QueuedSessions:
    """What can be done with sessions over HTTP.

    A request that is sent again after it was cut short finds what its first try stored, and does the rest.

    Args:
        application: of the account that asks.
        accounts: whose jobs do the work.
    """

    def __init__(self, application: Application, accounts: Accounts) -> None:
        self._application = application
        self._accounts = accounts
        self._owner = application.owner

    @property
    def _sessions(self) -> Sessions:
        """Opens the store, which may take long, so not before it is asked for something."""
        return self._application.sessions

    @property
    def _jobs(self) -> Jobs:
        return self._accounts.jobs

    def open(self, request: SessionRequest) -> Job:
        """Store a new session, and have it run.

        Raises:
            InvalidInput: what it asks for is impossible, or its model or its budget cannot be had.
        """
        session = done_before("ses", self._load)
        if session is None:
            self._application.refuse_impossible(request)
            session = self._application.open_session(request)
        return self._run(session)

    def say(self, session_id: str, text: str, iterations: int | None) -> tuple[Said, Job | None]:
        """Store what the user says, and have it run unless stored numbers answered it.

        Raises:
            InvalidInput: the words cannot be used.
            NotFound: there is no such session.
            Conflict: the session runs.
        """
        said = self._said_before(session_id, text) if repeating() else None
        if said is None:
            self._refuse_awaited(session_id)
            said = self._application.conversation.say(self._owner, session_id, text, iterations)
        return said, self._run(said.session) if said.runs else None

    def resume(self, session_id: str, budget: Budget) -> Job:
        """Have a session that stopped before its end go on from where it stopped.

        Raises:
            NotFound: there is no such session.
            Conflict: it has ended, or somebody runs it.
        """
        session = self._load(session_id)
        if session.status not in RESUMABLE:
            raise Conflict(
                f"Session {session_id} is {session.status}; it has come to its end.", "say something in it to go on"
            )
        if self._application.locks.held(session_id):
            raise Conflict(f"Session {session_id} is running.", "wait until it has stopped, or cancel it")
        stated = budget.model_dump(exclude_none=True)
        return self._run(session, {"budget": stated} if stated else None)

    def cancel(self, session_id: str) -> Session:
        """Ask a session to stop; one that nobody has begun to work on has ended when this returns.

        Raises:
            NotFound: there is no such session.
            Conflict: it has ended.
        """
        session = self._load(session_id)
        job = self._job(session)
        if job is None or session.status == "running":
            session = self._sessions.cancel(self._owner, session_id)
        if job is not None:
            self._jobs.cancel(self._owner, job.job_id)
        elif self._application.interrupted(session):
            self._sessions.stop(session, "cancelled")
        return self._load(session_id)

    def document(self, session_id: str) -> dict[str, Any]:
        """Everything about a session. Raises NotFound."""
        session = self._load(session_id)
        job = self._job(session)
        interrupted = job is None and self._application.interrupted(session)
        document = session_document(session, self._sessions.attempts(session), interrupted=interrupted)
        return document | {"job_id": job.job_id if job else None}

    def lines(self, limit: int, after: str | None, status: Status | None) -> tuple[ListedSession, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when there is none of that id."""
        return self._sessions.lines(self._owner, limit, after, status)

    def rows(self, lines: Sequence[ListedSession]) -> dict[str, Any]:
        """Rows of a list, and those of which there is none."""
        left = [line.session_id for line in lines if isinstance(line, SessionLine) and self._left(line)]
        return sessions_document(lines, left)

    def _left(self, line: SessionLine) -> bool:
        """Whether neither a process runs it nor a job will."""
        return self._application.interrupted(line) and self._unfinished(line.session_id) is None

    def _load(self, session_id: str) -> Session:
        return self._sessions.load(self._owner, session_id)

    def _job(self, session: Session) -> Job | None:
        """The job that is to run the session or runs it."""
        return self._unfinished(session.session_id) if session.status in RESUMABLE else None

    def _unfinished(self, session_id: str) -> Job | None:
        return self._jobs.unfinished(self._owner, "session", session_id)

    def _run(self, session: Session, arguments: dict[str, Any] | None = None) -> Job:
        return queued_once(self._jobs, self._owner, "session", session.session_id, arguments)

    def _refuse_awaited(self, session_id: str) -> None:
        """Raises Conflict where the conversation is about to go on with what was said before."""
        present = self._application.conversation.present(self._owner, session_id)
        job = self._job(present)
        if job is not None:
            raise Conflict(
                f"Session {present.session_id} is about to go on with what was said before.",
                f"wait until job {job.job_id} has ended, or cancel the session",
            )
        self._jobs.refuse_unended(self._owner, "session", present.session_id)

    def _said_before(self, session_id: str, text: str) -> Said | None:
        """What an earlier try of this request has stored."""
        session = self._application.conversation.present(self._owner, session_id)
        turn = session.turns[-1]
        if turn.text != text.strip():
            return None
        return Said(session, turn, runs=turn.iterations > 0 and turn.ending is None)
