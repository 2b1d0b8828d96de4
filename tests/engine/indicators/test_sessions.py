"""The clock of a session and its prices so far: real opens and closes, clock changes and half days included."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arrays import Instants
from backend.domain.bars import Bars
from backend.domain.frames import Frame
from backend.domain.timeframes import Timeframe
from backend.language import compile_expression
from tests.samples import make_bars, minute_bars


def bars_at(starts: list[str], sessions: list[str], closes: list[float] | None = None) -> Bars:
    """One-minute bars at UTC times, each of one price, with volumes 1, 2, 3, ..."""
    start: Instants = np.array(starts, dtype="datetime64[s]")
    end: Instants = start + np.timedelta64(60, "s")
    prices = np.array(closes or [1.0] * start.size)
    return Bars(
        symbol="TEST",
        timeframe=Timeframe.MINUTE,
        session=np.array(sessions, dtype="datetime64[D]"),
        start=start,
        end=end,
        open=prices.copy(),
        high=prices.copy(),
        low=prices.copy(),
        close=prices.copy(),
        volume=np.arange(1.0, start.size + 1),
        source="test",
    )


def line(expression: str, bars: Bars) -> list[float]:
    values: list[float] = compile_expression(expression).values(Frame(bars, {})).tolist()
    return values


CLOCK = bars_at(
    # New York opens at 13:30 UTC in summer, and at 14:30 UTC from the first Sunday of November on.
    ["2019-11-01T13:30", "2019-11-01T19:59", "2019-11-04T14:30", "2019-11-04T20:59", "2019-11-29T17:59"],
    ["2019-11-01", "2019-11-01", "2019-11-04", "2019-11-04", "2019-11-29"],
)


def test_minutes_by_hand() -> None:
    # The day after Thanksgiving ends at 13:00 in New York, 18:00 UTC: 3.5 hours = 210 minutes after the open.
    assert line("minute_of_session()", CLOCK) == [0, 389, 0, 389, 209]
    assert line("minutes_to_close()", CLOCK) == [389, 0, 389, 0, 0]


def test_before_the_open_and_after_the_close() -> None:
    bars = bars_at(["2019-11-01T13:00", "2019-11-01T20:09"], ["2019-11-01"] * 2)
    assert line("minute_of_session()", bars) == [-30, 399]
    assert line("minutes_to_close()", bars) == [419, -10]


def test_a_day_that_is_no_session_has_no_minutes() -> None:
    bars = bars_at(
        ["1969-12-31T15:00", "2019-11-02T14:30", "2019-11-04T14:31", "2035-12-31T15:00", "2036-01-02T15:00"],
        ["1969-12-31", "2019-11-02", "2019-11-04", "2035-12-31", "2036-01-02"],
    )
    np.testing.assert_array_equal(line("minute_of_session()", bars), [np.nan, np.nan, 1, 30, np.nan])
    assert np.isnan(line("minutes_to_close()", bars_at(["1969-12-31T15:00"], ["1969-12-31"]))).all()


def test_prices_of_the_session_by_hand() -> None:
    bars = bars_at(
        ["2019-11-01T13:30", "2019-11-01T13:31", "2019-11-01T13:33", "2019-11-04T14:30", "2019-11-04T14:31"],
        ["2019-11-01"] * 3 + ["2019-11-04"] * 2,
        [3.0, 5.0, 4.0, 2.0, 1.0],
    )
    assert line("session_open()", bars) == [3, 3, 3, 2, 2]
    assert line("session_high()", bars) == [3, 5, 5, 2, 2]
    assert line("session_low()", bars) == [3, 3, 3, 2, 1]
    # Volumes 1, 2, 3: (3 + 10) / 3, (3 + 10 + 12) / 6; then 4, 5: (8 + 5) / 9.
    np.testing.assert_allclose(line("session_vwap()", bars), [3, 13 / 3, 25 / 6, 2, 13 / 9], rtol=1e-15)


def test_nothing_traded_in_a_session_has_no_average_price() -> None:
    bars = make_bars([[1, 2, 1, 2]])
    quiet = Bars(**{**vars(bars), "volume": np.zeros(1)})
    assert np.isnan(line("session_vwap()", quiet)).all()


@pytest.mark.parametrize("expression", ["session_open()", "session_high()", "session_low()", "session_vwap()"])
def test_a_daily_bar_is_its_session(expression: str) -> None:
    bars = make_bars([[1, 4, 0.5, 3], [3, 5, 2, 4]])
    # Typical prices: (4 + 0.5 + 3) / 3 = 2.5, (5 + 2 + 4) / 3 = 11 / 3.
    known = {"session_open()": bars.open, "session_high()": bars.high, "session_low()": bars.low}
    np.testing.assert_allclose(line(expression, bars), known.get(expression, np.array([2.5, 11 / 3])), rtol=1e-15)


@given(st.integers(0, 20))
def test_by_definition_across_a_clock_change(seed: int) -> None:
    bars = minute_bars(date(2020, 3, 6), date(2020, 3, 9), kept=0.2, seed=seed)
    minutes, left = line("minute_of_session()", bars), line("minutes_to_close()", bars)
    # A minute bar, the minutes before it and those after it make up the session of 390.
    assert {a + 1 + b for a, b in zip(minutes, left, strict=True)} == {390}
    high, low = line("session_high()", bars), line("session_low()", bars)
    for t in range(len(bars)):
        begin = int(np.searchsorted(bars.session, bars.session[t]))
        assert (high[t], low[t]) == (bars.high[begin : t + 1].max(), bars.low[begin : t + 1].min())
