"""A lock is taken to fetch, and only then; what others stored before is seen under it."""

from pathlib import Path

import pytest

from backend.domain.errors import Unavailable
from backend.engine.calendar import trading_calendar
from backend.providers.prices import price_sources
from backend.services.counters import DataCounters
from backend.services.market_data import MarketData, SharedBars
from tests.services.market.quotes import DAY, SATURDAY, Desk, Quotes, changed, made_bars, own_locks, period
from tests.services.memory_stores import MemoryMarketStore

FEBRUARY = period("2026-02-02", "2026-02-27")
MARCH = period("2026-03-02", "2026-03-31")
APRIL = period("2026-04-01", "2026-04-30")


def test_what_is_stored_needs_no_lock(own_home: Path) -> None:
    desk = Desk()
    desk.closes(MARCH)
    (own_home / "locks").rmdir()
    (own_home / "locks").write_text("a file where the folder should be")
    assert desk.closes(MARCH) == made_bars("KO", MARCH).close.tolist()
    assert Desk(desk.store).closes(MARCH) == made_bars("KO", MARCH).close.tolist()
    with pytest.raises(Unavailable, match=r"lock file .*KO.* cannot be made"):
        desk.closes(APRIL)
    assert len(desk.quotes.calls) == 1


def test_a_source_of_this_machine_needs_no_lock(own_home: Path) -> None:
    (own_home / "locks").write_text("a file where the folder should be")
    sources = price_sources(["sample"], trading_calendar)
    market = MarketData(SharedBars(MemoryMarketStore(), own_locks()), sources, DataCounters(), lambda: SATURDAY)
    assert market.bars("AAPL", DAY, None).bars.source == "sample"


def test_what_another_process_fetched_within_the_minute_is_not_fetched_again() -> None:
    desk = Desk()
    desk.closes(FEBRUARY)
    Desk(desk.store).closes(period("2026-02-02", "2026-03-31"))  # another one, of whom the first knows nothing
    assert desk.closes(MARCH) == made_bars("KO", MARCH).close.tolist()
    assert desk.quotes.calls == [FEBRUARY]


def test_a_history_that_another_process_replaced_is_continued_as_it_is_now() -> None:
    desk, split = Desk(), Quotes(mood=lambda bars: changed(bars, 0.5))
    desk.closes(FEBRUARY)
    Desk(desk.store, split).closes(period("2026-02-02", "2026-03-31"))
    desk.quotes.mood = split.mood
    whole = period("2026-02-02", "2026-04-30")
    assert desk.closes(whole) == (made_bars("KO", whole).close / 2).tolist()
    assert [call.end for call in desk.quotes.calls] == [FEBRUARY.end, APRIL.end]
    assert desk.quotes.calls[1].start.isoformat() == "2026-03-25"  # five stored sessions, and then what is missing
