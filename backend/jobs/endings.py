"""What a job is after a try: ended, or put back to be tried again."""

from datetime import datetime, timedelta
from typing import Any, Literal

from backend.domain.errors import BackproofError, Unavailable
from backend.domain.jobs import Job
from backend.observability import mask

RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=60))
"""How long a job waits after each try that ended because something was away; one more such try fails it."""

BUSY_AFTER = timedelta(seconds=1)
"""How long a job waits whose subject another process is at work on."""

MOST_TRIES = 10
"""A job that was begun so often and never came to an end kills its workers."""


def retried(job: Job, error: Exception) -> bool:
    """Whether the job is tried again after that error."""
    return isinstance(error, Unavailable) and job.tries <= len(RETRY_AFTER)


def done(job: Job, now: datetime, result: dict[str, Any] | None) -> Job:
    """It came to its end."""
    return _ended(job, now, "done", result=result)


def cancelled(job: Job, now: datetime) -> Job:
    """Somebody asked it to stop, and it did."""
    return _ended(job, now, "cancelled")


def failed(job: Job, now: datetime, error: Exception) -> Job:
    """It cannot be done, for the reason that the error tells."""
    if isinstance(error, BackproofError):
        return _ended(job, now, "failed", error=mask(error.message))
    told = f"An unexpected error ({type(error).__name__}) ended it; the log of the worker tells more."
    return _ended(job, now, "failed", error=told)


def retry(job: Job, now: datetime, error: Exception) -> Job:
    """Something was away; it waits longer each time."""
    wait = RETRY_AFTER[min(job.tries, len(RETRY_AFTER)) - 1]
    return _put_back(job, now + wait, tries=job.tries, error=mask(str(error)))


def postponed(job: Job, now: datetime) -> Job:
    """Another process is at work on its subject; this was no try."""
    return _put_back(job, now + BUSY_AFTER, tries=job.tries - 1)


def given_back(job: Job) -> Job:
    """Its worker ends in order; this was no try."""
    return _put_back(job, None, tries=job.tries - 1)


def _ended(job: Job, now: datetime, status: Literal["done", "cancelled", "failed"], **fields: Any) -> Job:
    cleared = {"leased_until": None, "not_before": None, "error": None}
    return job.model_copy(update={"status": status, "ended_at": now, **cleared, **fields})


def _put_back(job: Job, not_before: datetime | None, **fields: Any) -> Job:
    return job.model_copy(update={"status": "queued", "not_before": not_before, "leased_until": None, **fields})
