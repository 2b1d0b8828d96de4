"""What is planted is there: the return follows the mood of the session before, or takes back what went before."""

import numpy as np
import pytest

from backend.language import compile_spec
from benchmarks.loop_tasks import PLANTED_SEEDS, tasks
from benchmarks.planted import MARKETS, Found
from benchmarks.planted_calibration import MARKETS as CALIBRATED_ON
from benchmarks.planted_markets import STRENGTH, Kind, PlantedMarket, best_rule


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def test_mood_leads_the_next_return_and_not_its_own() -> None:
    market = PlantedMarket.planted(1, "leading")
    returns = market.daily_return / market.volatility
    # 3,269 pairs: a standard error of 0.017 around the strength over the root of 1 + strength^2
    assert correlation(market.common_mood[:-1], returns[1:]) == pytest.approx(STRENGTH["leading"], abs=0.06)
    # a mood that keeps nine tenths of itself still tells of its own session, but less than of the next
    assert correlation(market.common_mood, returns) < correlation(market.common_mood[:-1], returns[1:])


def test_moves_come_back_and_posts_know_nothing_of_it() -> None:
    market = PlantedMarket.planted(1, "reverting")
    returns = market.daily_return / market.volatility
    assert correlation(returns[:-1], returns[1:]) < -0.1
    assert not market.shared_feeling().any()


def test_posts_say_what_the_mood_is() -> None:
    market = PlantedMarket.planted(1, "leading")
    said = {"up": list[float](), "down": list[float]()}
    days = market.calendar.sessions.astype(str).tolist()
    mood = dict(zip(days, market.common_mood.tolist(), strict=True))
    for post in market.posts():
        said["up" if mood[post.created_at.date().isoformat()] > 0 else "down"].append(float(post.text.split()[0]))
    assert np.mean(said["up"]) > 0.15 > -0.15 > np.mean(said["down"])


@pytest.mark.parametrize("kind", ["leading", "reverting"])
def test_strength_changes_the_edge_and_not_the_chance(kind: Kind) -> None:
    none, some = (PlantedMarket.planted(5, kind, strength) for strength in (0.0, 0.1))
    assert correlation(none.daily_return, some.daily_return) > 0.9
    assert compile_spec(best_rule(kind)).unused == ()


def test_the_thirty_tasks_use_markets_of_their_own() -> None:
    every = tasks()
    assert len(every) == 30
    assert sum(task.planted is None for task in every) == 16
    assert not set(PLANTED_SEEDS) & set(range(MARKETS))
    assert not set(CALIBRATED_ON) & {*PLANTED_SEEDS, *range(MARKETS)}


def test_a_rule_that_lost_is_reached_by_losing_no_more() -> None:
    shares = [Found(0, "breakout", sharpe, -0.5, "rejected", 900).share for sharpe in (-0.6, -0.5, 1.0)]
    assert shares == [0.0, 1.0, 1.0]
    assert Found(0, "breakout", 1.5, 2.0, "proven", 900).share == 0.75
