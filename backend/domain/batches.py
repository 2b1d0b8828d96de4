"""A batch: strategies by symbols, one backtest in each cell."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from backend.domain.execution import Execution
from backend.domain.record import Record
from backend.domain.results import Metrics
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe

MOST_CELLS = 2_000

CellStatus = Literal["queued", "done", "failed", "cancelled"]
BatchStatus = Literal["running", "done", "cancelled", "failed"]
BatchEventType = Literal["batch.started", "data.progress", "cells.done", "batch.ended"]


class BatchItem(Record):
    """One cell that is asked for.

    Attributes:
        strategy: id or name of a kept one, or one that is sent along.
        parameters: values that replace those of the strategy.
    """

    symbol: str
    strategy: str | StrategySpec
    parameters: dict[str, float] = Field(default_factory=dict)


class BatchRequest(Record):
    """What is asked for; the same period, timeframe and execution for every cell.

    Attributes:
        start, end: None means as far as the data of each symbol reaches.
    """

    items: tuple[BatchItem, ...]
    timeframe: Timeframe = Timeframe.DAY
    start: date | None = None
    end: date | None = None
    execution: Execution = Execution()


class BatchStrategy(Record):
    """A column of the matrix.

    Attributes:
        key: how cells name it: the id of a kept strategy, or ``spec_1``, ``spec_2`` ... for those that were sent along.
    """

    key: str
    name: str
    spec: StrategySpec
    spec_hash: str


class CellTest(Record):
    """A run of a cell as a test that was made: the same strategy on the same data is the same test."""

    run_id: str
    spec_hash: str
    data_hash: str
    p_value: float | None


class CellSummary(Record):
    """What a cell shows.

    Attributes:
        n: its place in the batch, from 1 on; stays the same when it is run again.
        parameters: values that differ from those of the strategy.
        spec_hash: of the strategy with these values.
        run_id: the stored backtest; None until it is done.
        p_value: probability of timing as good as this by chance; None where it cannot be told.
        q_value: the share of false discoveries among all tests that look at least as good; not stored, for it depends
            on every cell.
        discovery: whether the cell stands out although the whole batch was searched; not stored either.
        error_message: why it failed.
        runs: how often it has been run to its end.
        tests: one for each of these runs, the earlier ones first.
    """

    n: int = Field(ge=1)
    symbol: str
    strategy: str
    parameters: dict[str, float] = Field(default_factory=dict)
    status: CellStatus = "queued"
    spec_hash: str = ""
    run_id: str | None = None
    metrics: Metrics | None = None
    notices: tuple[str, ...] = ()
    p_value: float | None = None
    q_value: float | None = None
    discovery: bool = False
    error_message: str | None = None
    runs: int = 0
    tests: tuple[CellTest, ...] = ()


class Batch(Record):
    """A stored batch without its cells.

    Attributes:
        cells: how many there are.
        start, end: None means as far as the data reaches.
        round: how often it has been set running; cells that are run again make another round.
        looks_elsewhere: other strategies, or other data, with which the owner had looked at its symbols on its days
            when it ended: direct backtests, other batches, opened hold-outs.
    """

    batch_id: str
    owner: str
    status: BatchStatus
    strategies: tuple[BatchStrategy, ...]
    symbols: tuple[str, ...]
    cells: int
    timeframe: Timeframe
    start: date | None
    end: date | None
    execution: Execution
    created_at: datetime
    ended_at: datetime | None = None
    round: int = 1
    notices: tuple[str, ...] = ()
    error_message: str | None = None
    looks_elsewhere: int = 0


class BatchEvent(Record):
    """One line of a batch's log; ids count up by one within the batch."""

    id: int
    batch_id: str
    at: datetime
    type: BatchEventType
    data: dict[str, Any]
