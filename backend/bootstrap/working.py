"""Plugs jobs together: what does those of each kind, who does them, and how they hear of it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from backend.bootstrap.application import Application
from backend.bootstrap.data import utc_now
from backend.bootstrap.repeats import new_id
from backend.bootstrap.shared import Shared
from backend.bootstrap.warm_up import warm_up
from backend.domain.errors import Cancelled, InvalidInput, NotFound
from backend.domain.jobs import Job
from backend.domain.models import Budget
from backend.domain.ports import Delivery, JobStore, Running
from backend.domain.timeframes import Timeframe
from backend.jobs.handlers import Handler, Handlers
from backend.jobs.local import LocalWorkers
from backend.jobs.worker import Surroundings, Worker, release_dead
from backend.services.jobs import Jobs
from backend.services.market_data import OpenPeriod
from backend.settings import Settings

if TYPE_CHECKING:
    from types import ModuleType

    from backend.jobs.celery import CeleryDelivery, CeleryJobs

EXTRA = "install it with its extra: pip install 'backproof[scale]', or set BACKPROOF_JOBS=local"


class Employer(Protocol):
    """Whose jobs are done: the accounts of this machine."""

    settings: Settings
    shared: Shared

    @property
    def service(self) -> Application: ...

    def acting_for(self, owner: str) -> Application: ...


class Workers(Delivery, Protocol):
    """What a server starts and stops for the sake of jobs."""

    def start(self) -> None:
        """Never fails: what is away may come back."""

    def stop(self) -> None:
        """Let go within a few seconds."""

    def ready(self) -> str:
        """Why no job can be done now, in one sentence; empty when all is well."""


def jobs_of(accounts: Employer, workers: Delivery) -> Jobs:
    """Queues jobs of all owners, and tells whoever keeps the subject of one that ended before it began."""
    handlers = handlers_of(accounts)
    return Jobs(_store(accounts), workers, (utc_now, new_id), lambda job: handlers[job.kind].ended(job))


def workers_of(accounts: Employer) -> Workers:
    """Threads of this process, or what tells the Celery workers, as the settings say.

    Raises:
        InvalidInput: Celery is wanted and not installed.
    """
    return local_workers(accounts) if accounts.settings.jobs == "local" else celery_jobs(accounts)


def celery_jobs(accounts: Employer) -> "CeleryJobs":
    """What tells the Celery workers. Raises InvalidInput where Celery is not installed."""
    celery = _celery()
    delivery = celery.CeleryDelivery(accounts.settings.redis_url)
    jobs: CeleryJobs = celery.CeleryJobs(delivery, _looking(accounts, delivery))
    return jobs


def do_announced(accounts: Employer) -> None:
    """Be a Celery worker until the process is asked to end; in its main thread.

    Raises:
        InvalidInput: Celery is not installed.
        Unavailable: Redis does not answer.
    """
    celery = _celery()
    delivery = celery.CeleryDelivery(accounts.settings.redis_url)
    look, worker = _looking(accounts, delivery), worker_of(accounts)
    warm_up(accounts.settings)
    celery.CeleryWorkers(delivery, look, worker, accounts.settings.workers).serve()


def refuse_without_celery() -> None:
    """Raises InvalidInput where Celery is not installed."""
    _celery()


def _celery() -> "ModuleType":
    try:
        return import_module("backend.jobs.celery")
    except ModuleNotFoundError as error:
        raise InvalidInput(f"The setting BACKPROOF_JOBS=celery needs the package {error.name}.", EXTRA) from error


def _looking(accounts: Employer, delivery: "CeleryDelivery") -> Callable[[], None]:
    def look() -> None:
        visit(accounts)
        delivery.announce_forgotten(_store(accounts), utc_now)

    return look


def local_workers(accounts: Employer) -> LocalWorkers:
    """Threads of this process."""

    def hire() -> Worker:
        warm_up(accounts.settings)
        return worker_of(accounts)

    return LocalWorkers(hire, lambda: visit(accounts), accounts.settings.workers)


def worker_of(accounts: Employer) -> Worker:
    """A new worker in this process."""
    return Worker(_store(accounts), handlers_of(accounts), _around(accounts))


def visit(accounts: Employer) -> None:
    """Make the jobs due whose workers on this machine have died."""
    release_dead(_store(accounts), _around(accounts))


def work_off(accounts: Employer) -> int:
    """Do every job that is due, and those that they queue, in the calling thread; how many."""
    worker, done = worker_of(accounts), 0
    with worker.present():
        while job := worker.claim():
            worker.work(job)
            done += 1
    return done


def handlers_of(accounts: Employer) -> Handlers:
    """What does the jobs of each kind, each in the name of its owner."""
    acting_for = accounts.acting_for

    def stopping(stop: Callable[[Application, Job], None]) -> Callable[[Job], None]:
        def ended(job: Job) -> None:
            later = _store(accounts).unfinished(job.owner, job.kind, job.subject_id)
            if later is None or later.job_id == job.job_id:  # otherwise its subject is that job's by now
                stop(acting_for(job.owner), job)

        return ended

    return {
        "session": Handler(_in_name(acting_for, _run_session), stopping(_stop_session)),
        "batch": Handler(_in_name(acting_for, _run_batch), stopping(_stop_batch)),
        "warm": Handler(_in_name(acting_for, _warm)),
    }


Work = Callable[[Application, Job, Running], dict[str, Any] | None]


def _in_name(acting_for: Callable[[str], Application], work: Work) -> Callable[[Job, Running], dict[str, Any] | None]:
    return lambda job, running: work(acting_for(job.owner), job, running)


def _run_session(application: Application, job: Job, running: Running) -> None:
    budget = Budget.model_validate(job.arguments["budget"]) if job.arguments.get("budget") else None
    application.runner.run(application.sessions.load(job.owner, job.subject_id), budget, running)


def _stop_session(application: Application, job: Job) -> None:
    """A session that its job left running has stopped, unless another process runs it."""
    if application.locks.held(job.subject_id):
        return
    with suppress(NotFound):  # it may be deleted by now
        session = application.sessions.load(job.owner, job.subject_id)
        application.sessions.stop(session, "cancelled" if job.status == "cancelled" else "failed", job.error)


def _run_batch(application: Application, job: Job, running: Running) -> dict[str, Any] | None:
    return application.batches.run(job.owner, job.subject_id, running)


def _stop_batch(application: Application, job: Job) -> None:
    if job.status == "cancelled":
        application.batches.cancelled_before_start(job.owner, job.subject_id)
    else:
        application.batches.fail(job.owner, job.subject_id, job.error or "Its job failed.")


def _warm(application: Application, job: Job, running: Running) -> dict[str, Any]:
    stated = job.arguments

    def tell(text: str) -> None:
        if running.cancelled() or running.leaving():
            raise Cancelled("The warming of prices was stopped.")
        running.progress(text)

    period = OpenPeriod(_day(stated.get("start")), _day(stated.get("end")))
    warmed = application.warming.warm(stated["symbols"], Timeframe(stated.get("timeframe", "1d")), period, tell)
    return {"symbols": [each.model_dump(mode="json") for each in warmed]}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _store(accounts: Employer) -> JobStore:
    return accounts.service.stores.jobs


def _around(accounts: Employer) -> Surroundings:
    return Surroundings(accounts.shared.locks.place(), accounts.shared.locks, utc_now)
