"""What keeps batches with their cells and their log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backend.domain.arrays import Floats, Instants
from backend.domain.batches import Batch, BatchEvent, CellSummary
from backend.domain.ledger import Opening, SeenWith
from backend.domain.periods import Period
from backend.domain.ports.ambient import Clock
from backend.domain.ports.result_stores import RunCurves
from backend.domain.results import BacktestRun


@dataclass(frozen=True, eq=False)
class PriceColumns:
    """A ``PriceLine`` as arrays: the end of each bar and its close."""

    symbol: str
    time: Instants
    close: Floats


@dataclass(frozen=True, eq=False)
class CellRun:
    """A backtest as columns, which a store takes in much faster than records.

    Attributes:
        summary: the run without trades, curves and prices.
        trades: closed trades by the names of ``Trade``, times as ``datetime64``; of each column one value a trade.
    """

    summary: BacktestRun
    curves: RunCurves
    prices: tuple[PriceColumns, ...]
    trades: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class CellResult:
    """What came of a cell: a run with its openings, or neither where it failed."""

    cell: CellSummary
    run: CellRun | None = None
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, eq=False)
class Entry:
    """A line for the log of a batch, written once a step; its id is given by the store.

    Attributes:
        clock: read when everything else of the transaction is written, so that whoever hears of the event hears of it
            at once; None where ``event`` says when it was.
    """

    step: str
    event: BatchEvent
    clock: Clock | None = None

    def numbered(self, number: int) -> BatchEvent:
        """The event as it is stored."""
        at = self.event.at if self.clock is None else self.clock()
        return self.event.model_copy(update={"id": number, "at": at})


class BatchStore(Protocol):
    """Batches of all owners."""

    def add_batch(self, batch: Batch, cells: Sequence[CellSummary]) -> None:
        """Store a batch with its cells in one transaction. Raises Conflict where there is one of that id."""

    def load_batch(self, owner: str, batch_id: str) -> Batch:
        """Raises NotFound, naming ids that resemble it."""

    def list_batches(self, owner: str, limit: int, after: str | None = None) -> tuple[Batch, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput where that is none of the owner's."""

    def list_cells(self, owner: str, batch_id: str) -> tuple[CellSummary, ...]:
        """Ascending by n."""

    def save_batch(self, batch: Batch, cells: Sequence[CellSummary], entry: Entry | None = None) -> BatchEvent | None:
        """Replace the record and those cells that changed, and append to the log, in one transaction.

        Returns:
            What was appended; None, and nothing is changed, when that step was written before.

        Raises:
            NotFound: there is no such batch.
        """

    def save_results(self, batch: Batch, results: Sequence[CellResult], entry: Entry) -> BatchEvent | None:
        """Store what came of some cells, their runs and openings, and append to the log, in one transaction.

        None, and nothing is changed, when that step was written before.
        """

    def list_events(self, batch_id: str, after: int, limit: int | None = None) -> tuple[BatchEvent, ...]:
        """Events with an id above ``after``, ascending."""

    def list_looks(self, owner: str, symbols: Collection[str], period: Period) -> frozenset[SeenWith]:
        """What the owner has looked at of these symbols on days of the period, whether in a batch or not."""

    def request_cancel(self, owner: str, batch_id: str, wanted: bool) -> None:
        """Set or clear the flag that a running batch polls. Raises NotFound."""

    def cancel_requested(self, batch_id: str) -> bool:
        """Whether somebody asked the batch to stop; False for an unknown one."""
