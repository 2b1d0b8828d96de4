"""Direct backtests over HTTP: what runs one, and how it is shown whole and in parts."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from backend.api.documents.body import Body
from backend.domain.execution import LARGEST_FEE, Costs, Execution, Profile
from backend.domain.periods import Periods
from backend.domain.record import Record
from backend.domain.results import ExitReason, Financing, Metrics, OpenPosition, Side, Trade
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe

Symbol = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=20)]

MOST_SYMBOLS = 100

GOLDEN_CROSS: dict[str, JsonValue] = {
    "name": "Golden cross",
    "long_entry": "cross_above(sma(close, 50), sma(close, 200))",
    "long_exit": "cross_below(sma(close, 50), sma(close, 200))",
}


class BacktestBody(Body):
    """A strategy, what it trades, and on what terms.

    Attributes:
        spec, strategy_id: the strategy itself, or the id or name of a kept one; exactly one of them.
        symbols: several share one account, and orders of one moment are filled in this order.
        start, end: first and last day; as far as there are bars where nothing is stated.
        capital: money at the start.
        commission: fraction of the traded value, per side.
        commission_fixed: money an order, beside the rate.
        slippage: fraction of the price, per side.
        whole_shares: trade whole shares at the raw, unadjusted price only.
        borrow_rate: yearly, on what is held short.
        interest_rate: yearly, on what is not invested.
        max_positions: held at the same time; one in every symbol where nothing is stated.
        profile: rules by which orders are filled.
        trades, equity: whether the answer has them.
    """

    spec: StrategySpec | None = None
    strategy_id: str | None = Field(default=None, min_length=1, max_length=100)
    symbols: tuple[Symbol, ...] = Field(min_length=1, max_length=MOST_SYMBOLS)
    start: date | None = None
    end: date | None = None
    timeframe: Timeframe = Timeframe.DAY
    capital: float = Field(default=100_000.0, gt=0, le=1e15)
    commission: float = Field(default=0.0005, ge=0, lt=0.5)
    commission_fixed: float = Field(default=0.0, ge=0, le=LARGEST_FEE)
    slippage: float = Field(default=0.0005, ge=0, lt=0.5)
    whole_shares: bool = False
    borrow_rate: float = Field(default=0.0, ge=0, lt=1)
    interest_rate: float = Field(default=0.0, ge=0, lt=1)
    max_positions: int | None = Field(default=None, ge=1, le=1000)
    profile: Profile = "default"
    trades: bool = False
    equity: bool = False

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"spec": GOLDEN_CROSS, "symbols": ["AAPL"], "start": "2005-01-03", "commission": 0.001, "trades": True},
                {"strategy_id": "starter_golden_cross", "symbols": ["AAPL", "MSFT"]},
            ]
        }
    )

    @property
    def execution(self) -> Execution:
        """What the backtest is run with besides the strategy."""
        return Execution(
            capital=self.capital,
            costs=Costs(
                commission_rate=self.commission, commission_fixed=self.commission_fixed, slippage=self.slippage
            ),
            whole_shares=self.whole_shares,
            profile=self.profile,
            borrow_rate=self.borrow_rate,
            interest_rate=self.interest_rate,
            max_positions=self.max_positions,
        )


class Equity(Record):
    """Lines over the moments of a run, a value for each; null where the run has none.

    Attributes:
        time: end of each bar.
        benchmark: the same capital, bought at the first open and held.
        exposure: signed value of what is held as a fraction of the equity.
    """

    time: tuple[datetime, ...]
    value: tuple[float, ...]
    benchmark: tuple[float, ...] | None
    exposure: tuple[float, ...] | None


class EquityWithDrawdown(Equity):
    """The lines of a run, and how far it was below its highest value so far, as a positive fraction of that."""

    drawdown: tuple[float, ...]


class RunEquity(EquityWithDrawdown):
    """The lines of a run."""

    run_id: str


class RunDocument(Record):
    """A stored backtest.

    Attributes:
        data_hash: of every value that the strategy could read.
        source: who served the bars.
        trades, open_positions, equity: only where they were asked for.
    """

    run_id: str
    spec_hash: str
    data_hash: str
    engine_version: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    start: date
    end: date
    bars: int
    source: str
    notices: tuple[str, ...]
    metrics: Metrics
    financing: Financing
    execution: Execution
    spec: StrategySpec
    created_at: datetime
    trades: tuple[Trade, ...] | None = None
    open_positions: tuple[OpenPosition, ...] | None = None
    equity: Equity | None = None


class RunLine(Record):
    """A backtest in a list.

    Attributes:
        name: of its strategy.
    """

    run_id: str
    spec_hash: str
    data_hash: str
    engine_version: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    start: date
    end: date
    bars: int
    source: str
    metrics: Metrics
    created_at: datetime
    name: str


class RunPage(Record):
    """Backtests, newest first.

    Attributes:
        next: cursor of the next page; null on the last.
    """

    runs: tuple[RunLine, ...]
    next: str | None


class TradePage(Record):
    """Closed trades in the order of exit; on the first page also what was held at the end.

    Attributes:
        open_positions: marked to the last close; null on later pages.
        next: cursor of the next page; null on the last.
    """

    run_id: str
    trades: tuple[Trade, ...]
    open_positions: tuple[OpenPosition, ...] | None
    next: str | None


class ChartLine(Record):
    """A line that the strategy reads, a value for each bar; null where it is unknown.

    Attributes:
        name: the name that the strategy gives it; its expression where it gives none.
        expression: with parameter values written in.
        unit: what it counts.
        pane: ``price`` where it is drawn over the prices; otherwise lines with the same word share a pane.
    """

    name: str
    expression: str
    unit: str
    pane: str
    values: tuple[float | None, ...]


class ChartSentiment(Record):
    """What was written on one channel, as it was known at the end of each bar; null where it is unknown."""

    channel: str
    mean: tuple[float | None, ...]
    posts: tuple[float | None, ...]


class ChartSeries(Record):
    """The bars of one symbol, or only its closes where the stored bars are no longer those of the run.

    Attributes:
        start, time: first moment and end of each bar.
    """

    symbol: str
    source: str
    start: tuple[datetime, ...] | None
    time: tuple[datetime, ...]
    open: tuple[float, ...] | None
    high: tuple[float, ...] | None
    low: tuple[float, ...] | None
    close: tuple[float, ...]
    volume: tuple[float, ...] | None
    lines: tuple[ChartLine, ...]
    sentiment: tuple[ChartSentiment, ...]


class Marker(Record):
    """Where a position was entered or left.

    Attributes:
        trade: number of the trade from 1; null for a position that is held at the end.
        reason: of an exit.
    """

    trade: int | None
    symbol: str
    side: Side
    kind: Literal["entry", "exit"]
    time: datetime
    price: float
    reason: ExitReason | None


class Chart(Record):
    """All that a chart of a backtest shows; nothing after its end.

    Attributes:
        same_data: whether the stored bars and posts are still those that it ran on.
        periods: of the session that its strategy is from, to be shaded; null without one.
    """

    run_id: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    start: date
    end: date
    data_hash: str
    same_data: bool
    notices: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    markers: tuple[Marker, ...]
    equity: EquityWithDrawdown
    periods: Periods | None


class SpecDiff(Record):
    """How the strategy of one run differs from another's, as lines that begin with ``-`` or ``+``."""

    from_: str = Field(alias="from")
    to: str
    lines: tuple[str, ...]


class SettingBeside(Record):
    """One setting, a text for each run."""

    name: str
    values: tuple[str, ...]


class YearBeside(Record):
    """The return of each run in one calendar year; null where a run does not reach into it."""

    label: str
    returns: tuple[float | None, ...]


class RunsBeside(Record):
    """Runs beside the first of them.

    Attributes:
        differences: by metric, each later run less the first; null where either is undefined.
        reasons: why results cannot be compared; empty when they can.
    """

    run_ids: tuple[str, ...]
    settings: tuple[SettingBeside, ...]
    differences: dict[str, tuple[float | None, ...]]
    years: tuple[YearBeside, ...]
    reasons: tuple[str, ...]


class RunComparison(Record):
    """Runs side by side: what they were run with, what they earned, and how their strategies differ."""

    runs: tuple[RunDocument, ...]
    diffs: tuple[SpecDiff, ...]
    comparison: RunsBeside
