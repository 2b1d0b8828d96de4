"""What keeps jobs, and what carries the word that there is one."""

from datetime import datetime
from typing import Protocol

from backend.domain.jobs import Job, JobKind


class JobStore(Protocol):
    """Jobs of all owners; a worker has a job to itself while its lease lasts, and no longer."""

    def add_job(self, job: Job) -> None:
        """Raises Conflict where an unfinished job has the same kind and subject, or a job of that id is stored."""

    def load_job(self, owner: str, job_id: str) -> Job:
        """Raises NotFound, naming ids that resemble it."""

    def list_jobs(self, owner: str, limit: int, after: str | None = None) -> tuple[Job, ...]:
        """Newest first, from the one behind ``after`` on."""

    def unfinished(self, owner: str, kind: JobKind, subject_id: str) -> Job | None:
        """The job that is queued or runs for this subject."""

    def claim(self, worker: str, now: datetime, leased_until: datetime, job_id: str | None = None) -> Job | None:
        """Give the worker the oldest job that is due, or that very job; None when there is none to have.

        A job is due when it is queued and its ``not_before`` has passed, or when its worker let the lease end.
        Two workers that ask at the same moment never get the same job.
        """

    def renew(self, job_id: str, worker: str, leased_until: datetime, progress: str) -> bool:
        """Extend the lease and say what is being done; False when the worker has lost the job."""

    def save_job(self, job: Job) -> bool:
        """Replace the record of a job that ``job.worker`` has; False when it has lost the job."""

    def release(self, worker: str, now: datetime) -> tuple[str, ...]:
        """End the leases of a worker that is known to be dead; the ids of its jobs, which are due now."""

    def running(self) -> tuple[Job, ...]:
        """Of all owners."""

    def due(self, now: datetime) -> tuple[str, ...]:
        """Ids of jobs of all owners that could be claimed, oldest first."""

    def request_cancel(self, owner: str, job_id: str) -> Job:
        """Set the flag that its worker polls; a queued one ends at once as cancelled. Raises NotFound."""

    def cancel_requested(self, job_id: str) -> bool: ...


class Delivery(Protocol):
    """Tells workers that there is a job; losing the word loses no job, for the store has it."""

    def announce(self, job: Job) -> None:
        """Raises Unavailable when the word cannot be sent now; the job waits in the store all the same."""
