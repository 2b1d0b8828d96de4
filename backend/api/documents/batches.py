"""Batches over HTTP: what opens one and runs cells again, and how a batch and its cells are shown."""

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Discriminator, Field, JsonValue, StringConstraints, Tag

from backend.api.documents.body import Body
from backend.domain.batches import MOST_CELLS, BatchItem, BatchRequest, BatchStatus, CellStatus
from backend.domain.execution import LARGEST_FEE, Costs, Execution, Profile
from backend.domain.record import Record
from backend.domain.results import Metrics
from backend.domain.spec import MAX_PARAMETERS, StrategySpec
from backend.domain.timeframes import Timeframe

Symbol = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=20)]
StrategyName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


def _name_or_spec(stated: object) -> str:
    """Which of the two is meant; in brackets, so that a fault does not name it as a field."""
    return "(name)" if isinstance(stated, str) else "(spec)"


StatedStrategy = Annotated[
    Annotated[StrategyName, Tag("(name)")] | Annotated[StrategySpec, Tag("(spec)")], Discriminator(_name_or_spec)
]

_EXAMPLE: dict[str, JsonValue] = {
    "items": [
        {"symbol": "AAPL", "strategy": "starter_golden_cross"},
        {"symbol": "MSFT", "strategy": "starter_golden_cross", "parameters": {"fast": 40}},
    ],
    "start_date": "2004-01-02",
    "end_date": "2012-12-31",
    "initial_capital": 100000,
    "commission": 0.0005,
}


class BatchCell(Body):
    """One cell of the matrix.

    Attributes:
        symbol: what it trades.
        strategy: id or name of a kept strategy, or the strategy itself.
        parameters: values that replace those of the strategy.
    """

    symbol: Symbol
    strategy: StatedStrategy
    parameters: dict[str, float] = Field(default_factory=dict, max_length=MAX_PARAMETERS)


class BatchBody(Body):
    """Cells, and the terms that hold for all of them.

    Attributes:
        items: one a cell; a cell that is named twice is run once.
        start_date, end_date: first and last day; as far as there are bars where nothing is stated.
        initial_capital: money at the start of each cell.
        commission: fraction of the traded value, per side.
        commission_fixed: money an order, beside the rate.
        slippage: fraction of the price, per side.
        whole_shares: trade whole shares at the raw, unadjusted price only.
        borrow_rate: yearly, on what is held short.
        interest_rate: yearly, on what is not invested.
        profile: rules by which orders are filled.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    items: tuple[BatchCell, ...] = Field(min_length=1, max_length=MOST_CELLS)
    start_date: date | None = None
    end_date: date | None = None
    timeframe: Timeframe = Timeframe.DAY
    initial_capital: float = Field(default=100_000.0, gt=0, le=1e15)
    commission: float = Field(default=0.0005, ge=0, lt=0.5)
    commission_fixed: float = Field(default=0.0, ge=0, le=LARGEST_FEE)
    slippage: float = Field(default=0.0005, ge=0, lt=0.5)
    whole_shares: bool = False
    borrow_rate: float = Field(default=0.0, ge=0, lt=1)
    interest_rate: float = Field(default=0.0, ge=0, lt=1)
    profile: Profile = "default"

    def stated(self) -> BatchRequest:
        """The request as a record."""
        costs = Costs(commission_rate=self.commission, commission_fixed=self.commission_fixed, slippage=self.slippage)
        execution = Execution(
            capital=self.initial_capital,
            costs=costs,
            whole_shares=self.whole_shares,
            profile=self.profile,
            borrow_rate=self.borrow_rate,
            interest_rate=self.interest_rate,
        )
        return BatchRequest(
            items=tuple(BatchItem(symbol=i.symbol, strategy=i.strategy, parameters=i.parameters) for i in self.items),
            timeframe=self.timeframe,
            start=self.start_date,
            end=self.end_date,
            execution=execution,
        )


class RerunBody(Body):
    """Which cells are run again; without any choice those that are not done, or all where every one is.

    Attributes:
        symbols: rows of the matrix.
        strategies: columns, by key or name.
        parameters: values that these cells have from now on, beside those that they had.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"symbols": ["MSFT"], "parameters": {"fast": 30}}]})

    symbols: tuple[Symbol, ...] | None = Field(default=None, max_length=MOST_CELLS)
    strategies: tuple[StrategyName, ...] | None = Field(default=None, max_length=MOST_CELLS)
    parameters: dict[str, float] = Field(default_factory=dict, max_length=MAX_PARAMETERS)


class CellDocument(Record):
    """What a cell shows.

    Attributes:
        n: its place in the batch, from 1 on; stays the same when it is run again.
        strategy: key of its column.
        parameters: values that differ from those of the strategy.
        run_id: of the stored backtest, which has trades and equity; null until it is done.
        p_value: the chance of timing as good as this without skill; null with too few positions to tell.
        q_value: the share of false discoveries among all tests that look at least as good; null while the batch runs.
        discovery: whether it stands out although the whole batch, and all else that was looked at, was searched.
        error_message: why it failed.
        runs: how often it has been run to its end.
    """

    n: int
    symbol: str
    strategy: str
    parameters: dict[str, float]
    status: CellStatus
    spec_hash: str
    run_id: str | None
    metrics: Metrics | None
    notices: tuple[str, ...]
    p_value: float | None
    q_value: float | None
    discovery: bool
    error_message: str | None
    runs: int


class ColumnDocument(Record):
    """A strategy of a batch.

    Attributes:
        key: how cells name it.
    """

    key: str
    name: str
    spec_hash: str


class CellCounts(Record):
    """Cells by status."""

    queued: int
    done: int
    failed: int
    cancelled: int


class BatchDocument(Record):
    """A batch with a summary of every cell.

    Attributes:
        job_id: of the job that is to run it or runs it; null where there is none.
        cells: how many there are.
        start, end: as they were stated.
        round: how often it has been set running.
        tests: p-values that were ever told in it, those of replaced runs included.
        looks_elsewhere: what else was looked at of its symbols on its days until it ended, in direct backtests, other
            batches and opened hold-outs; the marks are held against both, and against cells that were cancelled.
        discoveries: cells that are marked.
        summaries: of the cells, by number.
    """

    batch_id: str
    job_id: str | None
    status: BatchStatus
    strategies: tuple[ColumnDocument, ...]
    symbols: tuple[str, ...]
    cells: int
    timeframe: Timeframe
    start: date | None
    end: date | None
    execution: Execution
    created_at: datetime
    ended_at: datetime | None
    round: int
    notices: tuple[str, ...]
    error_message: str | None
    counts: CellCounts
    looks_elsewhere: int
    tests: int
    discoveries: int
    summaries: tuple[CellDocument, ...]


class BatchLine(Record):
    """A batch in a list.

    Attributes:
        strategies: their names.
    """

    batch_id: str
    status: BatchStatus
    cells: int
    symbols: tuple[str, ...]
    strategies: tuple[str, ...]
    timeframe: Timeframe
    start: date | None
    end: date | None
    round: int
    created_at: datetime
    ended_at: datetime | None


class BatchPage(Record):
    """Batches, newest first.

    Attributes:
        next: cursor of the next page; null on the last.
    """

    batches: tuple[BatchLine, ...]
    next: str | None


class BatchCancelAnswer(Record):
    """A batch that was asked to stop.

    Attributes:
        status: of this moment; what runs ends within a second.
    """

    batch_id: str
    status: BatchStatus
    cancel_requested: bool
