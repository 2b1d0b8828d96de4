"""What a backtest yields: metrics, trades, positions left open, equity."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from backend.domain.execution import Execution
from backend.domain.record import Record
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe

Side = Literal["long", "short"]
ExitReason = Literal["signal", "stop", "target", "trailing", "time", "liquidation"]
EXIT_REASONS: tuple[ExitReason, ...] = ("signal", "stop", "target", "trailing", "time", "liquidation")
"""Position = the code in arrays."""


class Metrics(Record):
    """Fractions, not percent; ``max_drawdown`` is positive; what is undefined is None."""

    final_equity: float
    total_return: float
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    longest_drawdown_days: int
    trades: int
    win_rate: float | None
    profit_factor: float | None
    average_trade: float | None
    best_trade: float | None
    worst_trade: float | None
    exposure: float
    turnover: float | None
    costs_paid: float
    benchmark_return: float
    alpha: float | None
    beta: float | None


METRIC_NAMES: tuple[str, ...] = tuple(Metrics.model_fields)


class YearFigures(Record):
    """What a strategy did in one calendar year, as far as a period reaches into it; fractions, drawdown positive.

    Attributes:
        trades: those closed in it.
    """

    year: int
    total_return: float
    max_drawdown: float
    benchmark_return: float
    trades: int


class Trade(Record):
    """A closed trade; ``pnl`` is money after costs, ``return`` a fraction of the money put in."""

    symbol: str
    side: Side
    entry_time: datetime
    entry_price: float
    exit_time: datetime
    exit_price: float
    units: float
    pnl: float
    return_: float = Field(alias="return")
    bars_held: int
    exit_reason: ExitReason


class OpenPosition(Record):
    """A position still held at the end, marked to the last close less exit cost."""

    symbol: str
    side: Side
    entry_time: datetime
    entry_price: float
    units: float
    marked_price: float
    pnl: float
    bars_held: int


class Financing(Record):
    """Money that came and went without a trade: interest earned on cash, and what borrowing for shorts cost."""

    interest_earned: float = 0.0
    borrow_paid: float = 0.0


class PriceLine(Record):
    """Closes of one symbol for a chart, thinned out where there are many; ``time`` is the end of each bar."""

    symbol: str
    time: tuple[datetime, ...]
    close: tuple[float, ...]


class BacktestRun(Record):
    """A stored direct backtest: hashes, metrics and what happened.

    Attributes:
        data_hash: of every value that a strategy could read, of all symbols.
        equity_time: end of each bar; of several symbols every moment at which a bar of one of them ended.
        equity_value: shape (N,), like ``benchmark_value`` and ``exposure_value``.
        benchmark_value: the same capital, bought at the first open and held, spread evenly over the symbols.
        exposure_value: signed value of all positions as a fraction of the equity.
        prices: one line for each symbol.
    """

    run_id: str
    owner: str
    spec: StrategySpec
    spec_hash: str
    data_hash: str
    engine_version: str
    symbols: tuple[str, ...]
    timeframe: Timeframe
    start: date
    end: date
    bars: int
    source: str
    execution: Execution
    notices: tuple[str, ...]
    metrics: Metrics
    trades: tuple[Trade, ...]
    open_positions: tuple[OpenPosition, ...]
    equity_time: tuple[datetime, ...]
    equity_value: tuple[float, ...]
    benchmark_value: tuple[float, ...] = ()
    exposure_value: tuple[float, ...] = ()
    financing: Financing = Financing()
    prices: tuple[PriceLine, ...] = ()
    created_at: datetime
