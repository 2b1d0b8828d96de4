"""Jobs, of which each is had by one worker at a time; the service alone has any."""

from datetime import datetime
from typing import Any

from backend.domain.jobs import Job, JobKind, JobStatus
from backend.stores.codecs.jobs import job_of, job_row
from backend.stores.sql.tables import jobs
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_of, row_text


class SupabaseJobStore:
    """The JobStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def add_job(self, job: Job) -> None:
        """Raises Conflict where an unfinished job has the same kind and subject, or a job of that id is stored."""
        self._call("add_job", row=row_text(job_row(job)))

    def load_job(self, owner: str, job_id: str) -> Job:
        """Raises NotFound, naming ids that resemble it."""
        return _job(self._call("load_job", owner=owner, job_id=job_id))

    def list_jobs(self, owner: str, limit: int, after: str | None = None) -> tuple[Job, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput where that is none of the owner's."""
        return tuple(map(_job, self._call("list_jobs", owner=owner, limit=limit, after=after)))

    def unfinished(self, owner: str, kind: JobKind, subject_id: str) -> Job | None:
        """The job that is queued or runs for this subject."""
        return _found(self._call("unfinished_job", owner=owner, kind=kind, subject_id=subject_id))

    def claim(self, worker: str, now: datetime, leased_until: datetime, job_id: str | None = None) -> Job | None:
        """Give the worker the job that is due next, or that very job; None when there is none to have."""
        lease = {"now": now.isoformat(), "leased_until": leased_until.isoformat()}
        return _found(self._call("claim_job", worker=worker, **lease, job_id=job_id))

    def renew(self, job_id: str, worker: str, leased_until: datetime, progress: str) -> bool:
        """Extend the lease and say what is being done; False when the worker has lost the job."""
        until = leased_until.isoformat()
        return bool(self._call("renew_job", job_id=job_id, worker=worker, leased_until=until, progress=progress))

    def save_job(self, job: Job) -> bool:
        """Replace the record of a running job that ``job.worker`` has, but not the wish to stop it.

        False, and nothing is changed, when that worker has lost the job.
        """
        return bool(self._call("save_job", row=row_text(job_row(job))))

    def release(self, worker: str, now: datetime) -> tuple[str, ...]:
        """End the leases of a worker that is known to be dead; the ids of its jobs, which are due now."""
        return tuple(self._call("release_jobs", worker=worker, now=now.isoformat()))

    def running(self) -> tuple[Job, ...]:
        """Of all owners."""
        return tuple(map(_job, self._call("running_jobs")))

    def due(self, now: datetime) -> tuple[str, ...]:
        """Ids of jobs of all owners that could be claimed, oldest first."""
        return tuple(self._call("due_jobs", now=now.isoformat()))

    def request_cancel(self, owner: str, job_id: str, at: datetime) -> Job:
        """Set the flag that its worker polls; a queued one ends at once as cancelled. Raises NotFound."""
        return _job(self._call("cancel_job", owner=owner, job_id=job_id, at=at.isoformat()))

    def cancel_requested(self, job_id: str) -> bool:
        """Whether somebody asked the job to stop; False for an unknown one."""
        return bool(self._call("job_cancel_requested", job_id=job_id))

    def count(self) -> dict[JobStatus, int]:
        """How many jobs of all owners there are of each status that has any."""
        counted: dict[JobStatus, int] = self._call("count_jobs")
        return counted


def _job(row: dict[str, Any]) -> Job:
    return job_of(row_of(jobs, row))


def _found(row: dict[str, Any] | None) -> Job | None:
    return None if row is None else _job(row)
