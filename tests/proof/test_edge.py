"""The edge test: against slow definitions of itself, on markets without an edge, and on planted ones."""

from collections.abc import Callable
from functools import partial
from statistics import NormalDist
from timeit import repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arrays import Dates, Floats, Integers
from backend.proof.edge import Edge, edge, p_alpha, p_shift
from benchmarks.null_markets import garch_noise, random_walks, with_leading_signal, with_reversion, with_slow_trend

WARMUP, BARS = 100, 981
COST = 0.001
"""Of the traded value, a side."""

Rule = Callable[[Floats], Floats]
"""Bar returns -> the weight decided at each close, from data up to that close."""


def mean_of_last(values: Floats, window: int) -> Floats:
    total = np.cumsum(np.concatenate([[0.0], values]))
    mean = np.full(values.size, np.nan)
    mean[window - 1 :] = (total[window:] - total[:-window]) / window
    return mean


def trend(returns: Floats, fast: int, slow: int) -> Floats:
    close = np.multiply.accumulate(1 + returns)
    return (mean_of_last(close, fast) > mean_of_last(close, slow)).astype(np.float64)


def reversion(returns: Floats) -> Floats:
    return (returns < 0).astype(np.float64)


def slow_reversion(returns: Floats) -> Floats:
    close = np.multiply.accumulate(1 + returns)
    return (close < mean_of_last(close, 20)).astype(np.float64)


def calm(returns: Floats) -> Floats:
    """Invested while volatility is below what it was in the first year."""
    volatility = mean_of_last(returns**2, 20)
    return (volatility < np.nanmedian(volatility[:250])).astype(np.float64)


def longest_holding(weight: Floats) -> int:
    turns = np.flatnonzero(np.diff(np.sign(weight), prepend=9, append=9))
    invested = weight[turns[:-1]] != 0
    return int(np.diff(turns)[invested].max(initial=0))


def judged(returns: Floats, weight: Floats) -> tuple[Edge, float]:
    """The edge of a rule after its warm-up, and its total net return; costs are paid when the weight changes."""
    weight, market = weight[WARMUP:], returns[WARMUP:]
    held = np.concatenate([[0.0], weight[:-1]])
    net = held * market - COST * np.abs(np.diff(held, prepend=0.0))
    return edge(weight, market, net, WARMUP + longest_holding(weight)), float(np.prod(1 + net)) - 1


def passing(markets: Floats, rule: Rule) -> float:
    """Share of markets on which the check would hold at its first look: p <= 5 % and a profit."""
    judgements = [judged(market, rule(market)) for market in markets]
    return float(np.mean([found.p <= 0.05 and profit > 0 for found, profit in judgements]))


# --- definitions ------------------------------------------------------------------------------------------------------


def slow_p_shift(weight: Floats, market: Floats, left_out: int) -> float:
    """The definition, shift by shift, for one symbol or several (N, K)."""
    held, moved = weight.reshape(len(weight), -1)[:-1], market.reshape(len(market), -1)[1:]
    scores = []
    for lag in range(len(held)):
        x = (np.roll(held, lag, axis=0) * moved).sum(axis=1)
        scores.append(x.mean() / x.std(ddof=1))
    kept = scores[: max(1, len(scores) - left_out)]
    return float(np.mean(np.array(kept) >= scores[0] - 1e-10))


@given(st.integers(0, 10_000), st.integers(5, 60), st.integers(0, 20), st.integers(1, 3))
def test_shift_test_is_its_definition(seed: int, bars: int, left_out: int, symbols: int) -> None:
    rng = np.random.default_rng(seed)
    weight, market = rng.standard_normal((2, bars, symbols))
    assert p_shift(weight, market, left_out) == pytest.approx(slow_p_shift(weight, market, left_out))


def test_shift_test_by_hand() -> None:
    # The next returns are 4, 1, 2, 3 %; the last weight earns nothing any more. Held over two bars next to each other
    # (the last and the first are neighbours too) a position earns, with its t-value = mean / deviation * sqrt(4):
    #   4 1 0 0: 1.25 / 1.893 * 2 = 1.32     0 0 2 3: 1.25 / 1.500 * 2 = 1.67
    #   0 1 2 0: 0.75 / 0.957 * 2 = 1.57     4 0 0 3: 1.75 / 2.062 * 2 = 1.70
    market = np.array([0.0, 0.04, 0.01, 0.02, 0.03])
    worst, best = np.array([1.0, 1, 0, 0, 0]), np.array([1.0, 0, 0, 1, 0])
    assert p_shift(worst, market, 0) == 1.0
    assert p_shift(best, market, 0) == pytest.approx(1 / 4)
    # The shift that leads by one is left out: three remain.
    assert p_shift(best, market, 1) == pytest.approx(1 / 3)
    # One bar out of four has a t-value of 1 whatever it earned: all shifts tie, and ties count against the strategy.
    assert p_shift(np.array([1.0, 0, 0, 0, 0]), market, 0) == 1.0


