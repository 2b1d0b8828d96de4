"""Whatever is killed at work, sessions end as if nothing had happened: nothing is lost, and nothing is done twice."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap.accounts import Accounts
from backend.domain.jobs import UNFINISHED, Job
from backend.domain.sessions import SessionRequest
from backend.settings import Settings
from tests.agents.sessions import application, command, document, plain_request, run, small_request, stable
from tests.servers.redis import RedisServer
from tests.servers.waiting import free_port, wait_until

pytestmark = pytest.mark.slow

MOST = 60
"""Jobs that two workers are given to share."""


class House:
    """Accounts over a folder, and processes that work for them."""

    def __init__(self, folder: Path, redis: RedisServer | None = None, workers: int = 1) -> None:
        self.folder = folder
        self.stated: dict[str, Any] = {"workers": workers}
        if redis is not None:
            self.stated |= {"jobs": "celery", "redis_url": redis.url}
        self.accounts = Accounts(Settings(data_dir=folder, **self.stated))
        self.app = self.accounts.service

    def queue(self, request: SessionRequest) -> Job:
        session = self.app.open_session(request)
        return self.accounts.jobs.queue(self.app.owner, "session", session.session_id)

    @contextmanager
    def running(self, program: str = "worker") -> Iterator["subprocess.Popen[str]"]:
        variables = {f"BACKPROOF_{name.upper()}": str(value) for name, value in self.stated.items()}
        options = ["--port", str(free_port())] if program == "serve" else []
        with command(self.folder, program, *options, environment=variables) as process:
            try:
                yield process
            finally:
                process.kill()
                process.communicate()

    def load(self, job: Job) -> Job:
        return self.accounts.jobs.load(job.owner, job.job_id)

    def events(self, job: Job) -> int:
        return len(self.app.sessions.events(job.owner, job.subject_id))

    def until_event(self, job: Job, n: int) -> None:
        """Wait until the session of a job has told of so many events."""
        assert wait_until(lambda: self.events(job) >= n), self.load(job)

    def finished(self, job: Job) -> Job:
        assert wait_until(lambda: self.load(job).status not in UNFINISHED, 120), self.load(job)
        return self.load(job)

    def ended(self, job: Job) -> Any:
        """What must be the same in every run of the session."""
        return stable(document(self.app, self.app.sessions.load(job.owner, job.subject_id)))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, int]:
    """The document of the small session left alone, and how many events it has."""
    app = application(tmp_path_factory.mktemp("undisturbed"))
    session = run(app, small_request())
    return stable(document(app, session)), len(app.sessions.events(app.owner, session.session_id))


@pytest.fixture(params=["local", "celery"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    redis = request.getfixturevalue("redis_server") if request.param == "celery" else None
    return House(tmp_path, redis)


def check(house: House, job: Job, undisturbed: tuple[Any, int]) -> None:
    """The job is done, and its session ended as one that was left alone."""
    done = house.finished(job)
    assert (done.status, done.error) == ("done", None)
    assert house.ended(job) == undisturbed[0]
    assert house.events(job) == undisturbed[1]


def test_a_session_goes_on_when_its_worker_was_killed(house: House, undisturbed: tuple[Any, int]) -> None:
    event = 7 if "redis_url" in house.stated else 2
    job = house.queue(small_request())
    with house.running() as worker:
        house.until_event(job, event)
        worker.kill()
    assert house.load(job).status == "running"
    with house.running():
        check(house, job, undisturbed)
    assert house.load(job).tries == 2
    assert len(house.app.stores.ledger.list_openings(job.owner)) == (1 if undisturbed[0]["holdout"] else 0)


def test_a_session_goes_on_when_its_server_was_killed(tmp_path: Path, undisturbed: tuple[Any, int]) -> None:
    house = House(tmp_path)
    job = house.queue(small_request())
    with house.running("serve") as server:
        house.until_event(job, 5)
        server.kill()
    with house.running("serve"):
        check(house, job, undisturbed)


def test_who_is_asked_to_end_lets_go_in_order(house: House, undisturbed: tuple[Any, int]) -> None:
    job = house.queue(small_request())
    with house.running() as worker:
        house.until_event(job, 4)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    left = house.load(job)
    assert (left.status, left.tries, left.leased_until) == ("queued", 0, None)
    assert house.app.sessions.load(job.owner, job.subject_id).status == "running"
    with house.running():
        check(house, job, undisturbed)


def test_two_workers_share_the_jobs_of_one_database(house: House) -> None:
    with house.running(), house.running():
        place = house.accounts.shared.locks.place()
        locks = house.folder / "locks"
        assert wait_until(lambda: len(list(locks.glob(f"worker%20{place}*"))) == 2)
        jobs = [house.finished(job) for job in [house.queue(plain_request(seed=seed)) for seed in range(6)]]
        while len({job.worker for job in jobs}) == 1 and len(jobs) < MOST:  # the other one had not come so far
            jobs.append(house.finished(house.queue(plain_request(seed=len(jobs)))))
    assert {(job.status, job.tries) for job in jobs} == {("done", 1)}
    assert len({job.worker for job in jobs}) == 2


def test_a_redis_that_is_killed_and_comes_back_empty_loses_nothing(tmp_path: Path, redis_server: RedisServer) -> None:
    house = House(tmp_path, redis_server)
    jobs = [house.queue(plain_request(seed=seed)) for seed in range(4)]
    with house.running():
        house.until_event(jobs[0], 3)
        redis_server.kill9()
        unannounced = house.queue(plain_request(seed=4))
        house.finished(jobs[0])
        redis_server.start()
        done = [house.finished(job) for job in (*jobs, unannounced)]
    assert {(job.status, job.tries) for job in done} == {("done", 1)}
    assert len({house.events(job) for job in jobs}) == 1
