"""Small batches for the stores, and backtests of cells as columns."""

from datetime import datetime
from typing import Any

import numpy as np

from backend.domain.batches import Batch, BatchEvent, BatchStrategy, CellSummary
from backend.domain.execution import Execution
from backend.domain.ports import CellResult, CellRun, Entry, PriceColumns, RunCurves
from backend.domain.results import BacktestRun
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.runs import NOT_IN_DOCUMENT
from tests.stores.samples import METRICS, NOON, OWNER, SPEC, make_opening, make_run


def make_batch(batch_id: str = "bat_1", owner: str = OWNER, **changed: Any) -> Batch:
    facts: dict[str, Any] = {
        "batch_id": batch_id,
        "owner": owner,
        "status": "running",
        "strategies": (BatchStrategy(key="spec_1", name="Cross", spec=SPEC, spec_hash="s1"),),
        "symbols": ("AAPL", "MSFT"),
        "cells": 2,
        "timeframe": Timeframe.DAY,
        "start": None,
        "end": None,
        "execution": Execution(),
        "created_at": NOON,
    }
    return Batch(**facts | changed)


def make_cell(n: int = 1, symbol: str = "AAPL", **changed: Any) -> CellSummary:
    return CellSummary(**{"n": n, "symbol": symbol, "strategy": "spec_1", "spec_hash": "s1"} | changed)


def make_entry(step: str = "cells 1", at: datetime = NOON, **data: Any) -> Entry:
    return Entry(step, BatchEvent(id=0, batch_id="bat_1", at=at, type="cells.done", data=data))


def as_columns(run: BacktestRun) -> CellRun:
    """The same run as a batch hands it over."""

    def instants(moments: Any) -> Any:
        return np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[us]")

    trades = [trade.model_dump(by_alias=True) for trade in run.trades]
    columns: dict[str, Any] = {name: [trade[name] for trade in trades] for name in trades[0]}
    columns |= {name: instants(columns[name]) for name in ("entry_time", "exit_time")}
    lines = (run.equity_value, run.benchmark_value, run.exposure_value)
    return CellRun(
        summary=run.model_copy(update=NOT_IN_DOCUMENT),
        curves=RunCurves(instants(run.equity_time), *(np.array(line) for line in lines)),
        prices=tuple(PriceColumns(p.symbol, instants(p.time), np.array(p.close)) for p in run.prices),
        trades=columns,
    )


def make_result(n: int = 1, run_id: str = "run_1", owner: str = OWNER) -> CellResult:
    """What came of a cell that was done."""
    cell = make_cell(n, status="done", run_id=run_id, metrics=METRICS, p_value=0.1, runs=1)
    opening = make_opening(f"opn_{run_id}", owner, kind="backtest")
    return CellResult(cell, as_columns(make_run(run_id, owner=owner)), (opening,))
