"""Only what is missing is fetched, chunk by chunk, and two versions of a history never meet in one series."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.engine.calendar import trading_calendar
from tests.services.market.quotes import DAY, Desk, Quotes, changed, left_out, made_bars, period

MARCH = period("2026-03-02", "2026-03-31")
SPRING = period("2026-03-02", "2026-05-29")


def stored(desk: Desk) -> Bars:
    bars = desk.store.read_bars("KO", DAY, "quotes", period("1990-01-01", "2026-12-31"))
    assert bars is not None
    return bars


def test_a_period_one_month_longer_fetches_the_month_and_five_sessions() -> None:
    desk = Desk()
    desk.closes(MARCH)
    assert (
        desk.closes(period("2026-03-02", "2026-04-30"))
        == made_bars("KO", period("2026-03-02", "2026-04-30")).close.tolist()
    )
    # the last five sessions of March are compared: 25, 26, 27, 30, 31
    assert desk.quotes.calls == [MARCH, period("2026-03-25", "2026-04-30")]


def test_an_earlier_start_overlaps_with_the_first_sessions() -> None:
    desk = Desk()
    desk.closes(MARCH)
    desk.closes(period("2026-02-02", "2026-03-31"))
    assert desk.quotes.calls[1] == period("2026-02-02", "2026-03-06")


def test_chunks_are_as_long_as_the_source_allows() -> None:
    desk = Desk(quotes=Quotes(limit=30))
    desk.closes(SPRING)
    assert desk.quotes.calls == [
        period("2026-03-02", "2026-03-31"), period("2026-04-01", "2026-04-30"), period("2026-05-01", "2026-05-29"),
    ]  # fmt: skip
    earlier = period("2026-01-05", "2026-05-29")
    assert desk.closes(earlier) == made_bars("KO", earlier).close.tolist()
    # backwards, so that what is stored stays in one stretch if it breaks off
    assert desk.quotes.calls[3:] == [period("2026-02-05", "2026-03-06"), period("2026-01-06", "2026-02-04"),
                                     period("2026-01-05", "2026-01-05")]  # fmt: skip


def test_a_chunk_that_fails_keeps_those_before_it_and_the_next_run_goes_on() -> None:
    desk = Desk(quotes=Quotes(limit=30, away_after=2))
    with pytest.raises(DataUnavailable, match="Quotes time out"):
        desk.closes(SPRING)
    assert [s.covered for s in desk.store.series("KO", DAY)] == [(period("2026-03-02", "2026-04-30"),)]
    after_a_kill = Desk(desk.store)
    assert after_a_kill.closes(SPRING) == made_bars("KO", SPRING).close.tolist()
    assert after_a_kill.quotes.calls == [period("2026-04-24", "2026-05-29")]


@pytest.mark.parametrize("factor", [0.5, 0.9954])
def test_a_split_or_dividend_replaces_the_series_and_is_named(factor: float) -> None:
    desk = Desk()
    desk.closes(MARCH)
    desk.quotes.mood = lambda bars: changed(bars, factor, until="2026-04-15")
    found = desk.market.bars("KO", DAY, SPRING)
    assert f"a split or dividend: factor {factor:.6g}" in "\n".join(found.notices)
    assert stored(desk).close.tolist() == changed(made_bars("KO", SPRING), factor, "2026-04-15").close.tolist()
    assert found.bars.close.tolist() == stored(desk).close.tolist()
    # the overlap with April and May, then everything
    assert desk.quotes.calls[1:] == [period("2026-03-25", "2026-05-29"), SPRING]
    assert not any("factor" in notice for notice in Desk(desk.store).market.bars("KO", DAY, SPRING).notices)


def test_adjustments_that_became_known_replace_the_series() -> None:
    desk = Desk()
    desk.closes(MARCH)
    desk.quotes.mood = lambda bars: replace(bars, adjustment=np.full(len(bars), 0.9))
    found = desk.market.bars("KO", DAY, SPRING)
    assert "its prices are the same, and their adjustments became known or changed" in "\n".join(found.notices)
    # no seam between March and April: whole shares are counted by the same factor
    assert set(stored(desk).adjustment.tolist()) == set(found.bars.adjustment.tolist()) == {0.9}


def test_a_history_changed_without_a_split_says_where() -> None:
    desk = Desk()
    desk.closes(MARCH)
    desk.quotes.mood = lambda bars: changed(changed(bars, 1.01, until="2026-03-28"), 1 / 1.01, until="2026-03-17")
    # 22 sessions in March; those from the 17th to the 27th differ: 17-20 and 23-27
    assert "changed its history without a split: 9 of 22 bars differ, the first on 2026-03-17" in desk.notices(SPRING)


def test_other_volumes_are_no_other_history() -> None:
    desk = Desk()
    desk.closes(MARCH)
    desk.quotes.mood = lambda bars: changed(bars, 1.00001, volume=3.0)
    assert desk.notices(SPRING) == ""
    assert desk.quotes.calls[1:] == [period("2026-03-25", "2026-05-29")]


def test_a_change_is_seen_at_both_sides_of_a_gap() -> None:
    desk = Desk()
    desk.closes(MARCH)
    desk.closes(period("2026-05-01", "2026-05-29"))
    since = "2026-05-20"
    desk.quotes.mood = lambda bars: changed(bars, 2.0, since)
    desk.closes(SPRING)
    assert stored(desk).close.tolist() == changed(made_bars("KO", SPRING), 2.0, since).close.tolist()


def test_a_new_version_that_breaks_off_leaves_the_old_one() -> None:
    desk = Desk(quotes=Quotes(limit=30))
    desk.closes(MARCH)
    before = stored(desk).content_hash
    desk.quotes.mood = lambda bars: changed(bars, 0.5)
    desk.quotes.away_after = 2  # the overlap, and one chunk of the new version
    with pytest.raises(DataUnavailable, match="time out"):
        desk.closes(SPRING)
    assert stored(desk).content_hash == before
    desk.later(minutes=2)
    desk.quotes.away_after = 99
    assert desk.closes(SPRING) == changed(made_bars("KO", SPRING), 0.5).close.tolist()


def test_a_new_version_that_is_shorter_is_refused() -> None:
    desk = Desk()
    desk.closes(MARCH)
    before = stored(desk).content_hash
    desk.quotes.mood = lambda bars: left_out(changed(bars, 0.5), period("2026-03-02", "2026-03-10"))
    with pytest.raises(DataUnavailable, match=r"now serves 2026-03-11\.\.2026-05-29 where 2026-03-02\.\.2026-03-31"):
        desk.closes(SPRING)
    assert stored(desk).content_hash == before


def test_an_answer_without_the_sessions_served_before_is_not_joined() -> None:
    desk = Desk()
    desk.closes(MARCH)
    desk.quotes.mood = lambda bars: left_out(bars, MARCH)
    with pytest.raises(DataUnavailable, match="left out sessions that it served before"):
        desk.closes(SPRING)
    assert len(stored(desk)) == 22


def test_what_a_source_no_longer_serves_is_not_asked_for_and_not_lost() -> None:
    desk = Desk(quotes=Quotes(days_back=30))  # on Saturday the 21st it goes back to October 22nd
    desk.closes(period("2026-10-22", "2026-11-20"))
    desk.later(days=28)  # to November 19th: of the five stored sessions before the 21st two are served still
    week = period("2026-11-19", "2026-11-25")
    assert desk.closes(week) == made_bars("KO", week).close.tolist()
    assert desk.quotes.calls[1:] == [period("2026-11-19", "2026-11-25")]
    assert stored(desk).close.tolist() == made_bars("KO", period("2026-10-22", "2026-11-25")).close.tolist()
    desk.quotes.mood = lambda bars: changed(bars, 0.5)
    with pytest.raises(DataUnavailable, match="its prices changed, and it no longer serves all that is stored"):
        desk.closes(period("2026-11-19", "2026-12-04"))
    assert len(stored(desk)) == 25


def test_holes_are_asked_for_once_more_and_then_said() -> None:
    hole = period("2026-03-10", "2026-03-12")
    desk = Desk()
    full = desk.quotes.mood
    desk.quotes.mood = lambda bars: left_out(bars, hole) if len(bars) > 5 else full(bars)
    assert desk.closes(MARCH) == made_bars("KO", MARCH).close.tolist()
    assert desk.quotes.calls == [MARCH, hole]
    holed = Desk(quotes=Quotes(mood=lambda bars: left_out(bars, hole)))
    assert "3 sessions of KO have no bar, the first on 2026-03-10." in holed.notices(MARCH)
    assert holed.quotes.calls == [MARCH, hole]
    holed.notices(period("2026-03-03", "2026-03-31"))
    assert len(holed.quotes.calls) == 2


def test_a_hole_that_could_not_be_asked_for_is_not_taken_for_complete() -> None:
    desk = Desk(quotes=Quotes(away_after=1, mood=lambda bars: bars.window(0, min(len(bars), 15))))
    with pytest.raises(DataUnavailable, match="time out"):
        desk.closes(MARCH)
    desk.quotes.away_after = 99
    desk.later(minutes=2)
    assert len(desk.closes(MARCH)) == 22


def test_a_truncated_answer_is_completed() -> None:
    desk = Desk()
    desk.quotes.mood = lambda bars: bars.window(0, min(len(bars), 15))
    assert len(desk.closes(MARCH)) == 22
    assert desk.quotes.calls == [MARCH, period("2026-03-23", "2026-03-31")]


def test_bars_that_are_published_late_are_not_taken_for_missing() -> None:
    desk = Desk()
    desk.now = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)  # half an hour after the close
    late = period("2026-11-20", "2026-11-20")
    week = period("2026-11-16", "2026-11-20")
    desk.quotes.mood = lambda bars: left_out(bars, late)
    assert "1 session of KO has no bar: 2026-11-20" in desk.notices(week)
    asked = len(desk.quotes.calls)
    desk.notices(week)
    assert len(desk.quotes.calls) == asked  # not within the hour
    desk.quotes.mood = lambda bars: bars
    desk.later(hours=2)
    assert len(desk.closes(week)) == 5


def test_a_week_over_the_clock_change_and_a_half_day_are_complete() -> None:
    for week in (period("2026-03-05", "2026-03-11"), period("2026-11-23", "2026-11-27")):
        desk = Desk()
        desk.now = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
        found = desk.market.bars("KO", DAY, week)
        hours = trading_calendar(week.start, week.end)
        assert found.bars.end.tolist() == hours.closes.tolist()
        assert found.notices == ()
    assert date(2026, 11, 26) not in found.bars.session.tolist()  # Thanksgiving
