"""The null league's markets hold nothing to find, and its table counts what it says."""

from typing import get_args

import numpy as np
import pytest

from backend.domain.arrays import Bools, Floats
from benchmarks.null_league import ending_of, wilson
from benchmarks.null_sources import DigitScorer, Mood, NullMarket


def test_bounds_of_a_share() -> None:
    # Wilson (1927): 0 of 200 gives (0, z^2 / (n + z^2)) = 3.8416 / 203.8416.
    assert wilson(0, 200) == pytest.approx((0.0, 0.018846), abs=1e-5)
    # 10 of 100: middle (0.1 + 0.019208) / 1.038416, reach 1.96 sqrt(0.0009 + 0.00009604) / 1.038416.
    assert wilson(10, 100) == pytest.approx((0.05523, 0.17437), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def _daily_mood(market: NullMarket) -> tuple[Floats, Bools]:
    """Mean sentiment of the posts of each session, and where there is any."""
    posts = market.posts()
    at = np.array([post.created_at.replace(tzinfo=None) for post in posts], dtype="datetime64[s]")
    row = market.calendar.session_index_of_posts(at, np.zeros(at.size, dtype=bool))
    assert (at >= market.calendar.opens[row]).all()  # every post is within the hours of its own session
    values = DigitScorer().score([post.text for post in posts])
    counts = np.bincount(row, minlength=len(market.calendar))
    return np.bincount(row, values, len(market.calendar)) / np.maximum(counts, 1), counts > 0


@pytest.mark.parametrize("mood", [mood for mood in get_args(Mood) if mood != "none"])
def test_posts_foretell_nothing_and_only_leaky_ones_follow_their_own_session(mood: Mood) -> None:
    leading, same = [], []
    for seed in range(8):
        market = NullMarket.of(seed, mood)
        feeling, known = _daily_mood(market)
        scaled = market.daily_return / market.volatility
        leading.append(np.corrcoef(feeling[:-1][known[:-1]], scaled[1:][known[:-1]])[0, 1])
        same.append(np.corrcoef(feeling[known], scaled[known])[0, 1])
    # 8 x 3,270 sessions: the standard error of the mean correlation is 0.006
    assert abs(np.mean(leading)) < 0.025
    assert (np.mean(same) > 0.5) if mood == "leaky" else abs(np.mean(same)) < 0.025


def test_no_fill_has_an_edge() -> None:
    """Open, high and low lie on one path: the drift is the same by night and by day, and a range is no forecast."""
    night, day, stopped = [], [], []
    for seed in range(30):
        market = NullMarket.of(seed, "none")
        bars = market.bars()
        gap, rest = np.log(bars.open[1:] / bars.close[:-1]), np.log(bars.close / bars.open)
        night.append(gap.mean() * 252)
        day.append(rest.mean() * 252)
        level = bars.open * 0.99  # bought at the open, stopped 1 % below it: what follows is a fair game too
        hit = bars.low <= level
        stopped.append(np.log(bars.close[hit] / level[hit]).mean())
    # yearly 7 % less nothing, a quarter of it by night; standard errors of 0.6 and 1.1 points
    assert np.mean(night) == pytest.approx(0.0175, abs=0.02)
    assert np.mean(day) == pytest.approx(0.0525, abs=0.04)
    assert abs(np.mean(stopped)) < 0.001


@pytest.mark.slow
def test_a_session_of_the_league_is_the_same_every_time() -> None:
    first, second = (ending_of(3, "leaky", iterations=2) for _ in range(2))
    assert first == second
    assert first.outcome in ("rejected", "unproven")
