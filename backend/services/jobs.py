"""Queues, finds and cancels jobs."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import structlog

from backend.domain.errors import Conflict, Unavailable
from backend.domain.jobs import Job, JobKind, JobStatus
from backend.domain.ports import Clock, Delivery, JobStore, NewId

log = structlog.get_logger(__name__)

RECORDED_WITHIN = 0.5
"""Seconds after the end of a subject within which the end of its job is recorded."""
BETWEEN_LOOKS = 0.02


class Jobs:
    """Jobs of all owners; a job that was queued is done, however often its workers are killed.

    Args:
        store: where they are kept.
        delivery: tells workers that there is one.
        identity: the present moment in UTC, and what makes ids.
        ended: told of a job that was cancelled before it began.
    """

    def __init__(
        self, store: JobStore, delivery: Delivery, identity: tuple[Clock, NewId], ended: Callable[[Job], None]
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._clock, self._new_id = identity
        self._ended = ended

    def queue(
        self, owner: str, kind: JobKind, subject_id: str | None = None, arguments: dict[str, Any] | None = None
    ) -> Job:
        """Store a job and tell the workers.

        Args:
            owner: in whose name it is done.
            kind: what is to be done.
            subject_id: the session or batch that it runs; None where it is about neither.
            arguments: what beside the subject it needs, as plain values.

        Raises:
            Conflict: the subject has an unfinished job.
        """
        job_id = self._new_id("job")
        job = Job(
            job_id=job_id,
            owner=owner,
            kind=kind,
            subject_id=subject_id or job_id,
            arguments=arguments or {},
            created_at=self._clock(),
        )
        self._store.add_job(job)
        try:
            self._delivery.announce(job_id)
        except Unavailable as error:  # the job is stored, and announced again by whoever looks for such jobs
            log.warning("job.not_announced", job_id=job_id, reason=error.message)
        return job

    def load(self, owner: str, job_id: str) -> Job:
        """Raises NotFound."""
        return self._store.load_job(owner, job_id)

    def list(self, owner: str, limit: int, after: str | None = None) -> tuple[Job, ...]:
        """Newest first, from the one behind ``after`` on."""
        return self._store.list_jobs(owner, limit, after)

    def unfinished(self, owner: str, kind: JobKind, subject_id: str) -> Job | None:
        """The job that is queued or runs for this subject."""
        return self._store.unfinished(owner, kind, subject_id)

    def refuse_unended(self, owner: str, kind: JobKind, subject_id: str) -> None:
        """See that the subject has no unfinished job; its end is recorded a moment after that of the subject.

        Raises:
            Conflict: it has one all the same.
        """
        until = monotonic() + RECORDED_WITHIN
        while (job := self.unfinished(owner, kind, subject_id)) is not None:
            if monotonic() >= until:
                raise Conflict(f"Job {job.job_id} is at work on {subject_id}.", "wait until it has ended, or cancel it")
            sleep(BETWEEN_LOOKS)

    def cancel(self, owner: str, job_id: str) -> Job:
        """Ask a job to stop; a queued one ends at once. Raises NotFound."""
        job = self._store.request_cancel(owner, job_id, self._clock())
        if job.status == "cancelled":
            self._ended(job)
        return job

    def count(self) -> dict[JobStatus, int]:
        """How many jobs of all owners there are of each status that has any."""
        return self._store.count()
