"""A local Yahoo, a clock, and the price source that knows both."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import numpy as np
import pytest

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.prices import Outside, price_sources
from tests.servers.yahoo import Series, YahooServer

JANUARY = Period(start=date(2024, 1, 2), end=date(2024, 1, 31))
ROWS = [[98, 101, 97, 99], [99, 102, 98, 100], [98, 100, 97, 99], [49, 51, 48, 50]]
"""Open, high, low and close as traded on 2, 3, 4 and 5 January 2024."""


class World:
    """A server, a clock, and the source that knows both."""

    def __init__(self, server: YahooServer) -> None:
        self.server = server
        self.now = datetime(2024, 1, 8, 12, tzinfo=UTC)
        self.slept: list[float] = []
        outside = Outside(lambda: self.now, (lambda: sum(self.slept), self.slept.append), server.url)
        (self.source,) = price_sources(["yfinance"], trading_calendar, outside)

    def add(self, rows: Sequence[Sequence[float]] = ROWS, symbol: str = "TEST") -> Series:
        return self.server.add(daily(rows, symbol))

    def fetch(self, timeframe: Timeframe = Timeframe.DAY, period: Period = JANUARY, symbol: str = "TEST") -> Bars:
        return self.source.fetch(symbol, timeframe, period)

    def refused(self, timeframe: Timeframe = Timeframe.DAY, period: Period = JANUARY, symbol: str = "TEST") -> str:
        with pytest.raises(DataUnavailable) as caught:
            self.source.fetch(symbol, timeframe, period)
        assert caught.value.hint
        return caught.value.message


def daily(rows: Sequence[Sequence[float]], symbol: str = "TEST", first: date = JANUARY.start) -> Bars:
    hours = trading_calendar(first, first + timedelta(days=4 + 2 * len(rows))).slice(0, len(rows))
    return raw(symbol, Timeframe.DAY, rows, (hours.sessions, hours.opens, hours.closes))


def hourly(rows: Sequence[Sequence[float]], day: date) -> Bars:
    hours = trading_calendar(day, day)
    start = hours.opens[0] + np.arange(len(rows)) * np.timedelta64(1, "h")
    end = np.minimum(start + np.timedelta64(1, "h"), hours.closes[0])
    return raw("TEST", Timeframe.HOUR, rows, (np.full(len(rows), hours.sessions[0]), start, end))


def raw(symbol: str, timeframe: Timeframe, rows: Sequence[Sequence[float]], times: tuple[np.ndarray, ...]) -> Bars:
    session, start, end = (column.copy() for column in times)
    prices = dict(zip(("open", "high", "low", "close"), np.array(rows, dtype=np.float64).T.copy(), strict=True))
    volume = np.full(len(rows), 1_000.0)
    return Bars(symbol, timeframe, session, start, end, volume=volume, source="yahoo", **prices)


@pytest.fixture(scope="session")
def _library() -> None:
    """The library takes seconds to import; no test is to be blamed for that."""
    import_module("backend.providers.prices.yahoo_session")


@pytest.fixture
def world(_library: None) -> Iterator[World]:
    """A Yahoo without symbols, on Monday, 8 January 2024."""
    worlds: list[World] = []
    with YahooServer(lambda: worlds[0].now) as server:
        worlds.append(World(server))
        yield worlds[0]


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a port whose queue of callers is full, so that nobody gets through."""
    with ExitStack() as stack:
        listening = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0), backlog=0)))
        for _ in range(4):
            caller = stack.enter_context(closing(socket.socket()))
            caller.settimeout(0)
            caller.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
