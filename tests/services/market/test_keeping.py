"""Bars are warmed, listed, cleared and pruned symbol by symbol."""

from datetime import date

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.timeframes import Timeframe
from backend.services.retention import Retention, short_bars_for
from backend.services.series_status import series_status
from backend.services.warming import Warming
from tests.services.market.quotes import DAY, SATURDAY, Desk, Quotes, left_out, made_bars, period

MARCH = period("2026-03-02", "2026-03-31")


def retention(desk: Desk) -> Retention:
    return Retention(desk.store, desk.market.forget, short_bars_for(365), lambda: desk.now)


def test_a_symbol_that_fails_does_not_stop_the_others() -> None:
    desk, told = Desk(), list[str]()
    warming = Warming(desk.market, desk.counters)
    first, failed, last = warming.warm(["ko", "NVDX", "AAPL", "KO"], DAY, MARCH, told.append)
    assert (first.symbol, first.source, first.start, first.end) == ("KO", "quotes", MARCH.start, MARCH.end)
    assert (first.bars, first.fetched_bars, first.source_calls, first.failed_reason) == (22, 22, 1, None)
    assert (failed.symbol, failed.bars, failed.source_calls) == ("NVDX", 0, 1)
    assert "Quotes know no symbol NVDX" in str(failed.failed_reason)
    assert last.bars == 22
    assert told[0] == "KO (1 of 3)"
    assert "KO 2026-03-02..2026-03-31" in told
    again = warming.warm(["KO", "AAPL"], DAY, MARCH, told.append)
    assert [(w.bars, w.fetched_bars, w.source_calls) for w in again] == [(22, 0, 0), (22, 0, 0)]


def test_warming_that_broke_off_goes_on() -> None:
    desk = Desk(quotes=Quotes(limit=10, away_after=2))
    warming = Warming(desk.market, desk.counters)
    (broken,) = warming.warm(["KO"], DAY, MARCH, lambda _: None)
    assert broken.failed_reason is not None
    assert broken.fetched_bars == 15  # three weeks, to Saturday the 21st
    desk.quotes.away_after = 99
    desk.later(minutes=2)
    (done,) = warming.warm(["KO"], DAY, MARCH, lambda _: None)
    # 7 sessions from the 23rd to the 31st, and the five before them once more
    assert (done.bars, done.fetched_bars, done.failed_reason) == (22, 12, None)


def test_nothing_to_warm_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no symbol to warm"):
        Warming(Desk().market, Desk().counters).warm([" "], DAY, None, lambda _: None)


def test_status_tells_what_a_series_lacks() -> None:
    desk = Desk(quotes=Quotes(mood=lambda bars: left_out(bars, period("2026-03-10", "2026-03-11"))))
    desk.closes(MARCH)
    desk.closes(period("2026-06-01", "2026-06-30"))
    (found,) = series_status(desk.store)
    assert (found.symbol, found.timeframe, found.source) == ("KO", DAY, "quotes")
    assert (found.first, found.last, found.bars) == (date(2026, 3, 2), date(2026, 6, 30), 20 + 21)
    assert found.covered == (MARCH, period("2026-06-01", "2026-06-30"))
    assert found.sessions_missing == 2  # April and May were never asked for


def test_clearing_a_symbol_leaves_the_others_and_is_seen_at_once() -> None:
    desk = Desk()
    for symbol in ("KO", "AAPL"):
        desk.closes(MARCH, symbol)
    deleted = retention(desk).clear(symbol="ko")
    assert (deleted.symbol, deleted.bars) == ("KO", 22)
    assert [span.symbol for span in desk.market.spans()] == ["AAPL"]
    assert len(desk.closes(MARCH)) == 22
    assert len(desk.quotes.calls) == 3


def test_clearing_before_a_day_leaves_the_rest() -> None:
    desk = Desk()
    desk.closes(MARCH)
    assert retention(desk).clear(before=date(2026, 3, 16)).bars == 10
    assert len(desk.closes(period("2026-03-16", "2026-03-31"))) == 12
    assert len(desk.quotes.calls) == 1


def test_clearing_everything_by_mistake_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Nothing says which bars"):
        retention(Desk()).clear()


def test_pruning_deletes_old_short_bars_and_keeps_daily_ones() -> None:
    desk, told = Desk(), list[str]()
    year = period("2025-01-02", "2026-11-20")
    for timeframe in (DAY, Timeframe.MINUTE):
        desk.store.write_bars(made_bars("KO", year, timeframe=timeframe), year)
    pruned = retention(desk).prune(progress=told.append)
    deleted = {one.timeframe: one.bars for one in pruned}
    assert {one.before for one in pruned} == {date(2025, 11, 21)}  # 365 days before Saturday
    # 2025 had 250 sessions, 27 of them from November 21st on: 5 and the 22 of December
    assert deleted == {t: 223 if t is Timeframe.MINUTE else 0 for t in Timeframe if t is not DAY}
    assert {s.timeframe: s.first for s in series_status(desk.store)} == {
        DAY: year.start,
        Timeframe.MINUTE: date(2025, 11, 21),
    }
    assert told[0] == "deleting 1m bars before 2025-11-21"
    assert SATURDAY.date() == date(2026, 11, 21)
    assert [one.bars for one in retention(desk).prune({DAY: 10_000})] == [0]
