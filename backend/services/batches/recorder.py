"""Writes what comes of a running batch: results, events, and how it ended."""

from collections import Counter
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from backend.domain.batches import Batch, BatchEvent, BatchEventType, BatchStatus, CellSummary
from backend.domain.ports import BatchStore, CellResult, Clock, Entry, Running
from backend.services.batches.documents import cell_document, counts_of
from backend.services.batches.marks import looks_elsewhere, marked, tests_of

Tell = Callable[[BatchEvent], None]

LOOKED_AFTER = 0.2
"""Seconds between two questions whether somebody asked the batch to stop."""

SAID_AFTER = 1.0
"""Seconds without a finished cell after which the log says what is being waited for."""


class Recorder:
    """The log and the results of one batch while it runs; used by one thread, but for ``doing``.

    Args:
        batch: that runs.
        store: where it is kept.
        running: the job that runs it.
        clock: the present moment in UTC.
        tell: told of every event after it was stored.
    """

    def __init__(self, batch: Batch, store: BatchStore, running: Running, clock: Clock, tell: Tell) -> None:
        self._batch = batch
        self._store = store
        self._running = running
        self._tell = tell
        self.now = clock
        self.doing = ""
        self.stored_at = float("-inf")
        self._looked_at = float("-inf")
        self._said_at = monotonic()
        self._counted: Counter[str] = Counter()
        self.cancelled = False

    def begin(self, cells: Sequence[CellSummary]) -> tuple[CellSummary, ...]:
        """Say that it runs; the cells that wait."""
        waiting = tuple(cell for cell in cells if cell.status == "queued")
        self._counted.update(counts_of(cells))
        self._save(self._batch, (), f"started {self._batch.round}", "batch.started", _begun(self._batch, waiting))
        return waiting

    def stopped(self) -> bool:
        """Whether to stop: somebody asked for that, or the worker leaves."""
        if self._running.leaving():
            return True
        if not self.cancelled and monotonic() - self._looked_at >= LOOKED_AFTER:
            self._looked_at = monotonic()
            self.cancelled = self._running.cancelled() or self._store.cancel_requested(self._batch.batch_id)
        return self.cancelled

    def store(self, results: Sequence[CellResult]) -> None:
        """Store what came of some cells."""
        for result in results:
            self._counted[result.cell.status] += 1
        self._counted["queued"] -= len(results)
        told = [cell_document(result.cell) for result in results]
        data = {"round": self._batch.round, "cells": told, "counts": dict(self._counted), "total": self._batch.cells}
        step = f"cells {self._batch.round}.{results[0].cell.n}"
        event = self._store.save_results(self._batch, results, self._entry(step, "cells.done", data))
        self._said(event)
        self.stored_at = monotonic()
        self._looked_at = float("-inf")  # somebody may have seen enough by now
        done = self._batch.cells - self._counted["queued"]
        self._running.progress(f"{done:,} of {self._batch.cells:,} cells")

    def waiting(self) -> None:
        """Say what is being done when nothing was finished for a while."""
        if monotonic() - max(self._said_at, self.stored_at) < SAID_AFTER:
            return
        self._said_at = monotonic()
        step = f"waiting {self._batch.round}.{self.now().isoformat()}"
        self._save(self._batch, (), step, "data.progress", {"text": self.doing})
        self._running.progress(self.doing)

    def end(self, status: BatchStatus, cells: Sequence[CellSummary], reason: str | None = None) -> Batch:
        """Store how it ended; cells that still wait end with it."""
        left = "failed" if status == "failed" else "cancelled"
        changed = {cell.n: _left(cell, left, reason) for cell in cells if cell.status == "queued"}
        final = [changed.get(cell.n, cell) for cell in cells]
        looks = {"looks_elsewhere": looks_elsewhere(self._batch, final, self._store)}
        update = {"status": status, "ended_at": self.now(), "error_message": reason}
        batch = self._batch.model_copy(update=update | looks)
        self._save(
            batch, tuple(changed.values()), f"ended {batch.round}", "batch.ended", _ended(batch, marked(batch, final))
        )
        return batch

    def _save(
        self, batch: Batch, cells: Sequence[CellSummary], step: str, type: BatchEventType, data: dict[str, Any]
    ) -> None:
        self._said(self._store.save_batch(batch, cells, self._entry(step, type, data)))

    def _entry(self, step: str, type: BatchEventType, data: dict[str, Any]) -> Entry:
        event = BatchEvent(id=0, batch_id=self._batch.batch_id, at=self.now(), type=type, data=data)
        return Entry(step, event, self.now)

    def _said(self, event: BatchEvent | None) -> None:
        if event is not None:
            self._tell(event)


def _left(cell: CellSummary, status: str, reason: str | None) -> CellSummary:
    return cell.model_copy(update={"status": status, "error_message": reason})


def _begun(batch: Batch, waiting: Sequence[CellSummary]) -> dict[str, Any]:
    return {"round": batch.round, "total": batch.cells, "queued": len(waiting)}


def _ended(batch: Batch, cells: Sequence[CellSummary]) -> dict[str, Any]:
    named = ("n", "symbol", "strategy", "p_value", "q_value")
    found = [cell.model_dump(include={*named}) for cell in cells if cell.discovery]
    told = {"round": batch.round, "status": batch.status, "error_message": batch.error_message}
    tested = {"tests": len(tests_of(cells)), "looks_elsewhere": batch.looks_elsewhere}
    return told | {"counts": counts_of(cells)} | tested | {"discoveries": found}
