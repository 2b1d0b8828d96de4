"""Celery over Redis: carries the word that there is a job, and nothing else."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery import Celery, signals
from celery.exceptions import OperationalError
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.domain.errors import InvalidInput, Unavailable
from backend.domain.ports import Clock, JobStore
from backend.jobs.watching import Watch
from backend.jobs.worker import Worker

log = structlog.get_logger(__name__)

QUEUE = "backproof"
TASK = "backproof.job"

VISIBILITY = 6 * 3600
"""Seconds after which Redis hands a message out again that nobody confirmed; by then its job is long done or redone."""

ANSWERS_WITHIN = 2.0
"""Seconds that Redis has to take a connection or a message."""

SECONDS_BETWEEN = 2.0
"""From one look for jobs of which Redis has no word to the next."""

PATIENCE = 5.0
"""Seconds that jobs have to stop in order; one that has not is another worker's when this process has ended."""

SETTINGS: dict[str, Any] = {
    "task_default_queue": QUEUE,
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_publish_retry": False,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_enable_remote_control": False,
    "worker_enable_prefetch_count_reduction": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_transport_options": {
        "visibility_timeout": VISIBILITY,
        "socket_connect_timeout": ANSWERS_WITHIN,
        "socket_keepalive": True,
    },
}

ALONE = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
"""Workers need not know of each other: the store does."""


class CeleryDelivery:
    """The Delivery port over a Redis; what it forgets is announced again.

    Args:
        redis_url: address, as in ``redis://127.0.0.1:6379/0``.

    Raises:
        InvalidInput: it is none.
    """

    def __init__(self, redis_url: str) -> None:
        self.app = Celery("backproof", broker=redis_url, set_as_current=False)
        self.app.conf.update(SETTINGS)
        parts = urlsplit(redis_url)
        self._place = f"{parts.hostname or parts.path}:{parts.port or 6379}"
        try:
            self._redis = Redis.from_url(
                redis_url,
                socket_timeout=ANSWERS_WITHIN,
                socket_connect_timeout=ANSWERS_WITHIN,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError:
            raise InvalidInput("BACKPROOF_REDIS_URL is no address.", "give one like redis://127.0.0.1:6379/0") from None

    def announce(self, job_id: str) -> None:
        """Raises Unavailable when Redis does not answer."""
        self.waiting()  # Celery would try for seconds
        try:
            self.app.send_task(TASK, (job_id,), retry=False)
        except OperationalError as error:
            raise self._away() from error

    def waiting(self) -> int:
        """How many words wait to be taken. Raises Unavailable when Redis does not answer."""
        try:
            return int(self._redis.llen(QUEUE))
        except RedisError as error:
            raise self._away() from error

    def announce_forgotten(self, store: JobStore, clock: Clock) -> None:
        """Announce every job that is due, unless as many words wait; a job that is announced twice is done once."""
        due = store.due(clock())
        if due and self.waiting() < len(due):
            for job_id in due:
                self.announce(job_id)

    def _away(self) -> Unavailable:
        return Unavailable(
            f"Redis at {self._place} does not answer.", "start it, or set BACKPROOF_REDIS_URL, or BACKPROOF_JOBS=local"
        )


class CeleryJobs:
    """The Delivery port of a process, which also looks for jobs of which Redis lost the word.

    Args:
        delivery: sends the words.
        look: releases jobs of dead workers, and announces what was forgotten.
    """

    def __init__(self, delivery: CeleryDelivery, look: Callable[[], None]) -> None:
        self._delivery = delivery
        self._watch = Watch(look, SECONDS_BETWEEN)

    def announce(self, job_id: str) -> None:
        """Raises Unavailable when Redis does not answer."""
        self._delivery.announce(job_id)

    def start(self) -> None:
        """Look from now on."""
        self._watch.start()

    def stop(self, patience: float = PATIENCE) -> None:
        """Look no more."""
        self._watch.stop(patience)

    def ready(self) -> str:
        """Why no job can be announced now, in one sentence; empty when all is well."""
        try:
            self._delivery.waiting()
        except Unavailable as error:
            return error.message
        return self._watch.trouble()


class CeleryWorkers(CeleryJobs):
    """The same in a process that does the jobs.

    Args:
        delivery, look: as of every process.
        worker: does a job.
        threads: how many jobs it does at the same time.
    """

    def __init__(self, delivery: CeleryDelivery, look: Callable[[], None], worker: Worker, threads: int) -> None:
        super().__init__(delivery, self._look)
        self._look_around = look
        self._worker = worker
        self._threads = threads
        self._at_work: set[int] = set()
        self._idle_before = False
        self._controller: Any = None

    def serve(self) -> None:
        """Do the jobs that are announced until the process is asked to end; in its main thread.

        Sessions use threads and compiled functions, which do not outlive a fork: so threads, never processes.

        Raises:
            Unavailable: Redis does not answer at the start.
        """
        self._delivery.waiting()
        app = self._delivery.app

        @app.task(name=TASK, shared=False)  # type: ignore[untyped-decorator]
        def announced(job_id: str) -> None:
            self._do(job_id)

        signals.setup_logging.connect(_leave_logging_alone)
        with self._worker.present(), _leaving_in_time(self._worker):
            self._controller = app.Worker(pool="threads", concurrency=self._threads, quiet=True, **ALONE)
            self.start()
            self._controller.start()
            self.stop()

    def _do(self, job_id: str) -> None:
        """Do a job that was announced, unless another worker has it or it has ended."""
        self._at_work.add(threading.get_ident())
        try:
            job = self._worker.claim(job_id)
            if job is not None:
                self._worker.work(job)
        except Unavailable as error:  # it is announced again when it is due
            log.warning("job.left_alone", job_id=job_id, reason=error.message)
        finally:
            self._at_work.discard(threading.get_ident())

    def _look(self) -> None:
        self._look_around()
        idle = len(self._at_work) < self._threads and self._delivery.waiting() > 0
        if idle and self._idle_before:
            self._take_hold_again()
        self._idle_before = idle and not self._idle_before

    def _take_hold_again(self) -> None:
        """Let Celery connect anew: one that lost Redis while all its threads were busy counts them as busy for ever."""
        log.warning("celery.connecting_anew")

        def lose() -> None:
            raise ConnectionResetError("words wait, and nobody takes them")

        self._controller.hub.call_soon(lose)


@contextmanager
def _leaving_in_time(worker: Worker) -> Iterator[None]:
    """Within the block, a process that Celery ends leaves its jobs; what does not stop in time is left as if killed."""
    last = threading.Timer(PATIENCE, _end_now)
    last.daemon = True

    def leave(**_: object) -> None:
        worker.leave()
        last.start()

    signals.worker_shutting_down.connect(leave, weak=False)
    try:
        yield
    finally:
        signals.worker_shutting_down.disconnect(leave)
        last.cancel()


def _end_now() -> None:
    """Nothing is given back, which a job could still write: the lock of the worker dies with the process."""
    log.warning("worker.jobs_left")
    os._exit(0)


def _leave_logging_alone(**_: object) -> None:
    """Celery sets up no logging where somebody says that he does."""
