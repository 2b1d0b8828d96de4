"""Batches, their cells and their log as rows, and the backtests of cells, which come as columns."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.domain.batches import Batch, BatchEvent, CellSummary
from backend.domain.ports import CellRun
from backend.stores.codecs.documents import record_of
from backend.stores.codecs.packing import pack
from backend.stores.codecs.rows import StoredRow
from backend.stores.codecs.runs import CLOSE_OF, TIME_OF, TRADE_COLUMNS

TRADE_ROW = ("owner", "run_id", "n", *TRADE_COLUMNS)
"""The columns of ``trade_tuples`` in their order."""

_TIMES = ("entry_time", "exit_time")


def batch_row(batch: Batch) -> dict[str, Any]:
    """The row of one batch."""
    named = {name: getattr(batch, name) for name in ("owner", "batch_id", "status", "created_at")}
    return named | {"document": batch}


def batch_of(document: Any) -> Batch:
    """The batch of a document. Raises Unavailable: it does not fit."""
    return record_of(Batch, document, "batch")


def cell_row(batch: Batch, cell: CellSummary) -> dict[str, Any]:
    """The row of one cell; what depends on every cell is not stored."""
    named = {name: getattr(cell, name) for name in ("n", "symbol", "status", "run_id")}
    kept = cell.model_copy(update={"q_value": None, "discovery": False})
    return named | {"batch_id": batch.batch_id, "owner": batch.owner, "document": kept}


def cell_of(document: Any, batch_id: str) -> CellSummary:
    """The cell of a document. Raises Unavailable: it does not fit."""
    return record_of(CellSummary, document, f"cell of batch {batch_id}")


def event_row(batch: Batch, step: str, event: BatchEvent) -> dict[str, Any]:
    """The row of one event."""
    return event.model_dump() | {"owner": batch.owner, "step": step}


def event_of(row: StoredRow) -> BatchEvent:
    """The event of a row. Raises Unavailable: it does not fit."""
    return record_of(BatchEvent, dict(row), f"event {row['id']} of batch {row['batch_id']}")


def cell_run_row(run: CellRun) -> dict[str, Any]:
    """The row of a cell's backtest: byte for byte that of the same run as a record."""
    summary = run.summary
    return {
        "owner": summary.owner,
        "run_id": summary.run_id,
        "created_at": summary.created_at,
        "document": summary,
        "equity": pack(dict(_columns(run))),
    }


def trade_tuples(run: CellRun, times: str) -> Iterator[tuple[Any, ...]]:
    """A row for each closed trade, numbered from 1.

    Args:
        run: whose trades.
        times: ``text`` for the words in which SQLite keeps a moment, ``utc`` for those of a document.
    """
    written = {name: _written(run.trades[name], times) for name in _TIMES}
    columns = [written.get(name, run.trades[name]) for name in TRADE_COLUMNS]
    count = len(run.trades["symbol"])
    return zip(
        repeat(run.summary.owner, count), repeat(run.summary.run_id), range(1, count + 1), *columns, strict=False
    )


def _written(moments: NDArray[np.datetime64], times: str) -> Sequence[str]:
    words: list[str] = np.datetime_as_string(moments.astype("datetime64[us]")).tolist()
    if times == "text":
        return [word.replace("T", " ") for word in words]
    return [f"{word}Z" for word in words]


def _columns(run: CellRun) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each column of the block with its name, as a run that is a record has them."""
    curves = run.curves
    lines = {"value": curves.equity, "benchmark": curves.benchmark, "exposure": curves.exposure}
    yield "time", curves.time
    yield from ((name, line) for name, line in lines.items() if line is not None)
    for price in run.prices:
        yield TIME_OF + price.symbol, price.time
        yield CLOSE_OF + price.symbol, price.close
