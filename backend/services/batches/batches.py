"""Opens, runs, shows, cancels and runs again batches."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from backend.domain.batches import Batch, BatchEvent, BatchRequest, BatchStatus, CellSummary
from backend.domain.errors import Busy, Cancelled, Conflict
from backend.domain.ports import BatchStore, Clock, Entry, NewId, Running, SessionLocks
from backend.services.batches.again import Choice, again
from backend.services.batches.alone import Alone
from backend.services.batches.asked import asked
from backend.services.batches.documents import counts_of
from backend.services.batches.marks import marked
from backend.services.batches.recorder import Recorder
from backend.services.batches.round import Round
from backend.services.gathering import Gathering
from backend.services.strategies import Strategies

Listener = Callable[[BatchEvent], None]

THREADS = max(2, min(8, os.cpu_count() or 2))
"""Cells at the same time: kernels run beside each other, all else takes turns."""


NOBODY = Alone()
"""Who runs a batch that merely ends."""


class Batches:
    """Batches of all owners; everything about one is in the store, so whoever runs it may die at any moment.

    Args:
        store: where they are kept.
        strategies: those that are kept by name.
        gathering: where bars and sentiment come from.
        locks: held while one runs; they die with the process.
        identity: the present moment in UTC, and what makes ids.
    """

    def __init__(
        self,
        store: BatchStore,
        strategies: Strategies,
        gathering: Gathering,
        locks: SessionLocks,
        identity: tuple[Clock, NewId],
    ) -> None:
        self._store = store
        self._strategies = strategies
        self._gathering = gathering
        self._locks = locks
        self._clock, self._new_id = identity
        self._listeners: list[Listener] = []

    def open(self, owner: str, request: BatchRequest) -> Batch:
        """Store a new batch, of which no cell has been run.

        Raises:
            InvalidInput: it has no cell or too many, or one cannot be run as it is stated; says which.
            NotFound: there is no such strategy.
        """
        found = asked(request, partial(self._strategies.load, owner))
        batch = Batch(
            batch_id=self._new_id("bat"),
            owner=owner,
            status="running",
            strategies=found.strategies,
            symbols=found.symbols,
            cells=len(found.cells),
            timeframe=request.timeframe,
            start=request.start,
            end=request.end,
            execution=request.execution,
            created_at=self._clock(),
            notices=found.notices,
        )
        self._store.add_batch(batch, found.cells)
        return batch

    def run(self, owner: str, batch_id: str, running: Running) -> dict[str, Any]:
        """Run the cells that wait, and end the batch; one that has ended stays as it is.

        Returns:
            Cells by status.

        Raises:
            NotFound: the owner has no such batch.
            Busy: another process runs it.
            Cancelled: the worker leaves; nothing is marked, and the rest can be run later.
            Unavailable: the store does not answer; likewise.
        """
        with self._held(batch_id):
            batch = self.load(owner, batch_id)
            if batch.status == "running":
                self._go_on(batch, running)
        return counts_of(self._cells(batch))

    def _go_on(self, batch: Batch, running: Running) -> None:
        recorder = self._recorder(batch, running)
        try:
            Round(batch, recorder, self._gathering, THREADS).run(recorder.begin(self._cells(batch)))
        except KeyboardInterrupt:
            recorder.end("cancelled", self._cells(batch))
            raise
        if running.leaving() and not recorder.cancelled:
            raise Cancelled(f"Batch {batch.batch_id} was left; the rest of it is run later.")
        recorder.end("cancelled" if recorder.cancelled else "done", self._cells(batch))

    def rerun(
        self,
        owner: str,
        batch_id: str,
        symbols: Collection[str] | None = None,
        strategies: Collection[str] | None = None,
        parameters: Mapping[str, float] | None = None,
    ) -> Batch:
        """Let some cells of a batch that has ended be run again, as a further round.

        A cell keeps its number; what it showed before stays stored and counts as a test. Without any choice those
        that are not done are run, or all where every one is done.

        Args:
            owner: whose batch.
            batch_id: which.
            symbols: rows of the matrix; None for all.
            strategies: columns, by key or name; None for all.
            parameters: values that the cells chosen have from now on, beside those that they had.

        Raises:
            NotFound: the owner has no such batch.
            InvalidInput: nothing is chosen, or a strategy does not have that parameter or value.
            Conflict: it runs.
        """
        batch = self.load(owner, batch_id)
        if batch.status == "running":
            raise Conflict(f"Batch {batch_id} is running; cells are run again when it has ended.", "cancel it, or wait")
        changed = again(batch, self._cells(batch), Choice(symbols, strategies, parameters or {}))
        update = {"status": "running", "round": batch.round + 1, "ended_at": None, "error_message": None}
        running = batch.model_copy(update=update)
        data = {"round": running.round, "total": batch.cells, "queued": len(changed)}
        event = BatchEvent(id=0, batch_id=batch_id, at=self._clock(), type="batch.started", data=data)
        self._store.request_cancel(owner, batch_id, wanted=False)
        stored = self._store.save_batch(running, changed, Entry(f"started {running.round}", event))
        if stored is None:
            raise Conflict(f"Batch {batch_id} was set running meanwhile.", "look at it again")
        self._tell(stored)
        return running

    def cancel(self, owner: str, batch_id: str) -> Batch:
        """Ask a running batch to stop. Raises NotFound; Conflict when it has ended."""
        batch = self.load(owner, batch_id)
        if batch.status != "running":
            raise Conflict(f"Batch {batch_id} is {batch.status}; only a running batch can be cancelled.")
        self._store.request_cancel(owner, batch_id, wanted=True)
        return batch

    def cancelled_before_start(self, owner: str, batch_id: str) -> None:
        """End a batch as cancelled that nobody will run any more; one that has ended stays as it is."""
        self._end(owner, batch_id, "cancelled", None)

    def fail(self, owner: str, batch_id: str, reason: str) -> None:
        """End a batch whose job failed for good; one that has ended stays as it is."""
        self._end(owner, batch_id, "failed", reason)

    def load(self, owner: str, batch_id: str) -> Batch:
        """Raises NotFound."""
        return self._store.load_batch(owner, batch_id)

    def cells(self, batch: Batch) -> tuple[CellSummary, ...]:
        """Ascending by number; with their marks unless the batch still runs."""
        cells = self._cells(batch)
        return cells if batch.status == "running" else marked(batch, cells)

    def list(self, owner: str, limit: int, after: str | None = None) -> tuple[Batch, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput where that is none of the owner's."""
        return self._store.list_batches(owner, limit, after)

    def events(self, batch_id: str, after: int = 0, limit: int | None = None) -> tuple[BatchEvent, ...]:
        """Events with an id above ``after``, ascending; whoever asks has loaded the batch."""
        return self._store.list_events(batch_id, after, limit)

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every event that this process stores, after it is stored."""
        self._listeners.append(listener)

    def _cells(self, batch: Batch) -> tuple[CellSummary, ...]:
        return self._store.list_cells(batch.owner, batch.batch_id)

    def _recorder(self, batch: Batch, running: Running) -> Recorder:
        return Recorder(batch, self._store, running, self._clock, self._tell)

    def _end(self, owner: str, batch_id: str, status: BatchStatus, reason: str | None) -> None:
        with self._held(batch_id):
            batch = self.load(owner, batch_id)
            if batch.status == "running":
                self._recorder(batch, NOBODY).end(status, self._cells(batch), reason)

    @contextmanager
    def _held(self, batch_id: str) -> Iterator[None]:
        """Keep others from running it meanwhile."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._locks.hold(batch_id))
            except Conflict:
                raise Busy(f"Batch {batch_id} is being run by another process.", "wait until it ends") from None
            yield

    def _tell(self, event: BatchEvent) -> None:
        for listener in self._listeners:
            listener(event)
