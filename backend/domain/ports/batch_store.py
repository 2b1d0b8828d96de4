"""What keeps batches with their cells and their log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.domain.batches import Batch, BatchEvent, CellSummary
from backend.domain.ledger import Opening
from backend.domain.results import BacktestRun


@dataclass(frozen=True)
class CellResult:
    """What came of a cell: a run with its openings, or neither where it failed."""

    cell: CellSummary
    run: BacktestRun | None = None
    openings: tuple[Opening, ...] = ()


class BatchStore(Protocol):
    """Batches of all owners."""

    def add_batch(self, batch: Batch, cells: Sequence[CellSummary]) -> None:
        """Store a batch with its cells in one transaction. Raises Conflict where there is one of that id."""

    def load_batch(self, owner: str, batch_id: str) -> Batch:
        """Raises NotFound, naming ids that resemble it."""

    def list_batches(self, owner: str, limit: int, after: str | None = None) -> tuple[Batch, ...]:
        """Newest first, from the one behind ``after`` on."""

    def list_cells(self, owner: str, batch_id: str) -> tuple[CellSummary, ...]:
        """Ascending by n."""

    def save_batch(
        self, batch: Batch, cells: Sequence[CellSummary], event: tuple[str, BatchEvent] | None = None
    ) -> BatchEvent | None:
        """Replace the record and these cells, and append an event once a step, in one transaction.

        Args:
            batch: as it is from now on.
            cells: those that changed.
            event: its step, and the event, whose id is given by the store; None for none.
        """

    def save_results(
        self, batch: Batch, results: Sequence[CellResult], event: tuple[str, BatchEvent]
    ) -> BatchEvent | None:
        """Store what came of some cells, their runs and openings, and one event about them, in one transaction.

        None, and nothing is changed, when the step of the event was written before.
        """

    def list_events(self, batch_id: str, after: int) -> tuple[BatchEvent, ...]:
        """Events with an id above ``after``, ascending."""

    def request_cancel(self, owner: str, batch_id: str, wanted: bool, at: datetime) -> None:
        """Set or clear the flag that a running batch polls. Raises NotFound."""

    def cancel_requested(self, batch_id: str) -> bool: ...
