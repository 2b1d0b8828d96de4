"""Market data through yfinance against a local Yahoo: the whole way from a question to stored bars."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.domain.errors import DataUnavailable
from backend.domain.ports import MarketStore
from backend.engine.calendar import trading_calendar
from backend.providers.prices import Outside, price_sources
from backend.services.counters import DataCounters
from backend.services.market_data import MarketData, MarketSlice, SharedBars
from backend.stores import Stores, open_database
from tests.servers.yahoo import YahooServer
from tests.services.market.quotes import DAY, made_bars, own_locks, period

pytestmark = pytest.mark.slow
YEAR = period("2024-01-02", "2024-12-31")


class Desk:
    """Market data in the order of the settings as they ship."""

    def __init__(self, server: YahooServer, store: MarketStore) -> None:
        self.now = datetime(2024, 12, 31, 23, 0, tzinfo=UTC)
        self.waited: list[float] = []
        self.counters = DataCounters()
        outside = Outside(lambda: self.now, (lambda: sum(self.waited), self.waited.append), server.url)
        sources = price_sources(["file", "yfinance", "sample"], trading_calendar, outside)
        self.market = MarketData(SharedBars(store, own_locks()), sources, self.counters, lambda: self.now)

    def ask(self, start: str, end: str, symbol: str = "KO") -> MarketSlice:
        return self.market.bars(symbol, DAY, period(start, end))


@pytest.fixture
def store() -> Iterator[MarketStore]:
    with closing(open_database("sqlite:///bars.sqlite")) as database:
        yield Stores.over(database).market


@pytest.fixture
def server() -> Iterator[YahooServer]:
    with YahooServer() as started:
        for symbol in ("KO", "AAPL"):
            started.add(made_bars(symbol, period("2015-03-02", "2025-02-28")))
        yield started


@pytest.fixture
def desk(server: YahooServer, store: MarketStore) -> Desk:
    return Desk(server, store)


def test_a_question_without_dates_finds_the_listing(desk: Desk, server: YahooServer) -> None:
    found = desk.market.bars("KO", DAY, None)
    assert (found.bars.source, found.notices) == ("yfinance", ())
    assert found.period == period("2015-03-02", "2024-12-31")
    assert found.bars.close.tolist() == made_bars("KO", found.period).close.tolist()
    assert len(server.requests) == 1
    desk.market.bars("KO", DAY, None)
    assert len(server.requests) == 1


def test_a_month_later_only_the_month_is_asked_for(desk: Desk, server: YahooServer) -> None:
    desk.ask("2024-01-02", "2024-12-31")
    desk.now += timedelta(days=31)
    assert len(desk.ask("2024-01-02", "2025-01-31").bars) == 252 + 20
    asked = server.requests[-1]
    assert datetime.fromtimestamp(asked.period1, UTC).date() >= date(2024, 12, 23)  # five sessions before the end


def test_a_split_between_two_fetches_is_noticed(desk: Desk, server: YahooServer) -> None:
    before = desk.ask("2024-01-02", "2024-12-31").bars
    server.series["KO"].splits[date(2025, 1, 15)] = 2.0
    desk.now += timedelta(days=31)
    found = desk.ask("2024-01-02", "2025-01-31")
    assert "a split or dividend: factor 0.5" in found.notices[0]
    assert found.bars.close[:252].tolist() == (before.close / 2).tolist()


def test_a_dividend_between_two_fetches_is_noticed(desk: Desk, server: YahooServer) -> None:
    desk.ask("2024-01-02", "2024-12-31")
    server.series["KO"].dividends[date(2025, 1, 15)] = 1.0
    desk.now += timedelta(days=31)
    assert "a split or dividend: factor 0.99" in desk.ask("2024-01-02", "2025-01-31").notices[0]


def test_a_symbol_that_yahoo_does_not_know(desk: Desk) -> None:
    with pytest.raises(DataUnavailable, match=r"No source has 1d prices of NVDX \(yfinance"):
        desk.market.bars("NVDX", DAY, None)


def test_years_before_the_listing_come_from_the_sample(desk: Desk) -> None:
    found = desk.ask("2010-01-04", "2012-12-31", "AAPL")
    assert found.bars.source == "sample"
    assert "is not covered by yfinance: no 1d bars from 2010-01-04 to 2012-12-31." in found.notices[0]
    with pytest.raises(DataUnavailable, match=r"yfinance: no bars before 2015-03-02 \(it was not listed"):
        desk.ask("2010-01-04", "2024-06-28", "AAPL")


def test_without_yahoo_the_sample_is_served(store: MarketStore) -> None:
    with YahooServer() as gone:
        pass
    desk = Desk(gone, store)
    found = desk.market.bars("AAPL", DAY, None)
    assert found.bars.source == "sample"
    (notice,) = found.notices
    assert notice.startswith("yfinance does not answer (")
    assert notice.endswith(": prices of AAPL are sample data that ends on 2013-03-01.")
