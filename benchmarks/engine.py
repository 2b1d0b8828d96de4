"""Times one backtest from signals to metrics, and a sweep: ``python -m benchmarks.engine``."""

import os
import platform

import numpy as np

from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution
from backend.domain.frames import Frame
from backend.domain.signals import Signals
from backend.domain.spec import Risk, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import periods_per_year
from backend.engine.metrics import measure
from backend.engine.simulation import Rules, simulate
from backend.engine.sweep import Variant, sweep
from backend.language import CompiledSpec, compile_spec
from benchmarks.table import Figure, best_seconds, print_figures

SEED = 20_240_101
DAYS = 3_270
EXECUTION = Execution(capital=1_000_000, costs=Costs(commission_rate=0.001, slippage=0))
STOPS = Rules(risk=Risk(stop_loss=0.05, take_profit=0.15, trailing_stop=0.08, max_holding_bars=500))
CROSS = StrategySpec(
    name="moving average cross",
    long_entry="cross_above(sma(close, 10), sma(close, 30))",
    long_exit="cross_below(sma(close, 10), sma(close, 30))",
)
VARIANTS = 100


def main() -> None:
    """Measure on seeded random walks, one thread, everything warm, and print one table."""
    title = f"Engine, one thread, best of runs; {platform.machine()}, {os.cpu_count()} cores"
    print_figures(f"{title}, Python {platform.python_version()}, numpy {np.__version__}", _figures())


def _figures() -> list[Figure]:
    daily, long, longest = (Frame(random_walk(bars), {}) for bars in (DAYS, 100_000, 1_000_000))
    cross = compile_spec(CROSS)
    parts = f"{DAYS:,} bars"
    return [
        Figure("w1", f"SMA cross, {parts}: signals + simulate", _run(cross, daily) * 1e6, "us", 60),
        Figure("w1_simulate", f"SMA cross, {parts}: simulate alone", _simulate(cross, daily, Rules()) * 1e6, "us"),
        Figure("w1_metrics", "w1 + all metrics + columns of trades", _measured(cross, daily) * 1e6, "us", 70),
        Figure("w1_records", "w1_metrics + one record for each trade", _listed(cross, daily) * 1e6, "us"),
        Figure("w2", "SMA cross, 100,000 bars: signals + simulate", _run(cross, long) * 1e3, "ms", 1),
        Figure("w2b", "SMA cross, 1,000,000 bars: signals + simulate", _run(cross, longest) * 1e3, "ms", 10),
        Figure("kernel", "simulate without stops, 100,000 bars", _simulate(cross, long, Rules()) * 1e4, "ns/bar"),
        Figure("kernel_stops", "simulate with stops, 100,000 bars", _simulate(cross, long, STOPS) * 1e4, "ns/bar", 3.7),
        Figure(
            "sweep",
            f"{parts}, return + Sharpe + drawdown + trades",
            _swept(daily, Rules()),
            "variants/s",
            10_000,
            more_is_better=True,
        ),
        Figure("sweep_stops", "the same with stops", _swept(daily, STOPS), "variants/s", 10_000, more_is_better=True),
    ]


def random_walk(bars: int) -> Bars:
    """Bars of one minute each whose closes walk at random, seeded."""
    draws = np.random.default_rng(SEED)
    close = 100 * np.exp(np.cumsum(draws.normal(0.0, 0.01, bars)))
    opened = close * np.exp(draws.normal(0.0, 0.003, bars))
    reach = np.exp(np.abs(draws.normal(0.0, 0.005, bars)))
    start = np.datetime64("2000-01-03T14:30:00", "s") + 60 * np.arange(bars)
    return Bars(
        symbol="WALK",
        timeframe=Timeframe.MINUTE,
        session=start.astype("datetime64[D]"),
        start=start,
        end=start + np.timedelta64(60, "s"),
        open=opened,
        high=np.maximum(opened, close) * reach,
        low=np.minimum(opened, close) / reach,
        close=close,
        volume=np.full(bars, 1_000.0),
        source="random walk",
    )


def _run(cross: CompiledSpec, frame: Frame) -> float:
    rules, rows = Rules(), slice(0, len(frame))
    return best_seconds(lambda: simulate(frame.bars, cross.signals(frame), rules, EXECUTION, rows))


def _simulate(cross: CompiledSpec, frame: Frame, rules: Rules) -> float:
    signals, rows = cross.signals(frame), slice(0, len(frame))
    return best_seconds(lambda: simulate(frame.bars, signals, rules, EXECUTION, rows))


def _measured(cross: CompiledSpec, frame: Frame) -> float:
    rules, rows, year = Rules(), slice(0, len(frame)), periods_per_year(frame.bars.timeframe)
    return best_seconds(lambda: measure(simulate(frame.bars, cross.signals(frame), rules, EXECUTION, rows), year))


def _listed(cross: CompiledSpec, frame: Frame) -> float:
    rules, rows, year = Rules(), slice(0, len(frame)), periods_per_year(frame.bars.timeframe)

    def run() -> None:
        simulation = simulate(frame.bars, cross.signals(frame), rules, EXECUTION, rows)
        measure(simulation, year)
        simulation.trades()

    return best_seconds(run)


def _swept(frame: Frame, rules: Rules) -> float:
    """Variants in a second, their signals given: the cross of every variant has windows of its own."""
    variants = [Variant(_cross(frame, window), rules) for window in range(2, 2 + VARIANTS)]
    rows, year = slice(0, len(frame)), periods_per_year(frame.bars.timeframe)
    return VARIANTS / best_seconds(lambda: sweep(frame.bars, variants, EXECUTION, rows, year))


def _cross(frame: Frame, window: int) -> Signals:
    parameters = ({"name": "n", "kind": "int", "value": window, "low": 2, "high": 5000},)
    conditions = {
        "long_entry": "cross_above(sma(close, n), sma(close, 200))",
        "long_exit": "cross_below(sma(close, n), sma(close, 200))",
    }
    spec = StrategySpec.model_validate({"name": "cross", "parameters": parameters, **conditions})
    return compile_spec(spec).signals(frame)


if __name__ == "__main__":
    main()
