"""Jobs as they cross HTTP."""

from datetime import datetime

from pydantic import ConfigDict, JsonValue

from backend.domain.jobs import JobKind, JobStatus
from backend.domain.record import Record

JOB: dict[str, JsonValue] = {
    "job_id": "job_9d2e41aa07c5",
    "kind": "session",
    "subject_id": "ses_1f0c9a2b7d43",
    "status": "running",
    "created_at": "2026-11-22T09:30:00Z",
    "started_at": "2026-11-22T09:30:01Z",
    "ended_at": None,
    "tries": 1,
    "not_before": None,
    "cancel_requested": False,
    "progress": "",
    "result": None,
    "error": None,
}


class JobRecord(Record):
    """One piece of work that outlives the request that asked for it.

    Attributes:
        subject_id: the session or batch that it runs; its own id where it is about neither.
        tries: how often it was begun.
        not_before: when one that is to be tried again may begin.
        cancel_requested: whether somebody asked it to stop.
        progress: what is being done, in a few words.
        result: what came of it, where that is kept nowhere else.
        error: why it failed, or why it is tried again.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [JOB]})

    job_id: str
    kind: JobKind
    subject_id: str
    status: JobStatus
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    tries: int
    not_before: datetime | None
    cancel_requested: bool
    progress: str
    result: dict[str, JsonValue] | None
    error: str | None


class JobPage(Record):
    """A page of jobs, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"jobs": [JOB], "next": None}]})

    jobs: tuple[JobRecord, ...]
    next: str | None
