"""Jobs, of which each is had by one worker at a time."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, update

from backend.domain.errors import Conflict
from backend.domain.jobs import UNFINISHED, Job, JobKind, JobStatus
from backend.stores.codecs.jobs import changed_row, job_of, job_row
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import JOB, load_row, not_found
from backend.stores.sql.paging import page
from backend.stores.sql.tables import jobs


class SqlJobStore:
    """The JobStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_job(self, job: Job) -> None:
        """Raises Conflict where an unfinished job has the same kind and subject, or a job of that id is stored."""
        with self._database.writing(f"job {job.owner} {job.kind} {job.subject_id}", f"job {job.job_id}") as connection:
            taken = select(jobs.c.job_id).where(
                or_(_of_subject(job.owner, job.kind, job.subject_id), JOB.id == job.job_id)
            )
            holder = connection.scalar(taken.limit(1))
            if holder is not None:
                raise taken_already(job, holder)
            connection.execute(insert(jobs), job_row(job))

    def load_job(self, owner: str, job_id: str) -> Job:
        """Raises NotFound, naming ids that resemble it."""
        with self._database.reading() as connection:
            return job_of(load_row(connection, JOB, owner, job_id))

    def list_jobs(self, owner: str, limit: int, after: str | None = None) -> tuple[Job, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput where that is none of the owner's."""
        with self._database.reading() as connection:
            rows = connection.execute(page(connection, select(jobs), JOB, owner, (limit, after))).mappings().all()
        return tuple(map(job_of, rows))

    def unfinished(self, owner: str, kind: JobKind, subject_id: str) -> Job | None:
        """The job that is queued or runs for this subject."""
        found = self._read(select(jobs).where(_of_subject(owner, kind, subject_id)))
        return found[0] if found else None

    def claim(self, worker: str, now: datetime, leased_until: datetime, job_id: str | None = None) -> Job | None:
        """Give the worker the job that is due next, or that very job; None when there is none to have."""
        wanted = _next(now, job_id)
        if not self._read(wanted):  # a look that locks nothing, for workers that look again and again
            return None
        values = {
            "status": "running",
            "worker": worker,
            "leased_until": leased_until,
            "started_at": func.coalesce(jobs.c.started_at, now),
            "tries": jobs.c.tries + 1,
            "not_before": None,
            "progress": "",
        }
        with self._database.writing() as connection:
            # SQLite has one writer; PostgreSQL passes over what another worker is about to take.
            found = connection.execute(wanted.with_for_update(skip_locked=True, of=jobs)).mappings().first()
            if found is None:
                return None
            taking = update(jobs).where(jobs.c.number == found["number"]).values(values).returning(jobs)
            return job_of(connection.execute(taking).mappings().one())

    def renew(self, job_id: str, worker: str, leased_until: datetime, progress: str) -> bool:
        """Extend the lease and say what is being done; False when the worker has lost the job."""
        return self._change(_had_by(job_id, worker), {"leased_until": leased_until, "progress": progress})

    def save_job(self, job: Job) -> bool:
        """Replace the record of a running job that ``job.worker`` has, but not the wish to stop it.

        False, and nothing is changed, when that worker has lost the job.
        """
        return self._change(_had_by(job.job_id, job.worker or ""), changed_row(job))

    def release(self, worker: str, now: datetime) -> tuple[str, ...]:
        """End the leases of a worker that is known to be dead; the ids of its jobs, which are due now."""
        ending = update(jobs).where(jobs.c.status == "running", jobs.c.worker == worker).values(leased_until=now)
        with self._database.writing() as connection:
            return tuple(connection.scalars(ending.returning(jobs.c.job_id)).all())

    def running(self) -> tuple[Job, ...]:
        """Of all owners."""
        return self._read(select(jobs).where(jobs.c.status == "running").order_by(jobs.c.number))

    def due(self, now: datetime) -> tuple[str, ...]:
        """Ids of jobs of all owners that could be claimed, oldest first."""
        with self._database.asking() as connection:
            return tuple(connection.scalars(select(jobs.c.job_id).where(_due(now)).order_by(jobs.c.number)).all())

    def request_cancel(self, owner: str, job_id: str, at: datetime) -> Job:
        """Set the flag that its worker polls; a queued one ends at once as cancelled. Raises NotFound."""
        own = and_(jobs.c.owner == owner, jobs.c.job_id == job_id)
        with self._database.writing() as connection:
            queued = update(jobs).where(own, jobs.c.status == "queued")
            connection.execute(queued.values(status="cancelled", ended_at=at, cancel_requested=True))
            connection.execute(update(jobs).where(own, jobs.c.status == "running").values(cancel_requested=True))
            row = connection.execute(select(jobs).where(own)).mappings().one_or_none()
            if row is None:
                raise not_found(connection, JOB, owner, job_id)
            return job_of(row)

    def cancel_requested(self, job_id: str) -> bool:
        """Whether somebody asked the job to stop; False for an unknown one."""
        with self._database.asking() as connection:
            return bool(connection.scalar(select(jobs.c.cancel_requested).where(jobs.c.job_id == job_id)))

    def count(self) -> dict[JobStatus, int]:
        """How many jobs of all owners there are of each status that has any."""
        with self._database.asking() as connection:
            rows = connection.execute(select(jobs.c.status, func.count()).group_by(jobs.c.status)).all()
        return dict(sorted((status, number) for status, number in rows))

    def _read(self, query: Select[Any]) -> tuple[Job, ...]:
        with self._database.asking() as connection:
            return tuple(map(job_of, connection.execute(query).mappings()))

    def _change(self, which: ColumnElement[bool], values: dict[str, Any]) -> bool:
        with self._database.writing() as connection:
            return connection.execute(update(jobs).where(which).values(values)).rowcount > 0


def taken_already(job: Job, holder: str) -> Conflict:
    """The error for a job that cannot be added beside a stored one."""
    if holder == job.job_id:
        return Conflict(f'There is a job "{job.job_id}" already.', "give the new one an id of its own")
    return Conflict(f"Job {holder} is at work on {job.subject_id} already.", "wait until it has ended, or cancel it")


def _due(now: datetime) -> ColumnElement[bool]:
    waited = and_(jobs.c.status == "queued", or_(jobs.c.not_before.is_(None), jobs.c.not_before <= now))
    return or_(waited, and_(jobs.c.status == "running", jobs.c.leased_until <= now))


def _next(now: datetime, job_id: str | None) -> Select[Any]:
    """The job that is due next: the oldest of the owner for whom the fewest run."""
    others = jobs.alias("others")
    busy = select(func.count()).where(
        others.c.owner == jobs.c.owner, others.c.status == "running", others.c.leased_until > now
    )
    query = select(jobs).where(_due(now)).order_by(busy.correlate(jobs).scalar_subquery(), jobs.c.number).limit(1)
    return query if job_id is None else query.where(jobs.c.job_id == job_id)


def _had_by(job_id: str, worker: str) -> ColumnElement[bool]:
    return and_(jobs.c.job_id == job_id, jobs.c.worker == worker, jobs.c.status == "running")


def _of_subject(owner: str, kind: JobKind, subject_id: str) -> ColumnElement[bool]:
    mine = and_(jobs.c.owner == owner, jobs.c.kind == kind, jobs.c.subject_id == subject_id)
    return and_(mine, jobs.c.status.in_(UNFINISHED))
