"""Loads a real server with reads, batches and listeners, and times them: ``python -m benchmarks.api``."""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from backend.bootstrap import utc_now
from backend.client import Backproof
from benchmarks.api_contents import STRATEGIES, SYMBOLS, Contents, cells, fill
from benchmarks.api_listeners import BatchTimes, watched_batch
from benchmarks.api_load import Asked, arrivals, elsewhere, one_by_one, saturation
from benchmarks.api_server import MeasuredServer, measured_server
from benchmarks.table import Figure, print_figures

RATE, SECONDS = 100.0, 20.0
CONNECTIONS, SATURATED_SECONDS = 16, 5.0
WARM_UP = 3.0
"""Seconds of the same reads before those that count: the first ones import and compile."""

REPEATS = 3
TIMES_ALONE = 20
PREFIX = "/api/v1"

LISTENERS = 100
BACKTESTS = 10_000

MOST_P50, MOST_P99 = 5.0, 25.0
MOST_BATCH, MOST_FIRST_CELL = 2.5, 0.2
MOST_LAG = 250.0
MOST_MEMORY = 500.0


@dataclass(frozen=True)
class Reads:
    """Reads at the stated rate, the seconds of a core that they took, and how many a second can be answered."""

    asked: list[Asked]
    worked: float
    answered: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure a server of its own on generated data and print the figures, then the reads one by one."""
    parser = argparse.ArgumentParser(description="How long requests, batches and listeners of a server wait.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of reads")
    parser.add_argument("--backtests", type=int, default=BACKTESTS, help="before memory is looked at")
    parser.add_argument("--date", default=str(utc_now().date()), help="of the measurement, as it is printed")
    options = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, measured_server(Path(folder)) as server:
        with Backproof(server.url) as client:
            contents = fill(client, Path(folder))
        alone = elsewhere(one_by_one, server.target, contents.reads, TIMES_ALONE)
        read = reads(server, contents, options.seconds)
        found = [*read_figures(read), *batch_figures(server, contents, options.backtests)]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {options.date}"
    print_figures(f"HTTP API on loopback, load {load:.1f} at the start; {machine}", found)
    print()
    print_figures("Each read", list(each_read(read.asked, alone)))


def reads(server: MeasuredServer, contents: Contents, seconds: float) -> Reads:
    """Reads of an open loop, then of a closed one."""
    target, paths = server.target, contents.reads
    elsewhere(saturation, target, paths, 2, WARM_UP)
    worked = server.work
    asked = elsewhere(arrivals, target, paths, RATE, seconds)
    worked = server.work - worked
    wrong = sorted({f"{one.path} {one.status}" for one in asked if one.status != 200})
    if wrong:
        raise RuntimeError(f"not answered: {', '.join(wrong)}")
    return Reads(asked, worked, elsewhere(saturation, target, paths, CONNECTIONS, SATURATED_SECONDS))


def read_figures(read: Reads) -> Iterator[Figure]:
    """What a read waits at the stated rate, and how many can be answered."""
    asked = read.asked
    work = f"{len(asked)} reads at {RATE:g} a second, by chance"
    yield Figure("reads, p50", work, _percentile(asked, 50), "ms", MOST_P50)
    yield Figure("reads, p99", work, _percentile(asked, 99), "ms", MOST_P99)
    yield Figure("reads, longest", work, _percentile(asked, 100), "ms")
    yield Figure("reads, work", "time of a core for each", 1000 * read.worked / len(asked), "ms")
    yield Figure("reads, saturated", f"{CONNECTIONS} connections without a pause", read.answered, "1/s")


def each_read(asked: Sequence[Asked], alone: Mapping[str, float]) -> Iterator[Figure]:
    """What each path takes while nothing else is asked, and among the others."""
    for path, seconds in alone.items():
        name, same = path.removeprefix(f"{PREFIX}/"), [one for one in asked if one.path == path]
        yield Figure(name, "alone, median", 1000 * seconds, "ms")
        yield Figure(name, "among the others, p99", _percentile(same, 99), "ms")


def batch_figures(server: MeasuredServer, contents: Contents, backtests: int) -> Iterator[Figure]:
    """A batch of fifty symbols by ten strategies: first after the start, repeated, listened to, and many of them."""
    body = json.dumps({"items": cells(SYMBOLS, contents.strategies)}).encode()
    size = len(SYMBOLS) * STRATEGIES
    work = f"{size} cells, {len(SYMBOLS)} symbols x {STRATEGIES} strategies"

    def batch(listeners: int = 1) -> BatchTimes:
        return elsewhere(watched_batch, server.target, body, listeners)

    first = batch()
    yield Figure("batch, first", f"{work}, bars read from the store", first.ended, "s")
    again = [batch() for _ in range(REPEATS)]
    yield Figure("batch", f"{work}, median of {REPEATS}", median(one.ended for one in again), "s", MOST_BATCH)
    yield Figure("batch, asked", "until its id is known", 1000 * median(one.answered for one in again), "ms")
    seen = median(one.first_cell for one in again)
    yield Figure("batch, first cell", "until a listener has it", seen, "s", MOST_FIRST_CELL)
    crowd = batch(LISTENERS)
    yield from listener_figures(crowd)
    done = (2 + REPEATS) * size
    while done < backtests:
        batch()
        done += size
    yield Figure("memory", f"after {done:,} backtests", server.memory, "MB", MOST_MEMORY)
    yield Figure("memory, most", "at any moment", server.largest_memory, "MB")


def listener_figures(crowd: BatchTimes) -> Iterator[Figure]:
    """How late events of a batch arrive at many listeners."""
    if crowd.missed:
        raise RuntimeError(f"{crowd.missed} listeners missed events")
    work = f"{LISTENERS} listeners during a batch of {crowd.events} events"
    lags = 1000 * np.array(crowd.lags)
    yield Figure("events, p50", work, float(np.percentile(lags, 50)), "ms")
    yield Figure("events, p99", work, float(np.percentile(lags, 99)), "ms", MOST_LAG)
    yield Figure("batch, listened to", work, crowd.ended, "s")


def _percentile(asked: Sequence[Asked], percent: float) -> float:
    return float(np.percentile([1000 * one.seconds for one in asked], percent))


if __name__ == "__main__":
    main()
