"""Runs for looking at their tables and reports: written by hand, or simulated on made-up prices."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np

from backend.domain.bars import Bars
from backend.domain.execution import Execution
from backend.domain.frames import Frame
from backend.domain.moments import period_of, utc_moments
from backend.domain.results import BacktestRun, Metrics, PriceLine, Trade
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.language import compile_spec, spec_hash
from backend.services.evaluation import evaluate
from backend.services.reports.thinning import kept_positions

SPEC = StrategySpec(name="Cross", long_entry="close > sma(close, 20)", long_exit="close < sma(close, 20)")

NO_METRICS = Metrics(
    final_equity=0, total_return=0, cagr=None, volatility=None, sharpe=None, sortino=None, calmar=None, max_drawdown=0,
    longest_drawdown_days=0, trades=0, win_rate=None, profit_factor=None, average_trade=None, best_trade=None,
    worst_trade=None, exposure=0, turnover=None, costs_paid=0, benchmark_return=0, alpha=None, beta=None,
)  # fmt: skip


def close_of(day: str) -> datetime:
    """The regular close of a day in winter: 16:00 in New York."""
    return datetime.fromisoformat(f"{day}T21:00+00:00")


def trade(exit_day: str, pnl: float = 10.0, symbol: str = "AAPL") -> Trade:
    """A closed long trade of ten units; only its exit and what it made are chosen."""
    return Trade(
        symbol=symbol,
        side="long",
        entry_time=close_of("2012-01-03"),
        entry_price=10.0,
        exit_time=close_of(exit_day),
        exit_price=10.0 + pnl / 10.0,
        units=10.0,
        pnl=pnl,
        return_=pnl / 100.0,
        bars_held=1,
        exit_reason="signal",
    )


def written_run(
    days: Sequence[str],
    equity: Sequence[float],
    *,
    benchmark: Sequence[float] = (),
    exposure: Sequence[float] = (),
    trades: Sequence[Trade] = (),
    symbols: tuple[str, ...] = ("AAPL",),
    spec: StrategySpec = SPEC,
) -> BacktestRun:
    """A daily run of a capital of 100."""
    return BacktestRun(
        run_id="run_1",
        owner="local",
        spec=spec,
        spec_hash="5f3e" * 8,
        data_hash="c0de" * 8,
        engine_version="2",
        symbols=symbols,
        timeframe=Timeframe.DAY,
        start=date.fromisoformat(days[0]),
        end=date.fromisoformat(days[-1]),
        bars=len(days),
        source="sample",
        execution=Execution(capital=100.0),
        notices=(),
        metrics=NO_METRICS.model_copy(update={"final_equity": equity[-1], "total_return": equity[-1] / 100.0 - 1.0}),
        trades=tuple(trades),
        open_positions=(),
        equity_time=tuple(close_of(day) for day in days),
        equity_value=tuple(equity),
        benchmark_value=tuple(benchmark),
        exposure_value=tuple(exposure),
        created_at=datetime(2026, 11, 3, 12, tzinfo=UTC),
    )


def simulated_run(bars: Bars, spec: StrategySpec = SPEC, execution: Execution | None = None) -> BacktestRun:
    """A strategy traded over all bars, with what a stored run holds."""
    stated = execution or Execution()
    frame = Frame(bars, {})
    evaluation = evaluate(compile_spec(spec), frame, slice(0, len(bars)), stated)
    simulation = evaluation.simulation
    shown, times = period_of(bars.session), utc_moments(bars.end)
    kept = kept_positions(bars.close, 2_000).tolist()
    return BacktestRun(
        run_id="run_0a1b2c3d4e5f",
        owner="local",
        spec=spec,
        spec_hash=spec_hash(spec),
        data_hash=frame.data_hash,
        engine_version="2",
        symbols=(bars.symbol,),
        timeframe=bars.timeframe,
        start=shown.start,
        end=shown.end,
        bars=len(bars),
        source=bars.source,
        execution=stated,
        notices=(),
        metrics=evaluation.metrics,
        trades=simulation.trades(),
        open_positions=simulation.open_positions(),
        equity_time=tuple(times),
        equity_value=tuple(simulation.equity.tolist()),
        benchmark_value=tuple((stated.capital * bars.close / bars.open[0]).tolist()),
        exposure_value=tuple(np.asarray(simulation.weight).tolist()),
        prices=(PriceLine(symbol=bars.symbol, time=tuple(times[i] for i in kept), close=tuple(bars.close[kept])),),
        created_at=datetime(2026, 11, 3, 12, tzinfo=UTC),
    )
