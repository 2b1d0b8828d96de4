"""What keeps jobs, what carries the word that there is one, and what a job is told while it runs."""

from datetime import datetime
from typing import Protocol

from backend.domain.jobs import Job, JobKind, JobStatus


class JobStore(Protocol):
    """Jobs of all owners; a worker has a job to itself while its lease lasts, and no longer."""

    def add_job(self, job: Job) -> None:
        """Raises Conflict where an unfinished job has the same kind and subject, or a job of that id is stored."""

    def load_job(self, owner: str, job_id: str) -> Job:
        """Raises NotFound, naming ids that resemble it."""

    def list_jobs(self, owner: str, limit: int, after: str | None = None) -> tuple[Job, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput where that is none of the owner's."""

    def unfinished(self, owner: str, kind: JobKind, subject_id: str) -> Job | None:
        """The job that is queued or runs for this subject."""

    def claim(self, worker: str, now: datetime, leased_until: datetime, job_id: str | None = None) -> Job | None:
        """Give the worker the job that is due next, or that very job; None when there is none to have.

        A job is due when it is queued and its ``not_before`` has passed, or when its worker let the lease end. Next is
        the oldest one of the owner for whom the fewest jobs run, so that nobody waits behind all that another queued.
        Two workers that ask at the same moment never get the same job.
        """

    def renew(self, job_id: str, worker: str, leased_until: datetime, progress: str) -> bool:
        """Extend the lease and say what is being done; False when the worker has lost the job."""

    def save_job(self, job: Job) -> bool:
        """Replace the record of a running job that ``job.worker`` has, but not the wish to stop it.

        False, and nothing is changed, when that worker has lost the job.
        """

    def release(self, worker: str, now: datetime) -> tuple[str, ...]:
        """End the leases of a worker that is known to be dead; the ids of its jobs, which are due now."""

    def running(self) -> tuple[Job, ...]:
        """Of all owners."""

    def due(self, now: datetime) -> tuple[str, ...]:
        """Ids of jobs of all owners that could be claimed, oldest first."""

    def request_cancel(self, owner: str, job_id: str, at: datetime) -> Job:
        """Set the flag that its worker polls; a queued one ends at once as cancelled. Raises NotFound."""

    def cancel_requested(self, job_id: str) -> bool:
        """Whether somebody asked the job to stop; False for an unknown one."""

    def count(self) -> dict[JobStatus, int]:
        """How many jobs of all owners there are of each status that has any."""


class Delivery(Protocol):
    """Tells workers that there is a job; losing the word loses no job, for the store has it."""

    def announce(self, job_id: str) -> None:
        """Raises Unavailable when the word cannot be sent now; the job waits in the store all the same."""


class Running(Protocol):
    """What a running job hears from its worker, and tells it."""

    def cancelled(self) -> bool:
        """Whether somebody asked the job to stop; cheap enough to poll often."""

    def leaving(self) -> bool:
        """Whether to stop as if killed, nothing being marked as ended: the worker ends, or has lost the job.

        Another worker takes it up then.
        """

    def tries_again(self, error: Exception, /) -> bool:
        """Whether the job is begun again after that error, so that nothing need be marked as failed."""

    def progress(self, text: str, /) -> None:
        """Say in a few words what is being done."""


class _Alone:
    """Work that belongs to no job."""

    def cancelled(self) -> bool:
        return False

    def leaving(self) -> bool:
        return False

    def tries_again(self, _error: Exception, /) -> bool:
        return False

    def progress(self, _text: str, /) -> None:
        return None


ALONE: Running = _Alone()
"""What work hears that is run by hand: nobody stops it from here, and nobody tries it again."""
