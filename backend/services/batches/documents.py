"""The JSON documents of batches and their cells, the same at every door."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from backend.domain.batches import Batch, CellSummary
from backend.services.batches.marks import tests_of

_HIDDEN = {"tests"}
_LINE = ("batch_id", "status", "cells", "symbols", "timeframe", "start", "end", "round", "created_at", "ended_at")


def cell_document(cell: CellSummary) -> dict[str, Any]:
    """What a cell shows."""
    return cell.model_dump(mode="json", exclude=_HIDDEN)


def batch_document(batch: Batch, cells: Sequence[CellSummary], job_id: str | None = None) -> dict[str, Any]:
    """A batch with a summary of every cell.

    Args:
        batch: as it is stored.
        cells: with their marks; ``tests`` counts the p-values that these were held against.
        job_id: of the job that is to run it or runs it.
    """
    kept = batch.model_dump(mode="json", exclude={"owner", "strategies"})
    columns = [strategy.model_dump(mode="json", exclude={"spec"}) for strategy in batch.strategies]
    return kept | {
        "job_id": job_id,
        "strategies": columns,
        "counts": counts_of(cells),
        "tests": len(tests_of(cells)),
        "discoveries": sum(cell.discovery for cell in cells),
        "summaries": [cell_document(cell) for cell in cells],
    }


def batch_line(batch: Batch) -> dict[str, Any]:
    """One row of a list of batches."""
    kept = batch.model_dump(mode="json", include={*_LINE})
    return {name: kept[name] for name in _LINE} | {"strategies": [strategy.name for strategy in batch.strategies]}


def counts_of(cells: Sequence[CellSummary]) -> dict[str, int]:
    """Cells by status."""
    found = Counter(cell.status for cell in cells)
    return {status: found[status] for status in ("queued", "done", "failed", "cancelled")}
