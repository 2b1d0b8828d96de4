"""A remote source of prices made by rule, with the moods that real ones have."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable, Unavailable
from backend.domain.moments import rows_within
from backend.domain.periods import Period
from backend.domain.ports import MarketStore, PriceSource
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import FIRST_DAY, trading_calendar
from backend.providers.prices import price_sources
from backend.services.counters import DataCounters
from backend.services.market.joining import put_together, within
from backend.services.market_data import MarketData, OpenPeriod, SharedBars
from backend.stores import FileLocks
from tests.services.memory_stores import MemoryMarketStore

DAY = Timeframe.DAY
SATURDAY = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)


def period(start: str, end: str) -> Period:
    return Period(start=date.fromisoformat(start), end=date.fromisoformat(end))


def made_bars(symbol: str, stretch: Period, source: str = "quotes", timeframe: Timeframe = DAY) -> Bars:
    """Each session has prices of its own, the same in every answer: days since 1970 in hundredths above 100."""
    hours = trading_calendar(stretch.start, stretch.end)
    price = 100 + hours.sessions.astype(np.int64) / 100
    return Bars(
        symbol=symbol,
        timeframe=timeframe,
        session=hours.sessions.copy(),
        start=hours.opens.copy(),
        end=hours.closes.copy(),
        open=price.copy(),
        high=price + 1,
        low=price - 1,
        close=price + 0.5,
        volume=np.full(price.size, 1000.0),
        source=source,
    )


def changed(bars: Bars, factor: float, until: str = "2999-01-01", volume: float = 1.0) -> Bars:
    """The bars before a day with other prices."""
    scale = np.where(bars.session < np.datetime64(until), factor, 1.0)
    columns = bars.arrays() | {name: getattr(bars, name) * scale for name in ("open", "high", "low", "close")}
    columns["volume"] = bars.volume * volume
    return Bars(symbol=bars.symbol, timeframe=bars.timeframe, source=bars.source, **columns)


def left_out(bars: Bars, days: Period) -> Bars:
    """The bars without those of some days."""
    rows = rows_within(bars.session, days)
    return put_together([bars.window(0, rows.start), bars.window(rows.stop, len(bars))])


@dataclass
class Quotes:
    """A remote source.

    Attributes:
        listed, delisted: between them a symbol has bars.
        days_back: how far it reaches; None for as far as the calendar.
        limit: days of one request.
        away: why it does not answer; empty while it does.
        away_after: so many more requests are answered before it is away.
        mood: changes each answer.
        calls: what it was asked for.
    """

    now: Callable[[], datetime] = lambda: SATURDAY
    symbols_known: tuple[str, ...] = ("AAPL", "KO")
    listed: date = FIRST_DAY
    delisted: date = date(2035, 1, 1)
    days_back: int | None = None
    limit: int | None = None
    away: str = ""
    away_after: int = 10_000
    mood: Callable[[Bars], Bars] = lambda bars: bars
    calls: list[Period] = field(default_factory=list)
    name: str = "quotes"
    remote: bool = True

    def symbols(self) -> tuple[str, ...]:
        return ()

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:  # noqa: ARG002 - the port names them
        today = self.now().date()
        start = FIRST_DAY if self.days_back is None else today - timedelta(days=self.days_back)
        return Period(start=start, end=today) if timeframe is DAY else None

    def longest_request(self, timeframe: Timeframe) -> int | None:  # noqa: ARG002
        return self.limit

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:  # noqa: ARG002
        self.calls.append(period)
        if self.days_back is not None and period.start < self.now().date() - timedelta(days=self.days_back):
            raise DataUnavailable(f"Quotes go back {self.days_back} days.")
        if self.away or self.away_after <= 0:
            raise Unavailable(f"Quotes time out{self.away}.")
        self.away_after -= 1
        if symbol not in self.symbols_known:
            raise DataUnavailable(f"Quotes know no symbol {symbol}.")
        traded = Period(start=self.listed, end=self.delisted)
        return self.mood(within(within(made_bars(symbol, period), traded), period))


def own_locks() -> FileLocks:
    """In the home of the test, which the programs that it starts share."""
    return FileLocks(Path.home() / "locks")


class Desk:
    """Market data over a store that may outlive it, with a clock that can be turned."""

    def __init__(self, store: MarketStore | None = None, quotes: Quotes | None = None, *others: str) -> None:
        self.now = SATURDAY
        self.store = store or MemoryMarketStore()
        self.quotes = quotes or Quotes()
        self.quotes.now = lambda: self.now
        self.counters = DataCounters()
        file, *rest = price_sources(["file", *others], trading_calendar)
        sources: list[PriceSource] = [file, self.quotes, *rest]
        self.market = MarketData(SharedBars(self.store, own_locks()), sources, self.counters, lambda: self.now)

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def closes(self, stretch: Period | OpenPeriod | None, symbol: str = "KO") -> list[float]:
        return [float(close) for close in self.market.bars(symbol, DAY, stretch).bars.close]

    def notices(self, stretch: Period | None, symbol: str = "KO") -> str:
        return "\n".join(self.market.bars(symbol, DAY, stretch).notices)
