"""Jobs: how far the work is that outlives its request."""

from collections.abc import Iterator

from backend.api.documents.jobs import JobPage, JobRecord
from backend.client.connection import Connection, part
from backend.client.paging import PAGE, pages

UNFINISHED = ("queued", "running")
LOOK_AGAIN = 0.2
"""Seconds."""


class JobCalls:
    """``client.jobs``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[JobRecord]:
        """Newest first, read page by page."""
        for page in pages(lambda after: self._connection.read(JobPage, "jobs", limit=PAGE, cursor=after)):
            yield from page.jobs

    def show(self, job_id: str) -> JobRecord:
        """What it runs, how far it is, and what came of it."""
        return self._connection.read(JobRecord, _path(job_id))

    def cancel(self, job_id: str) -> JobRecord:
        """Ask it to stop; what it has finished is kept."""
        return self._connection.write(JobRecord, "POST", f"{_path(job_id)}/cancel")

    def wait(self, job_id: str) -> JobRecord:
        """A job when it has ended."""
        while (job := self.show(job_id)).status in UNFINISHED:
            self._connection.patience.pause(LOOK_AGAIN)
        return job


def _path(job_id: str) -> str:
    return f"jobs/{part(job_id)}"
