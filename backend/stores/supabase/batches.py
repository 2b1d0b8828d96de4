"""Batches with their cells and their event log; what came of some cells is one call."""

from collections.abc import Collection, Sequence

from backend.domain.batches import Batch, BatchEvent, CellSummary
from backend.domain.ledger import SeenWith
from backend.domain.periods import Period
from backend.domain.ports import CellResult, Entry
from backend.stores.codecs.batches import (
    TRADE_ROW,
    batch_of,
    batch_row,
    cell_of,
    cell_row,
    cell_run_row,
    event_of,
    event_row,
    trade_tuples,
)
from backend.stores.codecs.documents import dump, parse
from backend.stores.codecs.ledger import opening_row
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_text, rows_text


class SupabaseBatchStore:
    """The BatchStore port over a Supabase project."""

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call

    def add_batch(self, batch: Batch, cells: Sequence[CellSummary]) -> None:
        """Store a batch with its cells in one transaction. Raises Conflict where there is one of that id."""
        self._call("add_batch", row=row_text(batch_row(batch)), cells=_cells_text(batch, cells))

    def load_batch(self, owner: str, batch_id: str) -> Batch:
        """Raises NotFound, naming ids that resemble it."""
        return batch_of(self._call("load_batch", owner=owner, batch_id=batch_id))

    def list_batches(self, owner: str, limit: int, after: str | None = None) -> tuple[Batch, ...]:
        """Newest first, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no batch ``after``.
        """
        documents = self._call("list_batches", owner=owner, limit=limit, after=after)
        return tuple(batch_of(document) for document in documents)

    def list_cells(self, owner: str, batch_id: str) -> tuple[CellSummary, ...]:
        """Ascending by n."""
        documents = self._call("list_batch_cells", owner=owner, batch_id=batch_id)
        return tuple(cell_of(document, batch_id) for document in documents)

    def save_batch(self, batch: Batch, cells: Sequence[CellSummary], entry: Entry | None = None) -> BatchEvent | None:
        """Replace the record and those cells that changed, and append to the log, in one transaction.

        Returns:
            What was appended; None, and nothing is changed, when that step was written before.

        Raises:
            NotFound: there is no such batch.
        """
        event = entry.numbered(0) if entry else None
        number = self._call(
            "save_batch",
            row=row_text(batch_row(batch)),
            cells=_cells_text(batch, cells),
            event=row_text(event_row(batch, entry.step, event)) if entry and event else None,
        )
        return _appended(event, number)

    def save_results(self, batch: Batch, results: Sequence[CellResult], entry: Entry) -> BatchEvent | None:
        """Store what came of some cells, their runs and openings, and append to the log, in one transaction.

        None, and nothing is changed, when that step was written before.

        Raises:
            NotFound: there is no such batch.
        """
        runs = [result.run for result in results if result.run is not None]
        trades = [dict(zip(TRADE_ROW, row, strict=True)) for run in runs for row in trade_tuples(run, "utc")]
        event = entry.numbered(0)
        number = self._call(
            "save_cell_results",
            owner=batch.owner,
            batch_id=batch.batch_id,
            runs=rows_text([cell_run_row(run) for run in runs]),
            trades=rows_text(trades),
            openings=rows_text([opening_row(opening) for result in results for opening in result.openings]),
            cells=_cells_text(batch, [result.cell for result in results]),
            event=row_text(event_row(batch, entry.step, event)),
        )
        return _appended(event, number)

    def list_events(self, batch_id: str, after: int, limit: int | None = None) -> tuple[BatchEvent, ...]:
        """Events with an id above ``after``, ascending."""
        rows = self._call("list_batch_events", batch_id=batch_id, after=after, limit=limit)
        return tuple(event_of(row) for row in rows)

    def list_looks(self, owner: str, symbols: Collection[str], period: Period) -> frozenset[SeenWith]:
        """What the owner has looked at of these symbols on days of the period, whether in a batch or not."""
        days = {"first": period.start.isoformat(), "last": period.end.isoformat()}
        rows = self._call("list_looks", owner=owner, symbols=sorted(symbols), **days)
        return frozenset((symbol, spec_hash, data_hash) for symbol, spec_hash, data_hash in rows)

    def request_cancel(self, owner: str, batch_id: str, wanted: bool) -> None:
        """Set or clear the flag that a running batch polls. Raises NotFound."""
        self._call("request_batch_cancel", owner=owner, batch_id=batch_id, wanted=wanted)

    def cancel_requested(self, batch_id: str) -> bool:
        """Whether somebody asked the batch to stop; False for an unknown one."""
        return bool(self._call("batch_cancel_requested", batch_id=batch_id))


def _cells_text(batch: Batch, cells: Sequence[CellSummary]) -> str:
    return rows_text([cell_row(batch, cell) for cell in cells])


def _appended(event: BatchEvent | None, number: int | None) -> BatchEvent | None:
    if event is None or number is None:
        return None
    return event.model_copy(update={"id": number, "data": parse(dump(event.data))})
