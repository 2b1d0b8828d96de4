"""The real yfinance library against a local server: what becomes of Yahoo's answers, good ones and bad ones."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import FIRST_DAY
from tests.providers.yahoo import JANUARY, ROWS, World, _library, daily, hourly, world
from tests.servers.yahoo_faults import backwards, every, only_rows, row_again, value

__all__ = ["_library", "world"]  # a fixture is found by its name


# --- what is read -----------------------------------------------------------------------------------------------------


def test_prices_are_adjusted_for_splits_and_dividends(world: World) -> None:
    series = world.add()
    series.dividends[date(2024, 1, 4)] = 2.0
    series.splits[date(2024, 1, 5)] = 2.0
    bars = world.fetch()
    # The split halves what was traded before 5 January. The dividend takes 2 of the 100 at which 3 January closed, so
    # the two sessions before its ex-date count 98 %: the close of 3 January is 100 / 2 * 0.98 = 49, its high 102 / 2 *
    # 0.98 = 49.98; 4 January is halved alone.
    np.testing.assert_allclose(bars.close, [99 / 2 * 0.98, 49.0, 49.5, 50.0], rtol=1e-12)
    np.testing.assert_allclose(bars.high, [101 / 2 * 0.98, 49.98, 50.0, 51.0], rtol=1e-12)
    np.testing.assert_allclose(bars.low, [97 / 2 * 0.98, 98 / 2 * 0.98, 48.5, 48.0], rtol=1e-12)
    np.testing.assert_allclose(bars.open, [98 / 2 * 0.98, 99 / 2 * 0.98, 49.0, 49.0], rtol=1e-12)
    assert bars.volume.tolist() == [1_000.0] * 4
    # Yahoo's close is free of the split already, so the adjustment is that of the dividend
    np.testing.assert_allclose(bars.adjustment, [0.98, 0.98, 1.0, 1.0], rtol=1e-12)
    assert (bars.symbol, bars.timeframe, bars.source) == ("TEST", Timeframe.DAY, "yfinance")


def test_an_event_that_appears_later_changes_the_history(world: World) -> None:
    series = world.add()
    before = world.fetch()
    series.dividends[date(2024, 1, 4)] = 2.0
    after = world.fetch()
    np.testing.assert_allclose(after.close / before.close, [0.98, 0.98, 1.0, 1.0], rtol=1e-12)


def test_shorter_bars_are_adjusted_by_the_factor_of_their_session(world: World) -> None:
    series = world.add()
    world.server.add(hourly([[99, 101, 98, 100]] * 7, date(2024, 1, 3)))
    series.dividends[date(2024, 1, 4)] = 2.0
    bars = world.fetch(Timeframe.HOUR)
    np.testing.assert_allclose(bars.close, [100 * 0.98] * 7, rtol=1e-12)
    np.testing.assert_allclose(bars.adjustment, [0.98] * 7, rtol=1e-12)
    assert bars.session.tolist() == [date(2024, 1, 3)] * 7
    # New York opens at 14:30 UTC in winter; the last hour of a session has 30 minutes, and it closes at 21:00
    assert bars.start[0] == np.datetime64("2024-01-03T14:30")
    assert bars.start[-1] == np.datetime64("2024-01-03T20:30")
    assert bars.end[-1] == np.datetime64("2024-01-03T21:00")


def test_daily_bars_have_the_hours_of_the_exchange(world: World) -> None:
    # the Friday after Thanksgiving 2023 closed at 13:00 in New York, which is 18:00 UTC
    world.server.add(daily(ROWS[:2], first=date(2023, 11, 22)))
    bars = world.fetch(period=Period(start=date(2023, 11, 22), end=date(2023, 11, 24)))
    assert bars.session.tolist() == [date(2023, 11, 22), date(2023, 11, 24)]
    assert bars.start.astype(str).tolist() == ["2023-11-22T14:30:00", "2023-11-24T14:30:00"]
    assert bars.end.astype(str).tolist() == ["2023-11-22T21:00:00", "2023-11-24T18:00:00"]


@pytest.mark.parametrize(("hour", "minute", "days"), [(20, 59, 3), (21, 0, 4)])
def test_a_daily_bar_is_there_from_the_close_on(world: World, hour: int, minute: int, days: int) -> None:
    world.add()
    world.now = datetime(2024, 1, 5, hour, minute, tzinfo=UTC)
    assert len(world.fetch()) == days


def test_a_shorter_bar_is_there_from_its_end_on(world: World) -> None:
    world.add()
    world.server.add(hourly([[50, 51, 49, 50]] * 4, date(2024, 1, 5)))
    world.now = datetime(2024, 1, 5, 17, 45, tzinfo=UTC)  # the fourth hour, from 17:30 on, is not over
    assert world.fetch(Timeframe.HOUR).end[-1] == np.datetime64("2024-01-05T17:30")


def test_nothing_outside_the_period_is_read(world: World) -> None:
    world.add()
    bars = world.fetch(period=Period(start=date(2024, 1, 3), end=date(2024, 1, 4)))
    assert bars.session.tolist() == [date(2024, 1, 3), date(2024, 1, 4)]


@pytest.mark.parametrize(("symbol", "ticker"), [("BRK.B", "BRK-B"), ("^GSPC", "^GSPC")])
def test_symbols_are_written_as_yahoo_writes_them(world: World, symbol: str, ticker: str) -> None:
    world.server.add(daily(ROWS, ticker))
    assert world.fetch(symbol=symbol).symbol == symbol
    assert world.server.requests[0].symbol == ticker


def test_a_period_before_the_listing_has_no_bars(world: World) -> None:
    world.add()
    early = Period(start=date(2020, 1, 2), end=date(2020, 12, 31))
    assert len(world.fetch(period=early)) == 0
    across = Period(start=date(2020, 1, 2), end=date(2024, 1, 2))
    assert world.fetch(period=across).session.tolist() == [date(2024, 1, 2)]
    assert len(world.server.requests) == 2


def test_nobody_is_asked_about_the_future_or_a_weekend(world: World) -> None:
    assert len(world.fetch(period=Period(start=date(2024, 1, 6), end=date(2024, 1, 7)))) == 0
    assert len(world.fetch(period=Period(start=date(2024, 2, 1), end=date(2024, 2, 29)))) == 0
    assert world.server.paths == []


# --- how far back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timeframe", "start", "longest"),
    [
        (Timeframe.DAY, FIRST_DAY, None),
        (Timeframe.MINUTE, date(2024, 1, 8) - timedelta(days=29), 7),
        (Timeframe.FIVE_MINUTES, date(2024, 1, 8) - timedelta(days=59), None),
        (Timeframe.QUARTER_HOUR, date(2024, 1, 8) - timedelta(days=59), None),
        (Timeframe.HOUR, date(2024, 1, 8) - timedelta(days=729), None),
    ],
)
def test_the_reach_moves_with_the_clock(world: World, timeframe: Timeframe, start: date, longest: int | None) -> None:
    assert world.source.span("TEST", timeframe) == Period(start=start, end=date(2024, 1, 8))
    assert world.source.longest_request(timeframe) == longest
    assert world.source.symbols() == ()
    assert world.source.remote


def test_the_evening_in_new_york_is_not_tomorrow(world: World) -> None:
    world.now = datetime(2024, 1, 9, 3, tzinfo=UTC)  # 22:00 on the eighth
    assert world.source.span("TEST", Timeframe.DAY) == Period(start=FIRST_DAY, end=date(2024, 1, 8))


@pytest.mark.parametrize(
    ("timeframe", "start", "said"),
    [
        (Timeframe.MINUTE, date(2023, 12, 8), "1-minute bars go back 30 days"),
        (Timeframe.HOUR, date(2022, 1, 7), "1-hour bars go back 730 days"),
        (Timeframe.DAY, date(1962, 1, 2), "daily bars are used from 1971-01-01 on"),
    ],
)
def test_what_is_too_old_is_told_before_anybody_is_asked(
    world: World, timeframe: Timeframe, start: date, said: str
) -> None:
    assert said in world.refused(timeframe, Period(start=start, end=JANUARY.end))
    assert world.server.paths == []


def test_what_yahoo_refuses_is_told_in_its_words(world: World) -> None:
    world.add()
    long = Period(start=date(2023, 12, 20), end=date(2024, 1, 5))  # two weeks of minutes at once
    assert "1-minute bars of TEST from 2023-12-20 to 2024-01-05: 1m data not available" in world.refused(
        Timeframe.MINUTE, long
    )
    assert world.slept == []


def test_an_unknown_symbol_is_told(world: World) -> None:
    assert world.refused(symbol="TWTR") == "Yahoo has no symbol TWTR: it may be renamed or delisted."
    assert len(world.server.requests) == 1


def test_other_hours_than_those_of_new_york_are_told(world: World) -> None:
    world.add().zone = "Europe/Berlin"
    assert "by the clock of Europe/Berlin" in world.refused()


# --- rows that are no bars --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [None, float("nan"), float("inf"), 0.0, -1.0])
@pytest.mark.parametrize("column", ["open", "high", "low", "close", "adjclose"])
def test_a_row_without_a_price_is_left_out(world: World, column: str, bad: float | None) -> None:
    world.add()
    world.server.fail_next(value(column, 1, bad))
    assert world.fetch().session.tolist() == [date(2024, 1, 2), date(2024, 1, 4), date(2024, 1, 5)]


@pytest.mark.parametrize(("column", "price"), [("high", 98.5), ("low", 99.5)])
def test_a_row_whose_range_excludes_its_open_is_left_out(world: World, column: str, price: float) -> None:
    world.add()
    world.server.fail_next(value(column, 1, price))  # it opened at 99
    assert len(world.fetch()) == 3


def test_no_volume_is_none(world: World) -> None:
    world.add()
    world.server.fail_next(value("volume", 1, None))
    assert world.fetch().volume.tolist() == [1_000, 0, 1_000, 1_000]


def test_the_live_quote_replaces_the_row_of_its_day(world: World) -> None:
    world.add()
    quoted = int(datetime(2024, 1, 5, 21, 0, 1, tzinfo=UTC).timestamp())
    world.server.fail_next(every(row_again(3), value("timestamp", 4, quoted), value("volume", 4, 1_200)))
    bars = world.fetch()
    assert bars.session.tolist()[-2:] == [date(2024, 1, 4), date(2024, 1, 5)]
    assert bars.volume[-1] == 1_200


@pytest.mark.parametrize(
    "stamp", [datetime(2024, 1, 5, 16, 44, 7, tzinfo=UTC), datetime(2024, 1, 5, 16, 30, tzinfo=UTC)]
)
def test_the_live_quote_among_shorter_bars_is_no_bar(world: World, stamp: datetime) -> None:
    world.add()
    world.server.add(hourly([[50, 51, 49, 50]] * 3, date(2024, 1, 5)))
    world.server.fail_next(every(row_again(2), value("timestamp", 3, int(stamp.timestamp()))))
    assert len(world.fetch(Timeframe.HOUR)) == 3


def test_days_without_a_session_are_left_out(world: World) -> None:
    world.add()
    sunday = int(datetime(2024, 1, 7, 15, tzinfo=UTC).timestamp())
    world.server.fail_next(value("timestamp", 3, sunday))
    assert len(world.fetch()) == 3


@pytest.mark.parametrize("fault", [backwards, every(row_again(0))])
def test_disorder_is_told_and_not_guessed_at(world: World, fault: object) -> None:
    world.add()
    world.server.fail_next(fault, fault)  # type: ignore[arg-type]
    assert "daily bars of TEST are out of order: 2024-01-0" in world.refused()


def test_disorder_of_shorter_bars_is_told(world: World) -> None:
    world.add()
    world.server.add(hourly([[50, 51, 49, 50]] * 3, date(2024, 1, 5)))
    world.server.fail_next(value("timestamp", 1, int(datetime(2024, 1, 5, 15, 31, tzinfo=UTC).timestamp())))
    assert "2024-01-05T15:31:00Z is not a multiple of 60 minutes after the open" in world.refused(Timeframe.HOUR)


def test_columns_of_different_lengths_are_told(world: World) -> None:
    world.add()
    world.server.fail_next(lambda reply: reply.result["timestamp"].pop())
    assert "columns of different lengths" in world.refused()


# --- answers that break off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [only_rows(0, 2), only_rows(2, None), only_rows(0, 0)])
def test_an_answer_that_breaks_off_is_asked_for_again(world: World, rows: object) -> None:
    world.add()
    world.server.fail_next(rows)  # type: ignore[arg-type]
    assert len(world.fetch()) == 4
    assert len(world.server.requests) == 2


def test_what_is_missing_twice_is_not_there(world: World) -> None:
    world.add()
    world.server.fail_next(only_rows(0, 2), only_rows(0, 3))
    assert len(world.fetch()) == 3
    assert len(world.server.requests) == 2
