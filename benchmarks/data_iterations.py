"""Two iterations of a session and one of the next against a server like Yahoo's: only the first asks it anything."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from backend.bootstrap import Application
from backend.domain.sessions import Event, SessionRequest
from backend.settings import Settings
from benchmarks.data_sources import daily_bars
from tests.servers.yahoo import YahooServer

SYMBOL = "AAPL"
REQUEST = SessionRequest(
    text=f"momentum on {SYMBOL} with reddit sentiment, drawdown under 35 %",
    start="2001-03-01",
    end="2012-12-31",
    iterations=2,
)


@dataclass(frozen=True)
class Iteration:
    """One iteration, its session's preparation included where it is the first.

    Attributes:
        charts: requests for prices that arrived at the server.
        requests: all that arrived there.
        source_calls, data_reads: counted by the data services; posts are samples and no server is asked for them.
    """

    name: str
    seconds: float
    charts: int
    requests: int
    source_calls: int
    data_reads: int


def iterations() -> Iterator[Iteration]:
    """Two sessions with the same goal, one store, each with nothing in memory."""
    with tempfile.TemporaryDirectory() as folder, _yahoo() as yahoo:
        for session in ("first", "second"):
            yield from _session(session, Path(folder), yahoo)


@contextmanager
def _yahoo() -> Iterator[YahooServer]:
    with YahooServer() as yahoo:
        yahoo.add(daily_bars(SYMBOL))
        yield yahoo


def _session(name: str, folder: Path, yahoo: YahooServer) -> Iterator[Iteration]:
    """An iteration lasts from the end of the one before, or from the request, to the end of its analysis."""
    app = Application(
        Settings(
            data_dir=folder,
            database_url=f"sqlite:///{folder / 'backproof.sqlite'}",
            prices=("yfinance",),
            posts=("sample",),
            yahoo_url=yahoo.url,
        )
    )
    marks: list[tuple[float, int, int, int, int]] = []

    def mark() -> None:
        done = app.counters
        marks.append((perf_counter(), len(yahoo.requests), len(yahoo.paths), done.source_calls, done.data_reads))

    def watch(event: Event) -> None:
        if event.type == "attempt.analysed":
            mark()

    runner = app.runner
    app.sessions.listen(watch)
    mark()
    runner.run(app.sessions.open(app.owner, REQUEST, app.strategist_name))
    for number, (earlier, later) in enumerate(pairwise(marks), start=1):
        seconds, *counts = (after - before for before, after in zip(earlier, later, strict=True))
        yield Iteration(f"{name} session, iteration {number}", seconds, *map(int, counts))
