"""What is timed on this engine and on its peers alike: bars, windows and terms, and the same work done here."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution
from backend.domain.frames import Frame
from backend.domain.spec import Risk, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import periods_per_year
from backend.engine.metrics import measure
from backend.engine.simulation import Rules, Simulation, simulate
from backend.language import CompiledSpec, compile_spec
from benchmarks.engine_cases import CAPITAL, FEE, sample_bars
from benchmarks.peers.exchange import PRICES, timed
from benchmarks.sweeps import PAIRS, swept

SEED = 20_240_101
DAYS, LONG, LONGEST = 3_270, 100_000, 1_000_000
SMALL_FEE = 1e-5
"""Of the long series, which trade thousands of times: with a larger one nothing would be left to compare."""
MATRIX = tuple((fast, slow) for fast in (5, 10, 15, 20) for slow in (30, 50, 80, 120, 200))
STOPS = Rules(risk=Risk(stop_loss=0.05, take_profit=0.1))
"""Of the sweep with stops; traded by the rules of vectorbt, so that the results can be compared with it."""
SOME = slice(None, None, 197)
"""Pairs for peers that would take minutes for all.

The sweep is on a random walk: prices in cents make averages that are equal, and the running sums of some peers take a
few of those for crosses.
"""
THREADS = 2


class Done(NamedTuple):
    """A work done: seconds, and of each of its backtests the final equity and the closed trades."""

    seconds: float
    final_equity: list[float]
    trades: list[int]


class Market(NamedTuple):
    """Bars with the terms that they are traded on."""

    bars: Bars
    fee: float

    @property
    def execution(self) -> Execution:
        """All-in, no slippage."""
        return Execution(capital=CAPITAL, costs=Costs(commission_rate=self.fee, slippage=0))


class Works:
    """The markets, and each work by name."""

    def __init__(self) -> None:
        self.daily = Market(sample_bars("AAPL"), FEE)
        self.long = Market(random_walk(LONG, 0.001, SEED), SMALL_FEE)
        self.longest = Market(random_walk(LONGEST, 0.001, SEED + 1), SMALL_FEE)
        self.matrix = [Market(random_walk(DAYS, 0.01, SEED + 2 + number), FEE) for number in range(5)]

    @property
    def portfolio(self) -> list[Market]:
        """Five markets that differ in their symbol."""
        return [each._replace(bars=replace(each.bars, symbol=f"WALK{n}")) for n, each in enumerate(self.matrix)]

    def write(self, folder: Path) -> None:
        """Write markets and pairs of windows for the peers."""
        markets = {"daily": self.daily, "long": self.long, "longest": self.longest}
        for name, market in (markets | {f"matrix{number}": each for number, each in enumerate(self.matrix)}).items():
            prices = {column: getattr(market.bars, column) for column in PRICES}
            np.savez(folder / f"{name}.npz", capital=CAPITAL, fee=market.fee, **prices)
        pairs = PAIRS.astype(np.int64)
        np.savez(folder / "pairs.npz", matrix=np.array(MATRIX), sweep=pairs, some=pairs[SOME])

    def done(self) -> dict[str, Done]:
        """Every work that peers do as well, done here."""
        sweep = _sweep(self.matrix[0], Rules(), self.matrix[0].execution)
        stopped = self.matrix[0].execution.model_copy(update={"profile": "vectorbt"})
        return {
            "w1": _single(self.daily, _simulated),
            "w1_full": _single(self.daily, with_metrics),
            "w2": _single(self.long, _simulated),
            "w2b": _single(self.longest, _simulated),
            "matrix": _matrix(self.matrix),
            "sweep": sweep,
            "sweep_stops": _sweep(self.matrix[0], STOPS, stopped),
            "sweep_some": Done(sweep.seconds, sweep.final_equity[SOME], sweep.trades[SOME]),
        }


def cross(fast: int, slow: int) -> CompiledSpec:
    """Long while the fast average is above the slow one."""
    lines = f"sma(close, {fast}), sma(close, {slow})"
    entry, leave = f"cross_above({lines})", f"cross_below({lines})"
    return compile_spec(StrategySpec(name=f"{fast}/{slow}", long_entry=entry, long_exit=leave))


def random_walk(bars: int, deviation: float, seed: int) -> Bars:
    """Bars of one minute each whose closes walk at random, seeded; ``deviation`` of the log close, per bar."""
    draws = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(draws.normal(0.0, deviation, bars)))
    opened = close * np.exp(draws.normal(0.0, 0.3 * deviation, bars))
    reach = np.exp(np.abs(draws.normal(0.0, 0.5 * deviation, bars)))
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
        volume=draws.integers(500, 1_500, bars).astype(np.float64),
        source="random walk",
    )


Run = Callable[[CompiledSpec, Frame, Execution], Simulation]


def _simulated(
    spec: CompiledSpec, frame: Frame, execution: Execution, memo: dict[Any, Any] | None = None
) -> Simulation:
    """Signals, equity at each close and the columns of trades."""
    return simulate(frame.bars, spec.signals(frame, None, memo), Rules(), execution, slice(0, len(frame)))


def with_metrics(
    spec: CompiledSpec, frame: Frame, execution: Execution, memo: dict[Any, Any] | None = None
) -> Simulation:
    """The same with all metrics."""
    simulation = _simulated(spec, frame, execution, memo)
    measure(simulation, periods_per_year(frame.bars.timeframe))
    return simulation


def _single(market: Market, run: Run) -> Done:
    spec, frame, execution = cross(10, 30), Frame(market.bars, {}), market.execution
    seconds, simulation = timed(lambda: run(spec, frame, execution))
    return _done(seconds, [simulation])


def _matrix(markets: list[Market]) -> Done:
    specs = [cross(*pair) for pair in MATRIX]
    frames = [(Frame(market.bars, {}), market.execution) for market in markets]

    def of_market(frame: Frame, execution: Execution) -> list[Simulation]:
        memo: dict[Any, Any] = {}  # the averages that strategies share are calculated once
        return [with_metrics(spec, frame, execution, memo) for spec in specs]

    with ThreadPoolExecutor(THREADS) as pool:
        seconds, made = timed(lambda: list(pool.map(of_market, *zip(*frames, strict=True))))
    return _done(seconds, [simulation for each in made for simulation in each])


def _sweep(market: Market, rules: Rules, execution: Execution) -> Done:
    """All ``PAIRS`` from the bars on, on two threads."""
    seconds, result = swept(Frame(market.bars, {}), execution, rules, THREADS)
    return Done(seconds, (CAPITAL * (1.0 + result.total_return)).tolist(), result.trades.tolist())


def _done(seconds: float, simulations: list[Simulation]) -> Done:
    equity = [float(simulation.equity[-1]) for simulation in simulations]
    return Done(seconds, equity, [simulation.trade_count for simulation in simulations])
