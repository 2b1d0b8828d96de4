"""A remote source may be away, not know a symbol or not go back far enough: the next one serves, and it is said."""

from datetime import UTC, date, datetime

import pytest

from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.periods import Period
from backend.services.market_data import OpenPeriod
from tests.services.market.quotes import DAY, FRIDAY, Desk, Quotes, made_bars, period

MARCH = period("2026-03-02", "2026-03-31")
OLD = period("2010-03-01", "2010-12-31")


def away(store: Desk | None = None) -> Desk:
    return Desk(store.store if store else None, Quotes(away=": no network"), "sample")


def test_without_dates_the_whole_history_of_the_first_source_is_served() -> None:
    desk = Desk(None, Quotes(listed=date(1999, 5, 4)), "sample")
    found = desk.market.bars("AAPL", DAY, None)
    assert (found.bars.source, found.notices) == ("quotes", ())
    assert found.period == Period(start=date(1999, 5, 4), end=FRIDAY)
    assert desk.market.span("AAPL", DAY) == found.period


def test_without_dates_and_network_the_sample_is_served_and_it_is_said() -> None:
    desk = away()
    found = desk.market.bars("AAPL", DAY, None, warmup_bars=250)
    assert found.bars.source == "sample"
    assert found.notices == (
        "quotes does not answer (Quotes time out: no network): prices of AAPL are sample data that ends on 2013-03-01.",
    )
    assert desk.market.span("AAPL", DAY) == Period(start=date(2000, 3, 1), end=date(2013, 3, 1))


def test_a_source_that_is_away_is_left_alone_for_a_minute() -> None:
    desk = away()
    for symbol in ("AAPL", "IBM", "MSFT", "GOOG", "FB"):
        assert "does not answer" in desk.notices(None, symbol)
    assert len(desk.quotes.calls) == 1
    desk.later(seconds=61)
    desk.notices(None, "IBM")
    assert len(desk.quotes.calls) == 2
    desk.quotes.away = ""
    desk.later(seconds=61)
    assert desk.market.bars("AAPL", DAY, OLD).bars.source == "quotes"


def test_what_is_stored_is_served_without_asking() -> None:
    Desk(quotes=(first := Quotes())).closes(MARCH)
    desk = Desk()
    desk.closes(MARCH)
    offline = away(desk)
    assert offline.closes(MARCH) == made_bars("KO", MARCH).close.tolist()
    assert offline.quotes.calls == []
    assert first.calls == [MARCH]


def test_a_warm_up_that_cannot_be_fetched_is_done_without() -> None:
    desk = Desk()
    desk.closes(MARCH)
    found = away(desk).market.bars("KO", DAY, MARCH, warmup_bars=20)
    assert len(found.bars) == 22
    assert "what was stored before, up to 2026-03-31" in "\n".join(found.notices)


def test_an_open_end_without_network_is_where_the_stored_bars_end() -> None:
    desk = Desk()
    desk.closes(MARCH)
    found = away(desk).market.bars("KO", DAY, None)
    assert found.period == MARCH
    assert "quotes does not answer" in found.notices[0]


def test_if_none_serves_the_error_says_what_each_said() -> None:
    desk = Desk(None, Quotes(listed=date(2012, 5, 18)), "sample")
    with pytest.raises(
        DataUnavailable,
        match=r"quotes: no bars before 2012-05-18 \(it was not listed, or the source goes no further back\); "
        r"sample 2000-03-01\.\.2013-03-01",
    ):
        desk.closes(period("2010-01-04", "2015-12-31"), "AAPL")
    with pytest.raises(DataUnavailable, match="Quotes know no symbol NVDX") as caught:
        desk.closes(None, "NVDX")
    assert "data import prices" in caught.value.hint


def test_a_later_listing_hands_over_to_the_next_source() -> None:
    desk = Desk(None, Quotes(listed=date(2012, 5, 18)), "sample")
    found = desk.market.bars("AAPL", DAY, OLD)
    assert found.bars.source == "sample"
    assert "the period is not covered by quotes: no 1d bars from 2010-03-01 to 2010-12-31." in "\n".join(found.notices)


