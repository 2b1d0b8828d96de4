"""How long bars and datasets take on their way to and from one store."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from backend.bootstrap import utc_now
from backend.domain.bars import Bars
from backend.domain.sentiment import SentimentDataset
from backend.domain.sessions import Session
from backend.domain.timeframes import Timeframe
from backend.services.counters import DataCounters
from backend.services.market_data import MarketData, SharedBars
from backend.stores import FileLocks
from benchmarks.data_sessions import MONTH_LONGER, Program, new_session
from benchmarks.data_sources import (
    CHANNELS,
    DAYS,
    MINUTES,
    SOURCE,
    SYMBOLS,
    GeneratedPrices,
    covered,
    daily_bars,
    minute_bars,
)
from benchmarks.data_stores import OWNER, OpenedStore, counted
from benchmarks.table import Figure, best_seconds

DAILY_MS = {"sqlite": 50, "postgresql": 50, "supabase": 120}
MINUTES_S = {"sqlite": 1, "postgresql": 0.7, "supabase": 2}
MEMORY_MS, PREFETCH_MS = 1, 150
PAIRS = len(SYMBOLS) * len(CHANNELS)
RUNS, BUDGET = 5, 1.0

Made = TypeVar("Made")

_numbers = count(1)


def figures(store: OpenedStore) -> Iterator[Figure]:
    """Every time of one store, over which the sessions of the same benchmark have run."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _daily(store, SharedBars(store.stores.market, FileLocks(Path(folder))))
    yield from _minutes(store)
    yield from _prefetch(store)
    yield from _batch(store)


def _daily(store: OpenedStore, kept: SharedBars) -> Iterator[Figure]:
    bars = daily_bars(SYMBOLS[-1])
    period = covered(bars)
    kept.store.write_bars(bars, period)

    def fresh() -> MarketData:
        return MarketData(kept, [GeneratedPrices()], DataCounters(), utc_now)

    def read(market: MarketData) -> None:
        assert len(market.bars(bars.symbol, Timeframe.DAY, period).bars) == DAYS

    cold, alone, warm = best(fresh, read), _read_alone(store, bars), fresh()
    read(warm)
    memory = best_seconds(lambda: read(warm), BUDGET)
    target = DAILY_MS[store.name]
    yield _figure(store, "daily_store", f"{DAYS:,} daily bars, nothing in memory", cold * 1e3, "ms", target)
    yield _figure(store, "daily_read", "of it the read of the bars alone", alone * 1e3, "ms")
    yield _figure(store, "daily_memory", f"{DAYS:,} daily bars from memory", memory * 1e3, "ms", MEMORY_MS)


def _read_alone(store: OpenedStore, bars: Bars) -> float:
    market, period = store.stores.market, covered(bars)
    return best_seconds(lambda: market.read_bars(bars.symbol, bars.timeframe, SOURCE, period), BUDGET)


def _minutes(store: OpenedStore) -> Iterator[Figure]:
    market, drawn = store.stores.market, minute_bars("MINUTE")
    period = covered(drawn)

    def other_series() -> Bars:
        return replace(drawn, symbol=f"MINUTE{next(_numbers)}")

    first = best(other_series, lambda bars: market.write_bars(bars, period))
    market.write_bars(drawn, period)
    again = best(lambda: drawn, lambda bars: market.write_bars(bars, period))
    target = MINUTES_S[store.name]
    yield _figure(store, "minutes", f"{MINUTES:,} one-minute bars written", first, "s", target)
    yield _figure(store, "minutes_again", "the same bars once more", again, "s", target)


def _prefetch(store: OpenedStore) -> Iterator[Figure]:
    """A goal whose datasets are stored, each time by another program for another session."""
    with ExitStack() as programs:

        def fresh() -> tuple[Program, Session]:
            return programs.enter_context(Program.over(store.stores)), new_session(store.stores)

        def prefetch(made: tuple[Program, Session]) -> None:
            program, session = made
            assert len(program.prefetch(session, MONTH_LONGER)) == PAIRS

        seconds, last = best(fresh, prefetch), fresh()
        with counted(store.name) as sent:
            prefetch(last)
    reads, what = last[0].counters.data_reads, "HTTP requests" if store.name == "supabase" else "SQL statements"
    yield _figure(store, "prefetch", f"{PAIRS} stored datasets of 13 years", seconds * 1e3, "ms", PREFETCH_MS)
    yield _figure(store, "prefetch_reads", "of it reads of datasets", reads, "reads", PAIRS)
    yield _figure(store, "prefetch_sent", "all that it sends", sent.statements or sent.trips, what)


def _batch(store: OpenedStore) -> Iterator[Figure]:
    with Program.over(store.stores) as program:
        drawn = program.prefetch(new_session(store.stores), MONTH_LONGER)

    def unknown() -> tuple[str, list[SentimentDataset]]:
        number = next(_numbers)
        made = [replace(dataset, id=f"{dataset.id}_{number}") for dataset in drawn]
        assert all(dataset.content_hash for dataset in made)  # known before a dataset is stored
        return new_session(store.stores).session_id, made

    def write(batch: tuple[str, list[SentimentDataset]]) -> None:
        assert store.stores.datasets.store_datasets(OWNER, *batch) == len(drawn)

    seconds, batch = best(unknown, write), unknown()
    with counted(store.name) as sent:
        write(batch)
    yield _figure(store, "batch", f"{len(drawn)} new datasets of 13 years stored", seconds * 1e3, "ms")
    unit, trips = ("transactions", sent.transactions) if store.name == "sqlite" else ("round trips", sent.trips)
    yield _figure(store, "batch_trips", "in so many transactions or round trips", trips, unit, 1)


def best(make: Callable[[], Made], work: Callable[[Made], object]) -> float:
    """Shortest of ``RUNS`` runs, each on something made anew, which is not timed."""
    shortest = float("inf")
    for made in [make() for _ in range(RUNS)]:
        began = perf_counter()
        work(made)
        shortest = min(shortest, perf_counter() - began)
    return shortest


def _figure(store: OpenedStore, name: str, work: str, value: float, unit: str, target: float | None = None) -> Figure:
    return Figure(f"{name}_{store.name}", work, value, unit, target)
