"""A worker does one job at a time, and whatever happens to it is recorded; without threads, by a clock at hand."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend.domain.jobs import Job
from backend.jobs.endings import MOST_TRIES, RETRY_AFTER
from backend.jobs.leases import LEASE, RENEWED_AFTER, Lease
from backend.jobs.worker import Worker
from backend.stores.sql.jobs import SqlJobStore
from tests.jobs.stage import Stage
from tests.stores.samples import NOON, OWNER


class StandingStage(Stage):
    """Its clock stands at noon until it is put forward."""

    def now(self):  # type: ignore[no-untyped-def]
        return NOON + self.ahead


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return StandingStage(tmp_path)


@pytest.fixture
def worker(stage: Stage) -> Iterator[Worker]:
    worker = stage.hire()
    with worker.present():
        yield worker


def tried(stage: Stage, worker: Worker, job: Job) -> Job:
    """The job after one try."""
    claimed = worker.claim(job.job_id)
    assert claimed is not None
    worker.work(claimed)
    return stage.load(job)


def test_a_job_is_done_once(stage: Stage, worker: Worker) -> None:
    done = tried(stage, worker, stage.add(say="hello"))
    assert (done.status, done.result, done.tries) == ("done", {"said": "hello"}, 1)
    assert (done.started_at, done.ended_at, done.leased_until, done.worker) == (NOON, NOON, None, worker.name)
    assert done.progress == "echoing"
    assert worker.claim() is None
    assert stage.ended == []


def test_what_was_away_is_tried_again_three_times_with_growing_waits(stage: Stage, worker: Worker) -> None:
    job, waits = stage.add("away", times=9), []
    for wait in RETRY_AFTER:
        waiting = tried(stage, worker, job)
        assert (waiting.status, waiting.error) == ("queued", "The store postgresql://***@db/x is away.")
        assert waiting.not_before is not None
        waits.append(waiting.not_before - stage.now())
        assert worker.claim() is None
        stage.ahead += wait
    assert waits == list(RETRY_AFTER) == sorted(RETRY_AFTER)
    failed = tried(stage, worker, job)
    assert (failed.status, failed.tries, failed.error) == ("failed", 4, "The store postgresql://***@db/x is away.")
    assert [ended.error for ended in stage.ended] == [failed.error]


def test_what_was_away_once_is_done_at_the_next_try(stage: Stage, worker: Worker) -> None:
    job = stage.add("away", times=1)
    tried(stage, worker, job)
    stage.ahead += RETRY_AFTER[0]
    done = tried(stage, worker, job)
    assert (done.status, done.tries, done.error) == ("done", 2, None)


@pytest.mark.parametrize(
    ("do", "error"),
    [
        ("fail", "There are no prices of NOPE."),
        ("break", "An unexpected error (ZeroDivisionError) ended it; the log of the worker tells more."),
    ],
)
def test_any_other_error_fails_it_at_once(stage: Stage, worker: Worker, do: str, error: str) -> None:
    failed = tried(stage, worker, stage.add(do))
    assert (failed.status, failed.tries, failed.error) == ("failed", 1, error)
    assert [ended.error for ended in stage.ended] == [error]


def test_a_job_whose_subject_somebody_else_is_at_waits_and_loses_no_try(stage: Stage, worker: Worker) -> None:
    job = stage.add("busy", times=5)
    for _ in range(5):
        assert tried(stage, worker, job).tries == 0
        assert worker.claim() is None
        stage.ahead += timedelta(seconds=1)
    assert tried(stage, worker, job).status == "done"


def test_a_job_of_a_kind_that_nobody_knows_fails(stage: Stage, worker: Worker) -> None:
    stage.store.add_job(stage.add().model_copy(update={"job_id": "job_x", "kind": "batch"}))
    failed = tried(stage, worker, stage.store.load_job(OWNER, "job_x"))
    assert (failed.status, failed.error) == ("failed", 'This version does no jobs of the kind "batch".')


def test_a_job_that_kills_its_workers_is_given_up(stage: Stage, worker: Worker) -> None:
    job = stage.add()
    for _ in range(MOST_TRIES):
        assert stage.hire().claim(job.job_id) is not None
        stage.ahead += LEASE
    failed = tried(stage, worker, job)
    assert failed.status == "failed"
    assert failed.error == "It was begun 10 times, and its worker died or was stopped each time."
    assert stage.begun[job.job_id] == 0


def test_a_wish_to_stop_survives_the_death_of_the_worker(stage: Stage, worker: Worker) -> None:
    job = stage.add()
    assert stage.hire().claim(job.job_id) is not None
    stage.store.request_cancel(OWNER, job.job_id, NOON)
    stage.ahead += LEASE
    cancelled = tried(stage, worker, job)
    assert (cancelled.status, stage.begun[job.job_id]) == ("cancelled", 0)
    assert [ended.job_id for ended in stage.ended] == [job.job_id]


def test_who_leaves_gives_back_what_it_had_and_claims_no_more(stage: Stage, worker: Worker) -> None:
    job = stage.add("hold")
    claimed = worker.claim()
    assert claimed is not None
    worker.leave()
    worker.work(claimed)
    given_back = stage.load(job)
    assert (given_back.status, given_back.tries, given_back.not_before) == ("queued", 0, None)
    assert worker.claim() is None
    assert stage.ended == []


def test_jobs_of_the_dead_are_due_at_once_and_those_of_the_living_are_not(stage: Stage, worker: Worker) -> None:
    dead, elsewhere = stage.add("hold"), stage.add("hold")
    assert stage.hire().claim(dead.job_id) is not None  # one that never held its lock is as good as dead
    assert stage.store.claim("otherplace:host:1:a", NOON, NOON + LEASE, elsewhere.job_id) is not None
    mine = stage.add("hold")
    assert worker.claim(mine.job_id) is not None
    assert stage.visit() == (dead.job_id,)
    assert stage.store.due(NOON) == (dead.job_id,)


def test_a_lease_is_renewed_in_time_and_tells_what_is_being_done(stage: Stage, worker: Worker) -> None:
    claimed = worker.claim(stage.add("hold").job_id)
    assert claimed is not None
    lease = Lease(stage.store, claimed, stage.now, lambda: False)
    lease.beat()
    assert stage.load(claimed) == claimed
    lease.progress("1 of 2")
    lease.beat()
    assert stage.load(claimed).progress == "1 of 2"
    stage.ahead += RENEWED_AFTER
    lease.beat()
    assert stage.load(claimed).leased_until == stage.now() + LEASE
    assert not lease.leaving()


def test_who_lost_a_job_is_told_and_does_not_record_its_end(stage: Stage, worker: Worker) -> None:
    claimed = worker.claim(stage.add("hold").job_id)
    assert claimed is not None
    lease = Lease(stage.store, claimed, stage.now, lambda: False)
    stage.ahead += LEASE
    taken = stage.hire().claim(claimed.job_id)
    lease.beat()
    assert (lease.lost, lease.leaving(), lease.cancelled()) == (True, True, False)
    stage.let_go(claimed)
    worker.work(claimed)
    assert stage.load(claimed) == taken


def test_a_job_hears_that_it_should_stop(stage: Stage, worker: Worker) -> None:
    claimed = worker.claim(stage.add("hold").job_id)
    assert claimed is not None
    lease = Lease(stage.store, claimed, stage.now, lambda: False)
    stage.store.request_cancel(OWNER, claimed.job_id, NOON)
    assert not lease.cancelled()
    lease.beat()
    assert lease.cancelled()


def test_a_lease_that_cannot_be_renewed_is_lost_whatever_the_reason(stage: Stage, worker: Worker) -> None:
    claimed = worker.claim(stage.add("hold").job_id)
    assert claimed is not None
    lease = Lease(Faulty(stage.database), claimed, stage.now, lambda: False)
    lease.beat()
    assert not lease.lost
    stage.ahead += LEASE
    lease.beat()
    assert lease.lost


class Faulty(SqlJobStore):
    """A store with a fault that nobody foresaw."""

    def cancel_requested(self, job_id: str) -> bool:
        raise ZeroDivisionError(job_id)
