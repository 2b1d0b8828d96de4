"""Longer bars are made of shorter ones session by session, and never of what comes after their end."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.errors import InvalidInput
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.engine.resampling import resample
from tests.samples import minute_bars

MINUTE = np.timedelta64(60, "s")


THANKSGIVING = minute_bars(date(2024, 11, 27), date(2024, 12, 2))  # the 28th is closed, the 29th ends at 13:00


@pytest.mark.parametrize(
    ("timeframe", "per_day", "per_half_day"),
    # 390 and 210 minutes: 78 and 42 of five, 26 and 14 of fifteen, 7 hours (the last of 30 minutes) and 4 (likewise)
    [(Timeframe.FIVE_MINUTES, 78, 42), (Timeframe.QUARTER_HOUR, 26, 14), (Timeframe.HOUR, 7, 4), (Timeframe.DAY, 1, 1)],
)
def test_sessions_are_cut_at_their_close(timeframe: Timeframe, per_day: int, per_half_day: int) -> None:
    bars = resample(THANKSGIVING, timeframe)
    days, counts = np.unique(bars.session, return_counts=True)
    assert days.astype(str).tolist() == ["2024-11-27", "2024-11-29", "2024-12-02"]
    assert counts.tolist() == [per_day, per_half_day, per_day]
    assert str(bars.end[bars.session == days[1]][-1]) == "2024-11-29T18:00:00"
    assert str(bars.start[0]) == "2024-11-27T14:30:00"


def test_one_bar_is_worked_out_by_hand() -> None:
    bars = resample(THANKSGIVING, Timeframe.HOUR)
    rows = slice(60, 120)  # the second hour of the first session
    assert bars.open[1] == THANKSGIVING.open[60]
    assert bars.high[1] == THANKSGIVING.high[rows].max()
    assert bars.low[1] == THANKSGIVING.low[rows].min()
    assert bars.close[1] == THANKSGIVING.close[119]
    assert bars.volume[1] == THANKSGIVING.volume[rows].sum()
    assert str(bars.start[1]) == "2024-11-27T15:30:00"


def test_the_change_of_clocks_moves_the_open_and_no_bar() -> None:
    bars = resample(minute_bars(date(2024, 3, 8), date(2024, 3, 11)), Timeframe.HOUR)  # clocks change on the 10th
    assert [str(start)[11:16] for start in bars.start[[0, 7]]] == ["14:30", "13:30"]
    assert len(bars) == 14


def test_daily_bars_end_with_their_session() -> None:
    bars = resample(THANKSGIVING, Timeframe.DAY)
    calendar = trading_calendar(date(2024, 11, 27), date(2024, 12, 2))
    np.testing.assert_array_equal(bars.start, calendar.opens)
    np.testing.assert_array_equal(bars.end, calendar.closes)


@pytest.mark.parametrize("timeframe", [Timeframe.FIVE_MINUTES, Timeframe.QUARTER_HOUR, Timeframe.HOUR, Timeframe.DAY])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 980))
def test_what_comes_later_changes_no_earlier_bar(timeframe: Timeframe, seed: int, cut: int) -> None:
    bars = minute_bars(date(2024, 11, 27), date(2024, 12, 2), kept=0.7, seed=seed)
    cut = min(cut, len(bars))
    whole, part = resample(bars, timeframe), resample(bars.window(0, cut), timeframe)
    known = int(np.searchsorted(whole.end, bars.end[cut - 1], side="right"))
    assert len(part) in (known, known - 1)  # the last one is only there if its very last minute is
    for name, values in part.arrays().items():
        np.testing.assert_array_equal(values, getattr(whole, name)[: len(part)])
    assert not len(part) or part.end[-1] <= bars.end[cut - 1]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_in_two_steps_it_is_the_same(seed: int) -> None:
    bars = minute_bars(date(2024, 11, 27), date(2024, 12, 2), kept=0.9, seed=seed)
    once, twice = resample(bars, Timeframe.HOUR), resample(resample(bars, Timeframe.QUARTER_HOUR), Timeframe.HOUR)
    for name, values in once.arrays().items():
        if name != "volume":
            np.testing.assert_array_equal(values, getattr(twice, name))
    np.testing.assert_allclose(once.volume, twice.volume)


def test_longer_bars_cannot_be_taken_apart() -> None:
    with pytest.raises(InvalidInput, match="1h bars of TEST cannot be made of 1d bars"):
        resample(resample(THANKSGIVING, Timeframe.DAY), Timeframe.HOUR)


def test_bars_outside_the_hours_are_refused() -> None:
    early = replace(THANKSGIVING, start=THANKSGIVING.start - MINUTE, end=THANKSGIVING.end - MINUTE)
    with pytest.raises(InvalidInput, match="outside the hours"):
        resample(early, Timeframe.HOUR)
    odd = replace(THANKSGIVING.window(0, 10), start=THANKSGIVING.start[:10] + 30, end=THANKSGIVING.end[:10] + 30)
    with pytest.raises(InvalidInput, match="reaches over the end"):
        resample(odd, Timeframe.FIVE_MINUTES)


def test_no_bars_stay_none() -> None:
    assert len(resample(THANKSGIVING.window(0, 0), Timeframe.HOUR)) == 0
    assert len(resample(THANKSGIVING.window(0, 3), Timeframe.HOUR)) == 0  # unfinished
