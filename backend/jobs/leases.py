"""The lease of one job: kept while its worker lives, and the way by which the job hears that it should stop."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

import structlog

from backend.domain.jobs import Job
from backend.domain.ports import Clock, JobStore
from backend.jobs.catching import Caught
from backend.jobs.endings import retried

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""After so long without a word from its worker, a job is another worker's to take."""

RENEWED_AFTER = timedelta(seconds=15)
SECONDS_BETWEEN = 0.5
"""From one look at the wish to stop to the next."""


class Lease:
    """A job that runs: the Running port. Its thread keeps the lease while the block runs.

    Args:
        store: where the job is kept.
        job: as it was claimed.
        clock: the present moment in UTC.
        leaving: whether the worker ends.
    """

    def __init__(self, store: JobStore, job: Job, clock: Clock, leaving: Callable[[], bool]) -> None:
        self._store = store
        self._job = job
        self._clock = clock
        self._leaving = leaving
        self._until = job.leased_until or clock()
        self._progress = self._stored_progress = ""
        self._lost, self._over, self._cancelled = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease {job.job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def cancelled(self) -> bool:
        """Whether somebody asked the job to stop."""
        return self._cancelled.is_set()

    def leaving(self) -> bool:
        """Whether the worker ends, or has lost the job."""
        return self._lost.is_set() or self._leaving()

    def tries_again(self, error: Exception, /) -> bool:
        """Whether the job is begun again after that error."""
        return retried(self._job, error)

    def progress(self, text: str, /) -> None:
        """Remember what is being done; it is stored within a second or so."""
        self._progress = text

    @property
    def lost(self) -> bool:
        """Whether another worker may have the job by now."""
        return self._lost.is_set()

    @property
    def said(self) -> str:
        """What is being done, as it was told last."""
        return self._progress

    def beat(self) -> None:
        """Look at the wish to stop, and renew the lease unless its worker leaves."""
        now = self._clock()
        with Caught() as caught:
            if not self.cancelled() and self._store.cancel_requested(self._job.job_id):
                self._cancelled.set()
            if not self._leaving() and self._renewable(now):
                self._renew(now, self._progress)
        if caught.error is not None:  # whatever it is: without this thread the lease would end unseen
            log.warning("job.lease_not_renewed", job_id=self._job.job_id, reason=str(caught.error))
            if now >= self._until:
                self._lost.set()

    def _renewable(self, now: datetime) -> bool:
        """Whether it is time, or there is something to tell."""
        return self._progress != self._stored_progress or self._until - now <= LEASE - RENEWED_AFTER

    def _renew(self, now: datetime, progress: str) -> None:
        if self._store.renew(self._job.job_id, self._job.worker or "", now + LEASE, progress):
            self._until, self._stored_progress = now + LEASE, progress
        else:
            self._lost.set()

    def _keep(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN) and not self._lost.is_set():
            self.beat()
