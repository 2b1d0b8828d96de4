"""Direct backtests as rows: the run as a document, its equity as a block, its trades a row each."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from backend.domain.results import BacktestRun, Trade
from backend.stores.codecs.documents import record_of
from backend.stores.codecs.packing import pack, unpack
from backend.stores.codecs.rows import StoredRow, reading

TRADE_COLUMNS = tuple(field.alias or name for name, field in Trade.model_fields.items())
"""The columns of a row of one closed trade."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def run_row(run: BacktestRun) -> dict[str, Any]:
    """The row of one run, its trades left out."""
    times = np.array([(moment - _EPOCH) // _MICROSECOND for moment in run.equity_time], dtype=np.int64)
    equity = {"time": times.astype("datetime64[us]"), "value": np.array(run.equity_value, dtype=np.float64)}
    return {
        "owner": run.owner,
        "run_id": run.run_id,
        "created_at": run.created_at,
        "document": run.model_copy(update={"trades": (), "equity_time": (), "equity_value": ()}),
        "equity": pack(equity),
    }


def trade_rows(run: BacktestRun) -> list[dict[str, Any]]:
    """A row for each closed trade of a run, numbered from 1."""
    key = {"owner": run.owner, "run_id": run.run_id}
    return [key | {"n": n} | trade.model_dump(by_alias=True) for n, trade in enumerate(run.trades, start=1)]


def summary_of(document: Any, run_id: str) -> BacktestRun:
    """The run without trades and equity."""
    return record_of(BacktestRun, document, f"backtest {run_id}")


def run_of(row: StoredRow, trades: Sequence[StoredRow]) -> BacktestRun:
    """The whole run from its row and the rows of its trades, in their order.

    Raises:
        Unavailable: the stored values do not fit.
    """
    what = f"backtest {row['run_id']}"
    summary = summary_of(row["document"], row["run_id"])
    with reading(what):
        equity = unpack(row["equity"])
        times = tuple(moment.replace(tzinfo=UTC) for moment in equity["time"].tolist())
        values = tuple(equity["value"].tolist())
    closed = tuple(record_of(Trade, dict(trade), what) for trade in trades)
    return summary.model_copy(update={"trades": closed, "equity_time": times, "equity_value": values})
