"""A timeframe that nobody has is made of the shorter bars that are stored, and it is said."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.domain.moments import period_of
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.engine.resampling import resample
from backend.providers.prices import price_sources
from backend.services.counters import DataCounters
from backend.services.market_data import MarketData, SharedBars
from tests.samples import minute_bars
from tests.services.market.quotes import own_locks
from tests.services.memory_stores import MemoryMarketStore

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
WEEK = minute_bars(date(2024, 11, 25), date(2024, 12, 6))


def desk(bars: Bars, symbol: str = "TEST") -> MarketData:
    store = MemoryMarketStore()
    store.write_bars(replace(bars, symbol=symbol, source="file"), period_of(bars.session))
    sources = price_sources(["file", "sample"], trading_calendar)
    return MarketData(SharedBars(store, own_locks()), sources, DataCounters(), lambda: NOW)


@pytest.mark.parametrize("timeframe", [Timeframe.FIVE_MINUTES, Timeframe.QUARTER_HOUR, Timeframe.HOUR, Timeframe.DAY])
def test_longer_bars_are_made_of_stored_minutes(timeframe: Timeframe) -> None:
    found = desk(WEEK).bars("TEST", timeframe, None)
    expected = resample(WEEK, timeframe)
    np.testing.assert_array_equal(found.bars.close, expected.close)
    np.testing.assert_array_equal(found.bars.end, expected.end)
    assert found.bars.timeframe is timeframe
    assert f"{timeframe} bars of TEST are made of 1m bars from file." in found.notices


def test_the_warm_up_is_counted_in_the_bars_that_were_asked_for() -> None:
    asked = Period(start=date(2024, 12, 4), end=date(2024, 12, 6))
    found = desk(WEEK).bars("TEST", Timeframe.HOUR, asked, warmup_bars=10)
    before = found.bars.session < np.datetime64("2024-12-04")
    assert before.sum() == 14  # two sessions of seven hours hold ten bars
    assert found.period == asked


def test_an_unfinished_last_bar_is_left_out() -> None:
    found = desk(WEEK.window(0, len(WEEK) - 100)).bars("TEST", Timeframe.DAY, None)
    assert str(found.bars.session[-1]) == "2024-12-05"
    assert any("The last 1d bar of TEST was left out" in notice for notice in found.notices)


def test_daily_bars_of_another_source_go_before() -> None:
    market = desk(WEEK, symbol="AAPL")
    assert market.bars("AAPL", Timeframe.DAY, None).bars.source == "sample"
    span = market.span("AAPL", Timeframe.DAY)
    assert span is not None
    assert span.end.year == 2013
    assert market.bars("AAPL", Timeframe.HOUR, None).bars.source == "file"
    inside = Period(start=date(2024, 11, 25), end=date(2024, 12, 6))
    assert market.bars("AAPL", Timeframe.DAY, inside).bars.source == "file"


def test_shorter_bars_cannot_be_made() -> None:
    with pytest.raises(DataUnavailable, match="No source has 1m prices of AAPL"):
        desk(WEEK).bars("AAPL", Timeframe.MINUTE, None)
    with pytest.raises(DataUnavailable, match="2024-11-25"):
        desk(WEEK).bars("TEST", Timeframe.HOUR, Period(start=date(2023, 1, 3), end=date(2023, 1, 31)))


def test_the_span_is_that_of_the_shorter_bars() -> None:
    assert desk(WEEK).span("TEST", Timeframe.HOUR) == period_of(WEEK.session)
    assert desk(WEEK).span("TEST", Timeframe.MINUTE) == period_of(WEEK.session)


def test_a_bar_whose_last_minutes_are_missing_is_named() -> None:
    """The day of 2024-12-03 ends with the minute to 11:30 in New York, 16:30 UTC, and is not sold as a whole one."""
    cut = WEEK.window(0, len(WEEK))
    kept = ~((cut.session == np.datetime64("2024-12-03")) & (cut.end > np.datetime64("2024-12-03T16:30:00")))
    short = replace(cut, **{name: array[kept] for name, array in cut.arrays().items()})
    notice = "of TEST (1d) closed earlier than the clock says, the first at 2024-12-03T16:30:00Z: 1m bars after it"
    assert any(notice in told for told in desk(short).bars("TEST", Timeframe.DAY, None).notices)
    assert not any("closed earlier" in told for told in desk(WEEK).bars("TEST", Timeframe.DAY, None).notices)


def test_minutes_that_are_missing_are_counted() -> None:
    holed = minute_bars(date(2024, 11, 25), date(2024, 11, 26), kept=0.9)
    (found,) = [n for n in desk(holed).bars("TEST", Timeframe.MINUTE, None).notices if "missing within" in n]
    assert found.startswith(
        f"{780 - len(holed)} bars of TEST are missing within 2 sessions, the first from 2024-11-25T"
    )
    assert not any("missing within" in notice for notice in desk(WEEK).bars("TEST", Timeframe.MINUTE, None).notices)
