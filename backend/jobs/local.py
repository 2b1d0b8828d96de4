"""Workers in threads of this process: woken at once by what is queued here, and looking for what others queued."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack

import structlog

from backend.domain.jobs import Job
from backend.jobs.catching import Caught
from backend.jobs.watching import Watch
from backend.jobs.worker import Worker

log = structlog.get_logger(__name__)

SECONDS_BETWEEN = 0.5
"""From one look at the queue to the next, for what other processes queued."""

SECONDS_BETWEEN_VISITS = 2.0
"""From one look at whether a worker of this machine died to the next."""

PATIENCE = 5.0
"""Seconds that jobs have to stop in order; one that has not is another worker's when this process has ended."""


class LocalWorkers:
    """The Delivery port, and the threads that do what it announces.

    Args:
        hire: makes the worker that does the jobs, once the store answers.
        visit: releases jobs of workers of this machine that died.
        threads: how many jobs it does at the same time.
    """

    def __init__(self, hire: Callable[[], Worker], visit: Callable[[], object], threads: int) -> None:
        self._hire, self._visit = hire, visit
        self._free = threading.Semaphore(threads)
        self._watch = Watch(self._look, SECONDS_BETWEEN)
        self._at_work: set[threading.Thread] = set()
        self._changing = threading.Lock()
        self._stopping = threading.Event()
        self._worker: Worker | None = None
        self._present = ExitStack()
        self._visited = float("-inf")

    def announce(self, _job_id: str) -> None:
        """Look at the queue at once."""
        self._watch.wake()

    def start(self) -> None:
        """Begin to work; jobs of workers of this machine that died are taken up at once."""
        self._worker, self._visited = None, float("-inf")
        self._stopping.clear()
        self._watch.start()

    def stop(self, patience: float = PATIENCE) -> None:
        """Let go: whatever runs stops where it can be taken up again, and is due again for whoever comes next."""
        end = time.monotonic() + patience
        self._stopping.set()
        if self._worker is not None:
            self._worker.leave()
        self._watch.stop(patience)
        for thread in self._begun():
            thread.join(max(0.0, end - time.monotonic()))
        left = sorted(thread.name for thread in self._begun() if thread.is_alive())
        if left:  # nobody may take up what these can still write: the lock dies with the process
            log.warning("worker.jobs_left", job_ids=left)
        else:
            self._present.close()

    def ready(self) -> str:
        """Why no job can be done now, in one sentence; empty when all is well."""
        return self._watch.trouble()

    def _look(self) -> None:
        if self._worker is None:
            worker = self._hire()
            self._present.enter_context(worker.present())
            self._worker = worker
            if self._stopping.is_set():  # meanwhile
                worker.leave()
        if time.monotonic() - self._visited >= SECONDS_BETWEEN_VISITS:
            self._visit()
            self._visited = time.monotonic()
        self._take_all(self._worker)

    def _take_all(self, worker: Worker) -> None:
        """Begin jobs while there are any and a thread is free."""
        while self._free.acquire(blocking=False):
            begun = False
            try:
                job = worker.claim()
                if job is not None:
                    self._begin(worker, job)
                    begun = True
            finally:
                if not begun:
                    self._free.release()
            if not begun:
                return

    def _begin(self, worker: Worker, job: Job) -> None:
        thread = threading.Thread(target=self._do, args=(worker, job), name=job.job_id, daemon=True)
        with self._changing:  # whoever stops meanwhile sees a thread that runs, or none
            thread.start()
            self._at_work.add(thread)

    def _begun(self) -> tuple[threading.Thread, ...]:
        with self._changing:
            return tuple(self._at_work)

    def _do(self, worker: Worker, job: Job) -> None:
        with Caught() as caught:
            worker.work(job)
        if caught.error is not None:  # it is begun again when its lease has ended
            log.error("job.end_not_recorded", job_id=job.job_id, **caught.facts)
        with self._changing:
            self._at_work.discard(threading.current_thread())
        self._free.release()
        self._watch.wake()
