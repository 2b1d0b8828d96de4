"""Batches of an account whose work is done by jobs: opened, run again, stopped and shown."""

from collections.abc import Collection, Mapping
from threading import BoundedSemaphore, Event
from time import monotonic
from typing import TYPE_CHECKING, Any

from backend.bootstrap import Application, done_before, queued_once, repeating
from backend.bootstrap.accounts import Accounts
from backend.domain.batches import Batch, BatchEvent, BatchRequest
from backend.domain.jobs import Job
from backend.domain.sessions import Event as SessionEvent
from backend.services.batches.documents import batch_document

if TYPE_CHECKING:
    from backend.services.batches import Batches

LONGEST_WAIT = 30.0
"""Seconds that an answer may be held back for a batch to end."""

LOOKING = 0.25
"""Seconds between two looks at a batch that another process may run."""

_waiting = BoundedSemaphore(8)
"""Each holds a thread of the server; whoever comes beyond that is answered at once."""


class QueuedBatches:
    """What can be done with batches over HTTP.

    A request that is sent again after it was cut short finds what its first try stored, and does the rest.

    Args:
        application: of the account that asks.
        accounts: whose jobs do the work.
    """

    def __init__(self, application: Application, accounts: Accounts) -> None:
        self._application = application
        self._accounts = accounts
        self._owner = application.owner

    @property
    def _batches(self) -> "Batches":
        """Opens the store, which may take long, so not before it is asked for something."""
        return self._application.batches

    def open(self, request: BatchRequest) -> Batch:
        """Store a new batch, and have it run.

        Raises:
            InvalidInput: it has no cell or too many, or one cannot be run as it is stated; says which.
            NotFound: there is no such strategy.
        """
        batch = done_before("bat", self.load) or self._batches.open(self._owner, request)
        self._run(batch)
        return batch

    def rerun(
        self,
        batch_id: str,
        symbols: Collection[str] | None,
        strategies: Collection[str] | None,
        parameters: Mapping[str, float],
    ) -> Batch:
        """Have some cells run again; raises what ``Batches.rerun`` does."""
        batch = self.load(batch_id)
        if not (repeating() and batch.status == "running"):
            if batch.status != "running":
                self._accounts.jobs.refuse_unended(self._owner, "batch", batch_id)
            batch = self._batches.rerun(self._owner, batch_id, symbols, strategies, parameters)
        self._run(batch)
        return batch

    def cancel(self, batch_id: str) -> Batch:
        """Ask a batch to stop; one that nobody has begun to work on has ended when this returns.

        Raises:
            NotFound: there is no such batch.
            Conflict: it has ended.
        """
        self._batches.cancel(self._owner, batch_id)
        job = self._unfinished(batch_id)
        if job is not None:
            job = self._accounts.jobs.cancel(self._owner, job.job_id)
        if not self._application.locks.held(batch_id) and (job is None or job.status == "cancelled"):
            self._batches.cancelled_before_start(self._owner, batch_id)
        return self.load(batch_id)

    def wait(self, batch_id: str, seconds: float, stopping: Event) -> bool:
        """Wait for a batch to end, if there is room for another who waits; whether it has.

        Args:
            batch_id: which.
            seconds: at most.
            stopping: set when the server ends.
        """
        if not _waiting.acquire(blocking=False):
            return False
        ended = Event()

        def hear(event: SessionEvent | BatchEvent) -> None:
            if event.type == "batch.ended" and event.batch_id == batch_id:
                ended.set()

        listeners = self._accounts.shared.listeners
        listeners.append(hear)
        until = monotonic() + min(seconds, LONGEST_WAIT)
        try:
            while self.load(batch_id).status == "running" and monotonic() < until and not stopping.is_set():
                ended.wait(min(LOOKING, max(0.0, until - monotonic())))
            return self.load(batch_id).status != "running"
        finally:
            listeners.remove(hear)
            _waiting.release()

    def document(self, batch_id: str) -> dict[str, Any]:
        """Everything about a batch. Raises NotFound."""
        batch = self.load(batch_id)
        job = self._unfinished(batch_id) if batch.status == "running" else None
        return batch_document(batch, self._batches.cells(batch), job.job_id if job else None)

    def list(self, limit: int, after: str | None) -> tuple[Batch, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when there is none of that id."""
        return self._batches.list(self._owner, limit, after)

    def load(self, batch_id: str) -> Batch:
        """Raises NotFound."""
        return self._batches.load(self._owner, batch_id)

    def _unfinished(self, batch_id: str) -> Job | None:
        return self._accounts.jobs.unfinished(self._owner, "batch", batch_id)

    def _run(self, batch: Batch) -> None:
        queued_once(self._accounts.jobs, self._owner, "batch", batch.batch_id)
