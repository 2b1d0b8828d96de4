"""Workers in threads let go in order, at whatever moment they are asked to."""

import threading
from pathlib import Path

import pytest

from backend.jobs.local import LocalWorkers
from backend.jobs.worker import Worker
from tests.jobs.stage import Stage
from tests.servers.waiting import PATIENCE, wait_until


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_who_is_stopped_before_its_worker_was_hired_begins_nothing(stage: Stage) -> None:
    job, hiring, hired = stage.add("hold"), threading.Event(), threading.Event()

    def hire() -> Worker:
        hiring.set()
        assert hired.wait(PATIENCE)
        return stage.hire()

    workers = LocalWorkers(hire, stage.visit, 1)
    workers.start()
    assert hiring.wait(PATIENCE)
    stopping = threading.Thread(target=workers.stop, args=[PATIENCE])
    stopping.start()
    assert wait_until(lambda: workers.ready().startswith("Nobody looks"))
    hired.set()
    stopping.join(PATIENCE)
    left = stage.load(job)
    assert (left.status, left.tries, stage.begun[job.job_id]) == ("queued", 0, 0)


def test_a_job_that_has_not_stopped_in_time_is_nobody_elses_while_its_thread_goes_on(stage: Stage) -> None:
    job = stage.add("insist")
    workers = LocalWorkers(stage.hire, stage.visit, 1)
    workers.start()
    stage.until(job, lambda running: running.progress == "insisting")
    workers.stop(patience=0)
    assert stage.visit() == stage.store.due(stage.now()) == ()
    stage.let_go(job)
    assert (stage.finished(job).status, stage.begun[job.job_id]) == ("done", 1)


def test_who_was_stopped_can_be_started_again(stage: Stage) -> None:
    job = stage.add("hold")
    workers = LocalWorkers(stage.hire, stage.visit, 1)
    for times in (1, 2):
        workers.start()
        assert wait_until(lambda: stage.begun[job.job_id] == times)  # noqa: B023 - called in this turn
        workers.stop(PATIENCE)
        left = stage.load(job)
        assert (left.status, left.tries, left.leased_until) == ("queued", 0, None)
