"""A worker: claims jobs one by one, runs their handlers under a lease, and records how they ended."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from backend.domain.errors import BackproofError, Busy, Cancelled, Unavailable
from backend.domain.jobs import Job
from backend.domain.ports import Clock, JobStore, SessionLocks
from backend.jobs import endings
from backend.jobs.catching import Caught
from backend.jobs.handlers import Handlers
from backend.jobs.leases import LEASE, Lease

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What a worker has around it.

    Attributes:
        place: a name of the folder of locks; workers of one place see whether another lives.
        locks: die with the process that holds them.
        clock: the present moment in UTC.
    """

    place: str
    locks: SessionLocks
    clock: Clock


class Worker:
    """One process that does jobs; several of its threads may do one each. It lives while the block ``present`` runs.

    Args:
        store: where jobs are kept.
        handlers: what does those of each kind.
        around: place, locks and clock.
    """

    def __init__(self, store: JobStore, handlers: Handlers, around: Surroundings) -> None:
        self._store = store
        self._handlers = handlers
        self._around = around
        self._leaving = threading.Event()
        self.name = f"{around.place}:{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    @contextmanager
    def present(self) -> Iterator[None]:
        """Let others on this machine see that it lives; jobs that it still has at the end are given back."""
        with self._around.locks.hold(_lock(self.name)):
            try:
                yield
            finally:
                self._give_back()

    def leave(self) -> None:
        """Ask whatever runs to stop where it can be taken up again; nothing more is claimed."""
        self._leaving.set()

    @property
    def leaving(self) -> bool:
        """Whether it was asked to leave."""
        return self._leaving.is_set()

    def claim(self, job_id: str | None = None) -> Job | None:
        """The job that is due next, or that very one, from now on its own; None when there is none to have."""
        if self.leaving:
            return None
        now = self._around.clock()
        return self._store.claim(self.name, now, now + LEASE, job_id)

    def work(self, job: Job) -> Job:
        """Do a job that it has claimed; the job as it was recorded.

        Raises:
            Unavailable: the store cannot take down how it ended; when the lease has ended it is begun again.
        """
        with structlog.contextvars.bound_contextvars(job_id=job.job_id, kind=job.kind):
            log.info("job.started", tries=job.tries)
            with Lease(self._store, job, self._around.clock, self._leaving.is_set) as lease:
                ended = self._tried(job, lease).model_copy(update={"progress": lease.said})
            if ended.status in ("failed", "cancelled") and not lease.lost:
                self._tell(ended)
            kept = self._store.save_job(ended)
            log.info("job.left", status=ended.status if kept else "lost", error=ended.error)
        return ended

    def _give_back(self) -> None:
        try:
            self._store.release(self.name, self._around.clock())
        except Unavailable as error:
            log.warning("worker.jobs_not_released", reason=error.message)

    def _tried(self, job: Job, lease: Lease) -> Job:
        clock = self._around.clock
        if job.cancel_requested:
            return endings.cancelled(job, clock())
        result = None
        with Caught() as caught:
            result = self._run(job, lease)
        return endings.done(job, clock(), result) if caught.error is None else self._after(job, lease, caught.error)

    def _run(self, job: Job, lease: Lease) -> dict[str, object] | None:
        if job.tries > endings.MOST_TRIES:
            raise BackproofError(f"It was begun {job.tries - 1} times, and its worker died or was stopped each time.")
        if job.kind not in self._handlers:
            raise BackproofError(f'This version does no jobs of the kind "{job.kind}".')
        return self._handlers[job.kind].run(job, lease)

    def _after(self, job: Job, lease: Lease, error: Exception) -> Job:
        now = self._around.clock()
        if isinstance(error, Cancelled):
            return endings.given_back(job) if lease.leaving() and not lease.cancelled() else endings.cancelled(job, now)
        if isinstance(error, Busy):
            return endings.postponed(job, now)
        if endings.retried(job, error):
            return endings.retry(job, now, error)
        if not isinstance(error, BackproofError):
            log.error("job.failed", exc_info=error)
        return endings.failed(job, now, error)

    def _tell(self, job: Job) -> None:
        """Whoever keeps the subject hears of it; a store that is away then is away for the job as well."""
        if job.kind not in self._handlers:
            return
        with Caught() as caught:
            self._handlers[job.kind].ended(job)
        if isinstance(caught.error, Unavailable):
            raise caught.error
        if caught.error is not None:  # the job has ended all the same
            log.error("job.end_not_told", exc_info=caught.error)


def release_dead(store: JobStore, around: Surroundings) -> tuple[str, ...]:
    """Make the jobs due whose workers on this machine have died; their ids."""
    near = sorted({job.worker for job in store.running() if job.worker and job.worker.startswith(f"{around.place}:")})
    dead = [name for name in near if not around.locks.held(_lock(name))]
    return tuple(job_id for name in dead for job_id in store.release(name, around.clock()))


def _lock(name: str) -> str:
    return f"worker {name}"
