"""Times a batch of 50 symbols by 10 strategies over 13 years of daily bars: ``python -m benchmarks.batches``."""

import os
import platform
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np

from backend.bootstrap import Application, build
from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.batches import BatchEvent, BatchItem, BatchRequest
from backend.domain.periods import Period
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.language import compile_spec
from backend.search.starters import STARTERS
from backend.services.backtests import BacktestRequest
from backend.services.batches.alone import Alone
from backend.settings import Settings
from benchmarks.table import Figure, print_figures

PERIOD = Period(start=date(2011, 1, 3), end=date(2023, 12, 29))
SYMBOLS = tuple(f"W{n:02}" for n in range(50))
STRATEGIES = 10
ROUNDS = 5
WANTED_SECONDS, WANTED_FIRST = 2.5, 0.2


class Timed(NamedTuple):
    """One batch: seconds until all cells, until the first was stored, and of all processors together."""

    wall: float
    first: float
    processor: float


def main() -> None:
    """Measure on seeded random walks in a store of its own, and print one table."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    with TemporaryDirectory() as folder:
        application = build(Settings(data_dir=Path(folder), prices=("file",)))
        store_walks(application)
        print_figures(f"Batch of 500 cells, SQLite, best of {ROUNDS}; {machine}", figures(application))


def figures(application: Application) -> list[Figure]:
    """The batch with bars from the store, then with bars in memory; and one cell as a direct backtest."""
    timed_batch(application, matrix(SYMBOLS[:1]))  # compiles the engine
    application.market.forget()
    cold = timed_batch(application, matrix(SYMBOLS))
    warm = [timed_batch(application, matrix(SYMBOLS)) for _ in range(ROUNDS)]
    cells = len(SYMBOLS) * STRATEGIES
    work = f"{len(SYMBOLS)} symbols x {STRATEGIES} strategies, 3,270 bars"
    direct = min(_direct_seconds(application) for _ in range(ROUNDS))
    best = min(each.wall for each in warm)
    return [
        Figure("batch", work, best, "s", WANTED_SECONDS),
        Figure("first cell", "stored and told", min(each.first for each in warm), "s", WANTED_FIRST),
        Figure("batch, processor", "all threads together", min(each.processor for each in warm), "s"),
        Figure("batch, bars from the store", work, cold.wall, "s"),
        Figure("cells", "stored with trades, curves and openings", cells / best, "1/s", more_is_better=True),
        Figure("direct backtest", "the same cell by itself", direct, "s"),
    ]


def store_walks(application: Application) -> None:
    """Store the bars of every symbol, as if they had been imported."""
    for number, symbol in enumerate(SYMBOLS):
        application.stores.market.write_bars(random_walk(symbol, number), PERIOD)


def random_walk(symbol: str, seed: int) -> Bars:
    """Daily bars with the drift and the volatility of a stock."""
    calendar = trading_calendar(PERIOD.start, PERIOD.end)
    random, count = np.random.default_rng(seed), len(calendar)
    close = 50 * np.exp(np.cumsum(random.normal(0.0003, 0.015, count)))
    opened = close * np.exp(random.normal(0, 0.004, count))
    high, low = np.maximum(opened, close) * 1.006, np.minimum(opened, close) * 0.994
    prices: dict[str, Any] = {"open": opened, "high": high, "low": low, "close": close}
    times: dict[str, Any] = {"session": calendar.sessions, "start": calendar.opens, "end": calendar.closes}
    volume: Floats = random.integers(10**6, 2 * 10**6, count).astype(np.float64)
    return Bars(symbol=symbol, timeframe=Timeframe.DAY, source="file", volume=volume, **times, **prices)


def matrix(symbols: tuple[str, ...]) -> BatchRequest:
    """Every strategy on every one of these symbols."""
    return BatchRequest(items=tuple(BatchItem(symbol=name, strategy=spec) for name in symbols for spec in strategies()))


def strategies() -> tuple[StrategySpec, ...]:
    """Starters that read prices alone, and variants of the first of them."""
    alone = [spec for spec in STARTERS.values() if spec.rotation is None and not compile_spec(spec).channels]
    variants = [alone[0].with_values({"fast": 20.0 + n, "slow": 150.0}) for n in range(STRATEGIES)]
    return tuple([*alone, *variants][:STRATEGIES])


def timed_batch(application: Application, request: BatchRequest) -> Timed:
    """Open and run a batch to its end."""
    shown: list[float] = []

    def hear(event: BatchEvent) -> None:
        if event.type == "cells.done":
            shown.append(perf_counter())

    application.batches.listen(hear)
    processor, began = process_time(), perf_counter()
    batch = application.batches.open(application.owner, request)
    counts = application.batches.run(application.owner, batch.batch_id, Alone())
    wall, processor = perf_counter() - began, process_time() - processor
    assert counts["done"] == batch.cells, counts
    return Timed(wall, shown[0] - began, processor)


def _direct_seconds(application: Application) -> float:
    request = BacktestRequest(
        application.owner, strategies()[0], SYMBOLS[:1], Timeframe.DAY, None, None, matrix(SYMBOLS[:1]).execution
    )
    began = perf_counter()
    application.backtests.run(request)
    return perf_counter() - began


if __name__ == "__main__":
    main()
