"""p-values of timing, and q-values over all cells of a matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arrays import Floats
from backend.proof.false_discovery import COARSE, DISCOVERY, q_values, timing_p


def test_q_values_of_a_worked_example() -> None:
    """Four tests: 1 + 1/2 + 1/3 + 1/4 = 25/12, so p of rank k becomes p * 4 * 25/12 / k = p * 25 / (3 k).

    0.003 -> 0.025; 0.012 -> 0.05; 0.3 -> 0.8333; 0.5 -> 1.0417, which is capped at 1.
    """
    assert q_values([0.3, 0.003, 0.5, 0.012]) == pytest.approx((2.5 / 3, 0.025, 1.0, 0.05))


def test_a_worse_p_value_that_is_shared_by_more_tests_lowers_the_better_ones() -> None:
    """Two tests: 1.5 * 2 * 0.04 = 0.12 for rank 1 and 1.5 * 2 * 0.05 / 2 = 0.075 for rank 2, which holds for both."""
    assert q_values([0.04, 0.05]) == pytest.approx((0.075, 0.075))


def test_one_test_keeps_its_p_value() -> None:
    assert q_values([0.07]) == pytest.approx((0.07,))
    assert q_values([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_q_values_are_no_smaller_than_p_values_and_keep_their_order(p_values: list[float]) -> None:
    q = q_values(p_values)
    assert all(low <= high <= 1 for low, high in zip(p_values, q, strict=True))
    assert [q[i] for i in np.argsort(p_values, kind="stable")] == sorted(q)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.lists(st.floats(0, 1), max_size=30))
def test_further_tests_that_look_worse_make_no_discovery(p_values: list[float], more: list[float]) -> None:
    """Whoever searches on pays for it, unless what he finds looks better than what he had."""
    worse = [max([p, *p_values]) for p in more]
    after = q_values([*p_values, *worse])[: len(p_values)]
    assert all(a >= b - 1e-12 or b > DISCOVERY for a, b in zip(after, q_values(p_values), strict=True))


def walk(seed: int, bars: int = 1200, drift: float = 0.0005) -> Floats:
    """Returns of a market that nobody can foresee: heavy tails, and volatility in clusters."""
    random = np.random.default_rng(seed)
    variance, returns = 1e-4, np.empty(bars)
    for bar, shock in enumerate(random.standard_t(6, bars) / np.sqrt(1.5)):
        returns[bar] = drift + np.sqrt(variance) * shock
        variance = 2e-6 + 0.08 * (returns[bar] - drift) ** 2 + 0.9 * variance
    returns[0] = 0.0
    return returns


def above_average(returns: Floats, window: int) -> Floats:
    """Long while the price is above the average of ``window`` bars."""
    price = np.cumprod(1 + returns)
    sums = np.cumsum(np.concatenate([[0.0], price]))
    held = np.zeros(returns.size)
    held[window - 1 :] = price[window - 1 :] > (sums[window:] - sums[:-window]) / window
    return held


def test_holding_a_market_that_rises_is_no_skill() -> None:
    rising = walk(1, drift=0.004)
    assert timing_p(np.ones(rising.size), rising, 0) == 1.0
    held = np.resize([1.0] * 9 + [0.0], rising.size)  # nine bars of ten, whatever happens
    assert timing_p(held, rising, 0) > 0.2


def test_knowing_the_next_bar_is_told_apart_from_one_in_a_million() -> None:
    returns = walk(2)
    foresight = np.append(returns[1:] > 0, False).astype(float)
    assert timing_p(foresight, returns, 10) < 1e-6
    assert timing_p(1 - foresight, returns, 10) > 0.999


def test_a_p_value_is_the_share_of_lags_that_do_as_well() -> None:
    """Positions 1,0,0,0 repeated meet the same moves at every fourth lag: a quarter of all lags tie with the first."""
    held = np.resize([1.0, 0.0, 0.0, 0.0], 401)
    moved = np.append(0.0, np.resize([0.01, -0.002, -0.002, -0.002], 400))
    assert timing_p(held, moved, 0) == pytest.approx(0.25)


def test_scale_and_sign_of_the_whole_do_not_matter() -> None:
    returns = walk(3)
    held = above_average(returns, 20)
    assert timing_p(held, returns, 30) == pytest.approx(timing_p(0.25 * held, 2 * returns, 30))
    assert timing_p(held, returns, 30) == pytest.approx(timing_p(2 * held - 1, returns, 30))  # long or short


def test_without_skill_the_p_value_is_uniform_down_to_its_coarse_end() -> None:
    """2,000 markets: about 200, 100 and 20 p-values up to 0.1, 0.05 and 0.01; four standard deviations are allowed."""
    found = np.array([timing_p(above_average(r, 15), r, 30) for r in (walk(seed, 500) for seed in range(2000))])
    for level in (0.1, 0.05, 0.01):
        reached = int((found <= level).sum())
        assert reached <= 2000 * level + 4 * np.sqrt(2000 * level * (1 - level)), level
    assert (found < COARSE / 500).sum() <= 40 + 4 * np.sqrt(40)


def test_at_most_one_batch_in_ten_shows_anything_where_there_is_nothing() -> None:
    """150 batches of 5 markets by 8 rules that share them; by chance no more than 15 may have a mark."""
    shown = 0
    for batch in range(150):
        p_values = []
        for market in range(5):
            returns = walk(10_000 + 5 * batch + market, 700)
            for window in (5, 10, 20, 40):
                held = above_average(returns, window)
                p_values += [timing_p(held, returns, window + 40), timing_p(1 - held, returns, window + 40)]
        shown += min(q_values(p_values)) <= DISCOVERY
    assert shown <= 15


def test_a_real_edge_among_many_is_found() -> None:
    """Two of 60 cells know one bar in ten in advance."""
    p_values = []
    for seed in range(60):
        returns = walk(50_000 + seed)
        held = above_average(returns, 20)
        if seed < 2:
            known = np.random.default_rng(seed).random(returns.size) < 0.25
            held = np.where(known, np.append(returns[1:] > 0, False), held)
        p_values.append(timing_p(held, returns, 60))
    assert [q <= DISCOVERY for q in q_values(p_values)].count(True) == 2
