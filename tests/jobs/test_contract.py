"""The contract of jobs, on threads of this process and on Celery over a real Redis."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

import pytest
from celery.worker import state

from backend.jobs.celery import CeleryDelivery, CeleryWorkers
from backend.jobs.endings import RETRY_AFTER
from backend.jobs.leases import LEASE
from backend.jobs.local import LocalWorkers
from tests.jobs.stage import Stage
from tests.servers.redis import RedisServer
from tests.servers.waiting import wait_until

pytestmark = pytest.mark.filterwarnings("ignore:.*superuser privileges")

THREADS = 2


class Announcing(Protocol):
    def announce(self, job_id: str, /) -> None: ...

    def ready(self) -> str: ...


class Crew:
    """Workers at work on a stage."""

    def __init__(self, stage: Stage, workers: Announcing) -> None:
        self.stage = stage
        self.workers = workers


@contextmanager
def in_threads(stage: Stage) -> Iterator[Announcing]:
    workers = LocalWorkers(stage.hire, stage.visit, THREADS)
    workers.start()
    yield workers
    workers.stop()


@contextmanager
def on_celery(stage: Stage, redis: RedisServer) -> Iterator[Announcing]:
    """A worker in a thread of this process, and the delivery of a server."""
    delivery = CeleryDelivery(redis.url)

    def look() -> None:
        stage.visit()
        delivery.announce_forgotten(stage.store, stage.now)

    jobs = CeleryWorkers(delivery, look, stage.hire(), THREADS)
    serving = threading.Thread(target=jobs.serve, daemon=True)
    serving.start()
    yield jobs
    state.should_stop = 0  # what Celery does when a process is asked to end
    serving.join(20)
    assert not serving.is_alive()
    state.should_stop = None


@pytest.fixture(scope="module", params=["local", "celery"])
def crew(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    stage = Stage(tmp_path_factory.mktemp("jobs"))
    if request.param == "local":
        working = in_threads(stage)
    else:
        redis: RedisServer = request.getfixturevalue("redis_of_the_worker")
        redis.start()
        redis.empty()
        working = on_celery(stage, redis)
    with working as workers:
        assert wait_until(lambda: workers.ready() == "", 20)
        yield Crew(stage, workers)


@pytest.fixture
def stage(crew: Crew) -> Stage:
    return crew.stage


@pytest.fixture
def announce(crew: Crew) -> Callable[[str], None]:
    return crew.workers.announce


def test_a_job_runs_tells_how_far_it_is_and_ends(stage: Stage, announce: Callable[[str], None]) -> None:
    held, quick = stage.add("hold"), stage.add(say="hello")
    for job in (held, quick):
        announce(job.job_id)
    done = stage.finished(quick)
    assert (done.status, done.result, done.tries) == ("done", {"said": "hello"}, 1)
    running = stage.until(held, lambda job: job.progress == "holding")
    assert (running.status, running.ended_at) == ("running", None)
    stage.let_go(held)
    assert stage.finished(held).status == "done"


def test_a_word_that_comes_again_does_nothing_again(stage: Stage, announce: Callable[[str], None]) -> None:
    job = stage.add("hold")
    for _ in range(5):
        announce(job.job_id)
    stage.until(job, lambda stored: stored.status == "running")
    announce(job.job_id)
    stage.let_go(job)
    stage.finished(job)
    announce(job.job_id)
    after = stage.add()
    announce(after.job_id)
    stage.finished(after)
    assert (stage.begun[job.job_id], stage.load(job).tries) == (1, 1)


def test_a_job_whose_word_was_lost_is_found(stage: Stage) -> None:
    assert stage.finished(stage.add()).status == "done"


def test_a_running_job_is_cancelled(stage: Stage, announce: Callable[[str], None]) -> None:
    job = stage.add("hold")
    announce(job.job_id)
    stage.until(job, lambda stored: stored.status == "running")
    stage.store.request_cancel(job.owner, job.job_id, stage.now())
    assert stage.finished(job).status == "cancelled"
    assert job.job_id in [ended.job_id for ended in stage.ended]


def test_a_job_is_tried_again_where_something_was_away_alone(stage: Stage, announce: Callable[[str], None]) -> None:
    away, broken = stage.add("away", times=1), stage.add("fail")
    for job in (away, broken):
        announce(job.job_id)
    stage.until(away, lambda job: job.status == "queued" and job.tries == 1)
    failed = stage.finished(broken)
    assert (failed.status, failed.tries, failed.error) == ("failed", 1, "There are no prices of NOPE.")
    stage.ahead += RETRY_AFTER[0]
    done = stage.finished(away)
    assert (done.status, done.tries, stage.begun[away.job_id]) == ("done", 2, 2)


def test_a_job_of_a_dead_worker_is_taken_up(stage: Stage) -> None:
    near, far = stage.add("echo"), stage.add("echo")
    now = stage.now()
    stage.store.claim(f"{stage.around.place}:host:1:dead", now, now + LEASE, near.job_id)
    stage.store.claim("elsewhere:host:1:silent", now, now + LEASE, far.job_id)
    assert stage.finished(near).status == "done"
    if stage.load(far).status == "queued":  # a worker was quicker than the one that is said to have died
        assert stage.finished(far).status == "done"
        return
    assert stage.load(far).status in ("running", "done")
    stage.ahead += LEASE + timedelta(seconds=1)
    assert stage.finished(far).status == "done"


def test_no_more_run_at_once_than_there_are_threads(stage: Stage, announce: Callable[[str], None]) -> None:
    jobs = [stage.add("hold") for _ in range(THREADS + 2)]
    for job in jobs:
        announce(job.job_id)
    assert wait_until(lambda: sum(stage.begun[job.job_id] for job in jobs) == THREADS)
    assert len([job for job in jobs if stage.load(job).status == "running"]) == THREADS
    for job in jobs:
        stage.let_go(job)
    for job in jobs:
        stage.finished(job)
    assert stage.most_at_once == THREADS
