"""Jobs for tests: a real store and locks, a clock that can be put forward, and handlers that do as a job says."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.domain.errors import Busy, Cancelled, DataUnavailable, Unavailable
from backend.domain.jobs import UNFINISHED, Job
from backend.domain.ports import JobStore, Running
from backend.jobs.handlers import Handler
from backend.jobs.worker import Surroundings, Worker, release_dead
from backend.stores import FileLocks, Stores, open_database
from tests.servers.waiting import PATIENCE, wait_until
from tests.stores.samples import OWNER

AWAY = Unavailable("The store postgresql://ann:hunter2@db/x is away.")


@dataclass
class Stage:
    """One store of jobs in a folder.

    Attributes:
        begun: how often each job was begun.
        ended: jobs of which a handler was told that they had failed or were cancelled.
        let_go: what a job that holds waits for, by its id.
        most_at_once: how many jobs ran at the same time.
    """

    folder: Path
    ahead: timedelta = timedelta()
    begun: Counter[str] = field(default_factory=Counter)
    ended: list[Job] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0
    _queued: int = 0
    _let_go: dict[str, threading.Event] = field(default_factory=dict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.database = open_database(f"sqlite:///{self.folder / 'jobs.sqlite'}")
        self.store: JobStore = Stores.over(self.database, OWNER).jobs
        self.locks = FileLocks(self.folder / "locks")
        self.around = Surroundings(self.locks.place(), self.locks, self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def hire(self) -> Worker:
        return Worker(self.store, {"warm": Handler(self._do, self.ended.append)}, self.around)

    def visit(self) -> tuple[str, ...]:
        return release_dead(self.store, self.around)

    def add(self, do: str = "echo", **arguments: Any) -> Job:
        """A queued job that does what the word says."""
        self._queued += 1
        job_id = f"job_{do}_{self._queued}"
        job = Job(
            job_id=job_id,
            owner=OWNER,
            kind="warm",
            subject_id=job_id,
            arguments={"do": do, **arguments},
            created_at=self.now(),
        )
        self._let_go[job_id] = threading.Event()
        self.store.add_job(job)
        return job

    def load(self, job: Job) -> Job:
        return self.store.load_job(OWNER, job.job_id)

    def let_go(self, job: Job) -> None:
        self._let_go[job.job_id].set()

    def until(self, job: Job, happened: Callable[[Job], bool]) -> Job:
        """The job as soon as that is true of it."""
        assert wait_until(lambda: happened(self.load(job)), 30), self.load(job)
        return self.load(job)

    def finished(self, job: Job) -> Job:
        """The job when it has ended."""
        return self.until(job, lambda stored: stored.status not in UNFINISHED)

    def _do(self, job: Job, running: Running) -> dict[str, Any] | None:
        with self._counting:
            self.begun[job.job_id] += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return getattr(self, f"_{job.arguments['do']}")(job, running)  # type: ignore[no-any-return]
        finally:
            with self._counting:
                self._at_once -= 1

    def _echo(self, job: Job, running: Running) -> dict[str, Any]:
        running.progress("echoing")
        return {"said": job.arguments.get("say")}

    def _hold(self, job: Job, running: Running) -> None:
        """Go on until somebody lets it go, or asks it to stop."""
        running.progress("holding")
        while not self._let_go[job.job_id].wait(0.01):
            if running.cancelled() or running.leaving():
                raise Cancelled("It was stopped.")

    def _insist(self, job: Job, running: Running) -> None:
        """Go on until somebody lets it go, whoever asks it to stop."""
        running.progress("insisting")
        assert self._let_go[job.job_id].wait(PATIENCE)

    def _away(self, job: Job, _running: Running) -> None:
        if self.begun[job.job_id] <= job.arguments["times"]:
            raise AWAY

    def _busy(self, job: Job, _running: Running) -> None:
        if self.begun[job.job_id] <= job.arguments["times"]:
            raise Busy("Somebody else is at it.")

    def _fail(self, _job: Job, _running: Running) -> None:
        raise DataUnavailable("There are no prices of NOPE.", "name another symbol")

    def _break(self, _job: Job, _running: Running) -> None:
        raise ZeroDivisionError("a key: hunter2")
