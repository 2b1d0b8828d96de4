"""Jumps that resemble a split are found between sessions, whatever the timeframe."""

from dataclasses import replace
from datetime import date

import numpy as np

from backend.domain.bars import Bars
from backend.services.price_jumps import jump_notices, split_like_jumps
from tests.samples import flat_bars, minute_bars


def _halved(bars: Bars, from_row: int) -> Bars:
    """Every price from that row on is half of what it was."""
    factor = np.where(np.arange(len(bars)) < from_row, 1.0, 0.5)
    open_, high, low, close = (np.full(len(bars), 100.0) * factor for _ in range(4))
    return replace(bars, open=open_, high=high, low=low, close=close)


def test_a_split_between_two_sessions_of_minutes_is_found() -> None:
    # 2024-11-25 and 26 have 390 minutes each
    bars = _halved(minute_bars(date(2024, 11, 25), date(2024, 11, 27)), 780)
    (jump,) = split_like_jumps(bars)
    assert (jump.session, jump.ratio, jump.resembles) == (date(2024, 11, 27), 0.5, "2:1")
    assert "2024-11-27: 0.500 times the close before, like a 2:1 split" in jump_notices(bars)[0]


def test_a_fall_within_a_session_is_no_split() -> None:
    assert split_like_jumps(_halved(minute_bars(date(2024, 11, 25), date(2024, 11, 27)), 500)) == ()


def test_ratios_of_daily_bars_are_named_and_a_crash_that_is_none_is_not() -> None:
    # 100 -> 25 resembles 4:1, 25 -> 75 a reverse split 1:3, 75 -> 44 (0.587) nothing within 5 %
    assert [jump.resembles for jump in split_like_jumps(flat_bars([100, 25, 75, 44]))] == ["4:1", "1:3"]
