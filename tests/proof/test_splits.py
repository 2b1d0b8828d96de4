"""The cut into periods: shares by sessions, the lower bound, and what a short hold-out is announced with."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arrays import Dates
from backend.domain.errors import DataUnavailable, InvalidInput
from backend.proof.splits import cut, detectable_sharpe, holdout_notices, latest_usable_start


def weekdays(count: int, first: str = "2020-01-01") -> Dates:
    return np.busday_offset(np.datetime64(first, "D"), np.arange(count), roll="forward")


def test_cuts_by_sessions_not_by_days() -> None:
    # 200 weekdays: 100 / 40 / 60; the first of each period is session 0, 100 and 140.
    sessions = weekdays(200)
    periods = cut(sessions)
    assert np.datetime64(periods.train.start) == sessions[0]
    assert np.datetime64(periods.train.end) == sessions[99]
    assert np.datetime64(periods.validation.start) == sessions[100]
    assert np.datetime64(periods.validation.end) == sessions[139]
    assert np.datetime64(periods.holdout.start) == sessions[140]
    assert np.datetime64(periods.holdout.end) == sessions[199]


@given(st.integers(120, 3_000))
def test_periods_cover_every_session_once(count: int) -> None:
    sessions = weekdays(count)
    periods = cut(sessions)
    inside = [
        int(np.count_nonzero((sessions >= np.datetime64(p.start)) & (sessions <= np.datetime64(p.end))))
        for p in (periods.train, periods.validation, periods.holdout)
    ]
    assert sum(inside) == count
    assert np.abs(np.array(inside) - count * np.array([0.5, 0.2, 0.3])).max() <= 1


def test_intraday_bars_of_a_session_count_once() -> None:
    sessions = weekdays(150)
    assert cut(np.repeat(sessions, 7)) == cut(sessions)


def test_119_sessions_are_refused_with_the_latest_usable_start() -> None:
    available = weekdays(500)
    with pytest.raises(DataUnavailable, match="has 119 trading sessions") as refused:
        cut(available[-119:], available=available)
    assert refused.value.hint == f"the latest usable start is {available[-120]}"
    assert latest_usable_start(available, date.fromisoformat(str(available[-1]))) == date.fromisoformat(
        str(available[-120])
    )
    assert cut(available[-120:]).train.start == date.fromisoformat(str(available[-120]))


def test_a_history_that_is_too_short_everywhere_says_so() -> None:
    available = weekdays(80)
    with pytest.raises(DataUnavailable) as refused:
        cut(available[-50:], available=available)
    assert "80 sessions" in refused.value.hint
    assert "import a longer history" in refused.value.hint


def test_an_early_end_is_answered_with_the_earliest_usable_end() -> None:
    available = weekdays(500)
    with pytest.raises(DataUnavailable) as refused:
        cut(available[:60], available=available)
    assert f"the earliest usable end is {available[119]}" in refused.value.hint


def test_no_session_at_all_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="has 0 trading sessions"):
        cut(weekdays(0))


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.6, 0.2, 0.3), (1.0, 0.0, 0.0), (0.998, 0.001, 0.001)])
def test_shares_that_do_not_divide_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInput):
        cut(weekdays(150), shares)


def test_detectable_sharpe_is_that_of_the_design() -> None:
    # (z(0.95) + z(0.63)) / sqrt(years) = (1.6449 + 0.3319) / sqrt(3.9) = 1.001
    assert detectable_sharpe(round(3.9 * 252)) == pytest.approx(1.0, abs=0.005)


def test_a_short_holdout_is_announced_and_a_long_one_is_not() -> None:
    # 0.3 * 400 = 120 sessions: 1.9768 / sqrt(120 / 252) = 2.86
    sessions = weekdays(400)
    (notice,) = holdout_notices(cut(sessions), sessions)
    assert "120 sessions" in notice
    assert "about 2.9" in notice
    longer = weekdays(850)
    assert holdout_notices(cut(longer), longer) == ()