def test_a_delisted_symbol_serves_what_there_was() -> None:
    desk = Desk(quotes=Quotes(delisted=date(2019, 6, 28)))
    with pytest.raises(DataUnavailable, match=r"no bars after 2019-06-28 \(it was delisted or renamed"):
        desk.closes(period("2018-01-02", "2021-12-31"))
    assert len(desk.closes(period("2018-01-02", "2019-06-28"))) == 375  # 251 sessions of 2018 and 124
    assert desk.market.bars("KO", DAY, OpenPeriod(start=date(2018, 1, 2))).period.end == date(2019, 6, 28)
    again = Desk(desk.store, Quotes(delisted=date(2019, 6, 28)))
    assert again.market.bars("KO", DAY, OpenPeriod(start=date(2018, 1, 2))).period.end == date(2019, 6, 28)


def test_an_open_start_is_the_listing() -> None:
    desk = Desk(quotes=Quotes(listed=date(2012, 5, 18)))
    found = desk.market.bars("KO", DAY, OpenPeriod(end=date(2012, 12, 31)))
    assert found.period == period("2012-05-18", "2012-12-31")
    with pytest.raises(InvalidInput, match="is before the start"):
        OpenPeriod(date(2012, 2, 1), date(2012, 1, 1))


@pytest.mark.parametrize(
    ("now", "last", "said"),
    [
        ("2026-11-20T21:19:00", "2026-11-19", True),  # Friday, 19 minutes after the close
        ("2026-11-20T21:20:00", "2026-11-20", False),
        ("2026-11-27T18:20:00", "2026-11-27", False),  # the half day after Thanksgiving closes at 13:00 in New York
        ("2026-11-27T18:19:00", "2026-11-25", True),
        ("2026-03-06T21:20:00", "2026-03-06", False),  # winter
        ("2026-03-09T20:20:00", "2026-03-09", False),  # summer time since Sunday
        ("2026-03-09T12:00:00", "2026-03-06", True),  # before the open
    ],
)
def test_a_session_counts_when_it_is_finished(now: str, last: str, said: bool) -> None:
    desk = Desk()
    desk.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    stretch = Period(start=date(2026, 1, 5), end=desk.now.date())
    found = desk.market.bars("KO", DAY, stretch)
    assert str(found.bars.session[-1]) == last
    assert desk.store.series("KO", DAY)[0].covered[-1].end == date.fromisoformat(last)
    notice = f"Prices of KO go up to {last}; today's session is not finished."
    assert (notice in found.notices) is said


def test_days_to_come_are_refused() -> None:
    desk = Desk()
    with pytest.raises(DataUnavailable, match=r"quotes 19..-..-..\.\.2026-11-20"):
        desk.closes(period("2026-01-05", "2026-12-04"))
    assert len(desk.closes(period("2026-11-16", "2026-11-22"))) == 5  # it is Saturday: Sunday brings no session


def test_the_next_day_fetches_one_session() -> None:
    desk = Desk()
    desk.now = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    desk.closes(OpenPeriod(start=date(2026, 11, 2)))
    desk.later(days=1)
    assert len(desk.closes(OpenPeriod(start=date(2026, 11, 2)))) == 15
    assert desk.quotes.calls[1] == period("2026-11-13", "2026-11-20")


def test_coverage_is_believed_for_a_minute() -> None:
    desk = Desk(None, Quotes(away=": away"))
    imported = made_bars("XYZ", MARCH, "file")
    with pytest.raises(DataUnavailable):
        desk.closes(MARCH, "XYZ")
    desk.store.write_bars(imported, MARCH)  # by another process
    with pytest.raises(DataUnavailable):
        desk.closes(MARCH, "XYZ")
    desk.later(seconds=60)
    assert len(desk.closes(MARCH, "XYZ")) == 22
    reads = desk.counters.data_reads
    desk.later(seconds=60)
    desk.closes(MARCH, "XYZ")
    assert desk.counters.data_reads == reads  # unchanged, so what is in memory serves on


def test_a_symbol_that_nobody_lists_may_be_asked_for() -> None:
    desk = Desk(None, Quotes(symbols_known=("NVDA",)), "sample")
    assert "NVDA" not in desk.market.symbols()
    span = desk.market.span("NVDA", DAY)
    assert span is not None
    assert span.end == FRIDAY
    assert desk.quotes.calls == []
    assert len(desk.closes(MARCH, "NVDA")) == 22
