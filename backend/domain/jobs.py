"""Work that outlives the request that asked for it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from backend.domain.record import Record

JobKind = Literal["session", "batch", "warm"]
JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]

UNFINISHED: tuple[JobStatus, ...] = ("queued", "running")


class Job(Record):
    """One piece of work; the work itself is kept elsewhere, under ``subject_id``.

    Attributes:
        subject_id: id of the session or batch that it runs; its own id where it is about neither.
        arguments: what beside the subject it needs, as plain values.
        tries: how often it was begun.
        not_before: when a job that is to be tried again may begin.
        worker: who runs it, or ran it last.
        leased_until: until when its worker has it to itself; a worker that lives says again and again that it does.
        cancel_requested: whether somebody asked it to stop.
        progress: what is being done, in a few words.
        result: what came of it, where that is kept nowhere else.
        error: why it failed, in one sentence.
    """

    job_id: str
    owner: str
    kind: JobKind
    subject_id: str
    status: JobStatus = "queued"
    arguments: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    tries: int = 0
    not_before: datetime | None = None
    worker: str | None = None
    leased_until: datetime | None = None
    cancel_requested: bool = False
    progress: str = ""
    result: dict[str, Any] | None = None
    error: str | None = None

    @property
    def session_id(self) -> str | None:
        """The session that it runs; None where it runs none."""
        return self.subject_id if self.kind == "session" else None