def test_intraday_positions_move_by_whole_sessions() -> None:
    # Four sessions of two bars; long over the second bar of each session, the only one that ever earns. Moved by
    # whole sessions that is the same position: all shifts tie. Moved by bars it would look like skill.
    session: Dates = np.datetime64("2020-01-01", "D") + np.arange(8) // 2
    weight = np.array([1.0, 0, 1, 0, 1, 0, 1, 0])
    market = np.array([0.0, 0.02, 0, 0.02, 0, 0.02, 0, 0.02])
    assert p_shift(weight, market, 0, session) == 1.0
    assert p_shift(weight, market, 0) < 1.0


@given(st.integers(0, 1_000))
def test_one_bar_a_session_is_the_daily_test(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weight, market = rng.standard_normal((2, 50))
    days: Dates = np.datetime64("2020-01-01", "D") + np.arange(50)
    assert p_shift(weight, market, 7, days) == pytest.approx(p_shift(weight, market, 7))


def test_short_sessions_are_aligned_at_their_start() -> None:
    # Sessions of 3, 2 and 3 bars; grid by session and slot, missing slots earn nothing.
    session: Dates = np.datetime64("2020-01-01", "D") + np.array([0, 0, 0, 1, 1, 2, 2, 2])
    rng = np.random.default_rng(1)
    weight, market = rng.standard_normal((2, 8))
    row: Integers = np.array([0, 0, 1, 1, 2, 2, 2])
    slot: Integers = np.array([1, 2, 0, 1, 0, 1, 2])
    held, moved = np.zeros((2, 3, 3))
    held[row, slot], moved[row, slot] = weight[:-1], market[1:]
    scores = []
    for lag in range(3):
        x = np.roll(held, lag, axis=0) * moved
        mean = x.sum() / 7
        scores.append(mean / np.sqrt((np.sum(x**2) - 7 * mean**2) / 6))
    assert p_shift(weight, market, 0, session) == pytest.approx(np.mean(np.array(scores) >= scores[0] - 1e-12))


def newey_west_alpha(net: Floats, market: Floats) -> float:
    """Textbook sandwich with Bartlett weights and the correction N / (N - 2)."""
    n, lags = net.size, int(4 * (net.size / 100) ** (2 / 9))
    design = np.column_stack([np.ones(n), market])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ net
    scores = design * (net - design @ coefficients)[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    variance = (inverse @ meat @ inverse)[0, 0] * n / (n - 2)
    return 1 - NormalDist().cdf(float(coefficients[0]) / float(np.sqrt(variance)))


@given(st.integers(0, 10_000), st.integers(10, 300))
def test_alpha_is_its_definition(seed: int, bars: int) -> None:
    rng = np.random.default_rng(seed)
    market = rng.standard_normal(bars) * 0.01 + 0.001
    net = 0.5 * market + rng.standard_normal(bars) * 0.01 + 0.0005
    assert p_alpha(net, market) == pytest.approx(newey_west_alpha(net, market), abs=1e-9)


def test_alpha_of_several_symbols_is_against_money_left_alone() -> None:
    # 1 and 1 become 2 and 1 (+50 % on 2), then 2 and 2 (+33 % on 3): 0.5, 0.3333, not the rebalanced 0.5, 0.5.
    market = np.array([[1.0, 0.0], [0.0, 1.0], [0.1, 0.1], [-0.1, -0.1], [0.0, 0.0]])
    alone = np.array([0.5, 1 / 3, 0.1, -0.1, 0.0])
    net = np.array([0.1, 0.0, 0.1, 0.05, 0.0])
    assert p_alpha(net, market) == pytest.approx(p_alpha(net, alone))


# --- nothing to find --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", [0.0, 0.5, 1.0, -1.0])
def test_constant_positions_have_no_edge(position: float) -> None:
    (market,) = random_walks(1, 1, 500)
    found = edge(np.full(500, position), market, position * market + 0.001, 0)
    assert (found.shift, found.alpha, found.p) == (1.0, 1.0, 1.0)


def test_returns_that_the_market_explains_have_no_alpha() -> None:
    (market,) = random_walks(1, 1, 500)
    assert p_alpha(0.5 * market + 0.0001, market) == 1.0
    assert p_alpha(np.zeros(500), market) == 1.0
    assert p_alpha(np.array([0.1, 0.2]), np.array([0.0, 0.1])) == 1.0


def test_a_memory_as_long_as_the_period_leaves_nothing_to_compare() -> None:
    market, weight = (x[0] for x in with_leading_signal(1, 1, 500, 0.5))
    assert p_shift(weight, market, 0) < 0.01
    assert p_shift(weight, market, 499) == 1.0
    assert p_shift(weight, market, 10_000) == 1.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_better_test_pays_for_the_choice(shift: float, alpha: float) -> None:
    assert Edge(shift, alpha).p == min(1.0, 2 * shift, 2 * alpha)


RULES: dict[str, Rule] = {
    "trend 10/30": partial(trend, fast=10, slow=30),
    "trend 20/100": partial(trend, fast=20, slow=100),
    "reversion": reversion,
    "slow reversion": slow_reversion,
}


def test_few_markets_without_an_edge_pass() -> None:
    # Measured on 1,500: 2.7-4.5 % by rule. 4 x 100 here: 5 % + 2 standard errors is 7.2 %.
    markets = random_walks(21, 100, WARMUP + BARS)
    assert np.mean([passing(markets, rule) for rule in RULES.values()]) <= 0.072


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_rejects_at_its_level_on_markets_without_an_edge(rule: str) -> None:
    # 1,000 markets at a true rate of 5 %: standard error 0.7 %.
    assert passing(random_walks(22, 1_000, WARMUP + BARS), RULES[rule]) <= 0.064


@pytest.mark.slow
def test_a_rule_tied_to_volatility_is_no_loophole() -> None:
    # Studentised shifts alone still reject 9 % for it; with the Bonferroni factor 4.7 % on 1,500 markets.
    assert passing(garch_noise(23, 1_000, WARMUP + BARS)[0], calm) <= 0.065


@pytest.mark.slow
def test_a_signal_that_moves_with_the_same_bar_only_is_none() -> None:
    # Known at the close of the bar that it moved with: nothing is left to earn.
    markets, _ = garch_noise(24, 600, WARMUP + BARS)
    assert passing(markets, lambda returns: (returns > 0).astype(np.float64)) <= 0.05


# --- planted edges ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("strength", "least"), [(0.063, 0.35), (0.126, 0.93)])
def test_finds_a_leading_signal(strength: float, least: float) -> None:
    # Gross Sharpe ratios of 1 and 2 over 3.9 years before costs.
    markets, signals = with_leading_signal(25, 60, WARMUP + BARS, strength)
    found = []
    for market, signal in zip(markets, signals, strict=True):
        net = np.concatenate([[0.0], signal[WARMUP:-1]]) * market[WARMUP:]
        found.append(edge(signal[WARMUP:], market[WARMUP:], net, WARMUP + longest_holding(signal)).p <= 0.05)
    assert np.mean(found) >= least


def test_finds_reversion_and_slow_trends() -> None:
    assert passing(with_reversion(26, 60, WARMUP + BARS, 0.25), reversion) >= 0.8
    assert passing(with_slow_trend(27, 60, WARMUP + BARS, 0.25), partial(trend, fast=20, slow=50)) >= 0.6


def test_leading_shifts_would_hide_a_trend_rule() -> None:
    # A shift that leads hands the rule its own future; kept in, they beat the rule itself.
    (market,) = with_slow_trend(28, 1, WARMUP + BARS, 0.25)
    weight = trend(market, 20, 100)[WARMUP:]
    memory = WARMUP + longest_holding(weight)
    assert p_shift(weight, market[WARMUP:], memory) < p_shift(weight, market[WARMUP:], 0)


def test_four_years_of_days_take_no_time() -> None:
    (market,) = random_walks(1, 1, BARS)
    weight = trend(market, 10, 30)
    # 60-100 us where nothing else runs; the bound leaves room for a busy machine.
    assert min(repeat(lambda: p_shift(weight, market, 150), number=20, repeat=5)) / 20 < 0.001
