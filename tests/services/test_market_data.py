"""Bars come from memory, the store or one source, and what is odd about them is said."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.prices import price_sources
from backend.services.counters import DataCounters
from backend.services.market.joining import put_together
from backend.services.market_data import MarketData, SharedBars
from backend.services.price_jumps import jump_notices
from tests.samples import aapl_bars
from tests.services.market.quotes import own_locks
from tests.services.memory_stores import MemoryMarketStore

DAY = Timeframe.DAY
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)  # a Saturday
YEAR = Period(start=date(2010, 1, 1), end=date(2010, 12, 31))  # both ends are holidays or weekends


class Desk:
    """Market data over a store that outlives it."""

    def __init__(self, store: MemoryMarketStore | None = None) -> None:
        self.store = store or MemoryMarketStore()
        self.counters = DataCounters()
        sources = price_sources(["file", "sample"], trading_calendar)
        self.market = MarketData(SharedBars(self.store, own_locks()), sources, self.counters, lambda: NOW)


def imported(symbol: str, period: Period, prices: dict[date, float] | None = None) -> Bars:
    """Bars of a file: close 100 on every session unless said otherwise."""
    hours = trading_calendar(period.start, period.end)
    close = np.full(len(hours), 100.0)
    for day, price in (prices or {}).items():
        close[hours.sessions >= np.datetime64(day)] = price
    columns = {name: close.copy() for name in ("open", "high", "low", "close", "volume")}
    return Bars(
        symbol=symbol,
        timeframe=DAY,
        session=hours.sessions,
        start=hours.opens,
        end=hours.closes,
        source="file",
        **columns,
    )


def test_the_sample_equals_its_own_source() -> None:
    found = Desk().market.bars("AAPL", DAY, None)
    expected = aapl_bars()
    assert found.bars.source == "sample"
    np.testing.assert_array_equal(found.bars.session, expected.session)
    np.testing.assert_array_equal(found.bars.close, expected.close)


def test_half_days_end_early() -> None:
    bars = Desk().market.bars("AAPL", DAY, Period(start=date(2012, 11, 23), end=date(2012, 11, 23))).bars
    assert str(bars.end[0]) == "2012-11-23T18:00:00"


def test_each_bar_is_fetched_once_in_a_lifetime_of_the_store() -> None:
    first = Desk()
    first.market.bars("AAPL", DAY, YEAR)
    assert (first.counters.source_calls, first.counters.data_reads) == (1, 1)
    first.market.bars("AAPL", DAY, YEAR)
    assert (first.counters.source_calls, first.counters.data_reads) == (1, 1)
    later = Desk(first.store)
    later.market.bars("AAPL", DAY, Period(start=date(2010, 3, 1), end=date(2010, 4, 1)))
    assert (later.counters.source_calls, later.counters.data_reads) == (0, 1)
    wider = Desk(first.store)
    bars = wider.market.bars("AAPL", DAY, Period(start=date(2009, 6, 1), end=date(2011, 6, 30))).bars
    assert wider.counters.source_calls == 2  # before and after the stored year
    np.testing.assert_array_equal(
        bars.close, Desk().market.bars("AAPL", DAY, Period(start=date(2009, 6, 1), end=date(2011, 6, 30))).bars.close
    )


def test_warm_up_comes_from_before_the_period_as_far_as_there_is_any() -> None:
    market = Desk().market
    bars = market.bars("AAPL", DAY, YEAR, warmup_bars=20).bars
    assert int((bars.session < np.datetime64("2010-01-01")).sum()) == 20
    start = Period(start=date(2000, 3, 6), end=date(2000, 3, 31))
    assert str(market.bars("AAPL", DAY, start, warmup_bars=20).bars.session[0]) == "2000-03-01"


def test_a_file_that_covers_the_period_goes_before_the_sample() -> None:
    desk = Desk()
    desk.store.write_bars(imported("AAPL", YEAR), YEAR)
    found = desk.market.bars("AAPL", DAY, YEAR, warmup_bars=50)
    assert found.bars.source == "file"
    assert set(found.bars.close) == {100.0}
    assert len(found.bars) == len(trading_calendar(YEAR.start, YEAR.end))  # no warm-up of another source
    assert found.notices == ()


def test_sources_never_mix_and_a_fallback_is_said() -> None:
    desk = Desk()
    desk.store.write_bars(imported("AAPL", YEAR), YEAR)
    found = desk.market.bars("AAPL", DAY, Period(start=date(2010, 6, 1), end=date(2011, 6, 1)))
    assert found.bars.source == "sample"
    assert 100.0 not in set(found.bars.close)
    assert any("not covered by file 2010-01-01..2010-12-31" in notice for notice in found.notices)
    assert any("sample data that ends on 2013-03-01" in notice for notice in found.notices)


def test_an_unknown_symbol_names_those_that_are_known() -> None:
    with pytest.raises(DataUnavailable, match="No source has 1d prices of APPL") as caught:
        Desk().market.bars("APPL", DAY, None)
    assert 'did you mean "AAPL"?' in caught.value.hint
    assert "data import prices" in caught.value.hint


def test_a_period_beyond_what_is_there_is_refused() -> None:
    with pytest.raises(DataUnavailable, match=r"sample 2000-03-01\.\.2013-03-01"):
        Desk().market.bars("AAPL", DAY, Period(start=date(2012, 1, 1), end=date(2014, 1, 1)))
    with pytest.raises(DataUnavailable, match="for the whole of"):
        Desk().market.bars("AAPL", DAY, Period(start=date.min, end=date(2012, 1, 1)))


def test_a_hole_between_two_imports_is_not_served_as_a_series() -> None:
    desk = Desk()
    later = Period(start=date(2012, 1, 2), end=date(2012, 3, 1))
    for stretch in (YEAR, later):
        desk.store.write_bars(imported("XYZ", stretch), stretch)
    assert desk.market.span("XYZ", DAY) == YEAR
    with pytest.raises(DataUnavailable, match=r"file 2010-01-01\.\.2010-12-31, 2012-01-02"):
        desk.market.bars("XYZ", DAY, Period(start=date(2010, 6, 1), end=date(2012, 2, 1)))
    assert len(desk.market.bars("XYZ", DAY, later).bars) == len(trading_calendar(later.start, later.end))


def test_two_imports_that_only_a_weekend_parts_are_one_series() -> None:
    desk = Desk()
    for stretch in (
        Period(start=date(2010, 1, 4), end=date(2010, 1, 15)),  # to Friday
        Period(start=date(2010, 1, 19), end=date(2010, 1, 29)),  # from Tuesday: Monday was a holiday
    ):
        desk.store.write_bars(imported("XYZ", stretch), stretch)
    assert desk.market.span("XYZ", DAY) == Period(start=date(2010, 1, 4), end=date(2010, 1, 29))


def test_a_jump_like_a_split_is_a_notice_with_ratio_and_date() -> None:
    desk = Desk()
    desk.store.write_bars(imported("XYZ", YEAR, {date(2010, 8, 13): 51.0}), YEAR)
    notices = jump_notices(desk.market.bars("XYZ", DAY, YEAR).bars)
    assert any("XYZ on 2010-08-13: 0.510 times the close before, like a 2:1 split" in n for n in notices)
    apple = Desk().market.bars("AAPL", DAY, None).bars
    assert any("AAPL on 2000-09-29: 0.481 times" in n for n in jump_notices(apple))
    assert jump_notices(apple, since=date(2000, 10, 2)) == ()


def test_missing_sessions_are_counted() -> None:
    desk = Desk()
    bars = imported("XYZ", YEAR)
    desk.store.write_bars(put_together([bars.window(0, 10), bars.window(13, 252)]), YEAR)
    notices = desk.market.bars("XYZ", DAY, Period(start=date(2010, 1, 4), end=date(2010, 3, 1))).notices
    assert any("3 sessions of XYZ have no bar, the first on 2010-01-19" in n for n in notices)


def test_what_there_is_can_be_listed() -> None:
    desk = Desk()
    assert desk.market.symbols() == ("AAPL", "FB", "GOOG", "IBM", "MSFT")
    assert desk.market.span("FB", DAY) == Period(start=date(2012, 5, 18), end=date(2013, 3, 1))
    assert desk.market.span("FB", Timeframe.MINUTE) is None
    desk.store.write_bars(imported("XYZ", YEAR), YEAR)
    assert "XYZ" in desk.market.symbols()
    assert [(s.symbol, s.source, s.bars) for s in desk.market.spans()] == [("XYZ", "file", 252)]


def test_an_import_is_seen_after_forgetting() -> None:
    desk = Desk()
    desk.store.write_bars(imported("XYZ", YEAR), YEAR)
    desk.market.bars("XYZ", DAY, YEAR)
    desk.store.write_bars(imported("XYZ", YEAR, {YEAR.start: 120.0}), YEAR)
    desk.market.forget("XYZ")
    assert set(desk.market.bars("XYZ", DAY, YEAR).bars.close) == {120.0}
