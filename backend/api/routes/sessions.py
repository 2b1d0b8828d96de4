"""Sessions: opened, shown, gone on with, and stopped."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from backend.api.answers import Answer
from backend.api.deps import Everybody, Served
from backend.api.documents.sessions import (
    CancelAnswer,
    MessageBody,
    ResumeBody,
    SessionBody,
    SessionDocument,
    SessionPage,
    SessionQueued,
    TurnAnswered,
    TurnQueued,
)
from backend.api.paging import Paged
from backend.api.paths import path_of
from backend.api.queued_sessions import QueuedSessions
from backend.domain.errors import NotFound
from backend.domain.jobs import Job
from backend.domain.sessions import Attempt, Status
from backend.services.documents import attempt_document, turn_document

router = APIRouter(tags=["sessions"])


async def queued_sessions(application: Served, everybody: Everybody) -> QueuedSessions:
    """The sessions of the account that asks."""
    return QueuedSessions(application, everybody)


Sessions = Annotated[QueuedSessions, Depends(queued_sessions)]

Wanted = Annotated[Status | None, Query(description="Only sessions of this status.")]


@router.post("/sessions", operation_id="open_session", status_code=202, response_model=SessionQueued)
def open_session(body: SessionBody, application: Served, sessions: Sessions) -> Answer:
    """Open a session: a request becomes a strategy that is improved by iteration and judged on data it has not seen.

    It runs as a job. Follow its events, or ask for the session until its status is no longer `running`.
    """
    return _queued(sessions.open(body.stated(application.settings.strategist)))


@router.get("/sessions", operation_id="list_sessions", response_model=SessionPage)
def list_sessions(page: Paged, sessions: Sessions, status: Wanted = None) -> Answer:
    """List sessions, newest first, and name those that cannot be read."""
    lines = sessions.lines(page.wanted, page.after, status)
    following = page.following(lines, lambda line: line.session_id)
    return Answer(sessions.rows(lines[: page.limit]) | {"next": following})


@router.get("/sessions/{session_id}", operation_id="show_session", response_model=SessionDocument)
def show_session(session_id: str, sessions: Sessions) -> Answer:
    """Show everything about a session: goal, periods, data, attempts, verdict with its checks, and what it cost."""
    return Answer(sessions.document(session_id))


@router.get("/sessions/{session_id}/attempts/{n}", operation_id="show_attempt", response_model=Attempt)
def show_attempt(session_id: str, n: int, application: Served) -> Answer:
    """Show one attempt of a session by its number: the strategy, its results on train and validation, its diagnosis."""
    session = application.sessions.load(application.owner, session_id)
    attempts = application.sessions.attempts(session)
    for attempt in attempts:
        if attempt.n == n:
            return Answer(attempt_document(attempt))
    raise NotFound(f"Session {session_id} has no attempt {str(n)[:20]}.", f"it has {len(attempts)} so far")


@router.post(
    "/sessions/{session_id}/messages",
    operation_id="say",
    status_code=202,
    response_model=TurnQueued,
    responses={200: {"model": TurnAnswered, "description": "A question, answered from stored numbers."}},
)
def say(session_id: str, body: MessageBody, sessions: Sessions) -> Answer:
    """Say something in a session: a refinement goes on iterating, a question is answered at once.

    What needs other data goes on in a session of its own, which the answer names.
    """
    said, job = sessions.say(session_id, body.text, body.iterations)
    turn = turn_document(said.turn) if said.turn else None
    if job is None:
        return Answer({"session_id": said.session.session_id, "turn": turn})
    return _queued(job, turn=turn)


@router.post(
    "/sessions/{session_id}/cancel", operation_id="cancel_session", status_code=202, response_model=CancelAnswer
)
def cancel_session(session_id: str, sessions: Sessions) -> Answer:
    """Ask a running session to stop; everything that was finished is kept, and it can be resumed."""
    session = sessions.cancel(session_id)
    return Answer({"session_id": session_id, "status": session.status, "cancel_requested": True}, 202)


@router.post(
    "/sessions/{session_id}/resume", operation_id="resume_session", status_code=202, response_model=SessionQueued
)
def resume_session(session_id: str, sessions: Sessions, body: ResumeBody | None = None) -> Answer:
    """Go on with a cancelled, failed or interrupted session from where it stopped, with a larger budget if stated."""
    return _queued(sessions.resume(session_id, (body or ResumeBody()).budget))


def _queued(job: Job, **beside: Any) -> Answer:
    document = {"session_id": job.subject_id, "job_id": job.job_id, "status": job.status} | beside
    return Answer(document, 202, location=path_of("sessions", job.subject_id))
