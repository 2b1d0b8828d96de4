"""The Sharpe family against the papers' own numbers, against libraries, and by simulation."""

from importlib import import_module
from math import inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.proof.sharpe import (
    Moments,
    deflated_sharpe,
    expected_maximum,
    luck,
    minimum_deflated_record,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_of,
    trials_with_maximum,
)

stats, integrate = import_module("scipy.stats"), import_module("scipy.integrate")
"""Without type stubs; of the development environment only."""

PAPER = Moments(count=1250, sharpe=2.5 / sqrt(250), skewness=-3.0, kurtosis=10.0)
"""Bailey & Lopez de Prado (2014), "A numerical example": yearly Sharpe 2.5 on 1250 days, yearly variance 1/2."""
PAPER_VARIANCE = 0.5 / 250

moments = st.builds(
    Moments,
    count=st.integers(30, 5_000),
    sharpe=st.floats(-0.3, 0.3),
    skewness=st.floats(-1, 1),
    kurtosis=st.floats(2.5, 12),
)


def test_deflated_sharpe_of_the_paper() -> None:
    # SR0 = 0.1132 per day after 100 trials; DSR = 0.9004. With 46 trials 0.9505; normal returns would allow 88.
    assert luck(PAPER, 100, PAPER_VARIANCE) == pytest.approx(0.1132, abs=5e-5)
    assert deflated_sharpe(PAPER, 100, PAPER_VARIANCE) == pytest.approx(0.9004, abs=5e-5)
    assert deflated_sharpe(PAPER, 46, PAPER_VARIANCE) == pytest.approx(0.9505, abs=5e-5)
    normal = Moments(count=1250, sharpe=PAPER.sharpe)
    assert deflated_sharpe(normal, 88, PAPER_VARIANCE) == pytest.approx(0.9505, abs=5e-5)


def test_probabilistic_sharpe_of_the_paper() -> None:
    # Bailey & Lopez de Prado (2012): 24 months with a monthly Sharpe ratio of 0.458; normal 0.982, with its
    # skewness of -2.448 and kurtosis of 10.164 only 0.913.
    assert probabilistic_sharpe(Moments(24, 0.458)) == pytest.approx(0.982, abs=5e-4)
    assert probabilistic_sharpe(Moments(24, 0.458, -2.448, 10.164)) == pytest.approx(0.913, abs=5e-4)


@pytest.mark.parametrize(
    ("frequency", "skewness", "kurtosis", "years"),
    [(250, 0, 3, 2.73), (52, 0, 3, 2.83), (12, 0, 3, 3.24), (12, -0.72, 5.78, 4.99)],
)
def test_minimum_track_record_of_the_paper(frequency: int, skewness: float, kurtosis: float, years: float) -> None:
    # Bailey & Lopez de Prado (2012): a yearly Sharpe ratio of 2 against 1 with 95 % confidence.
    measured = Moments(100, 2 / sqrt(frequency), skewness, kurtosis)
    assert minimum_track_record(measured, 1 / sqrt(frequency)) / frequency == pytest.approx(years, abs=0.005)


@given(st.lists(st.sampled_from([0.0, 0.01, -0.02, 0.013, 1e-15]), max_size=40), st.integers(1, 3))
def test_the_ratio_by_itself_is_that_of_the_moments(values: list[float], stride: int) -> None:
    returns = np.array(values)[::stride]
    measured = Moments.of(returns)
    assert sharpe_of(returns) == (None if measured is None else measured.sharpe)


def test_moments_agree_with_the_libraries() -> None:
    import empyrical

    returns = np.random.default_rng(3).standard_t(5, 700) * 0.01 + 0.0004
    measured = Moments.of(returns)
    assert measured is not None
    assert measured.sharpe * sqrt(252) == pytest.approx(empyrical.sharpe_ratio(returns), rel=1e-12)
    assert measured.skewness == pytest.approx(stats.skew(returns), rel=1e-12)
    assert measured.kurtosis == pytest.approx(stats.kurtosis(returns, fisher=False), rel=1e-12)


@pytest.mark.parametrize("returns", [[], [0.01], [0.0] * 50, [0.001] * 50])
def test_a_series_that_never_varies_has_no_moments(returns: list[float]) -> None:
    assert Moments.of(np.array(returns)) is None


@given(moments, st.floats(1, 1e6), st.floats(1, 1e6))
def test_more_trials_never_raise_the_deflated_sharpe(measured: Moments, a: float, b: float) -> None:
    fewer, more = sorted((a, b))
    assert deflated_sharpe(measured, more) <= deflated_sharpe(measured, fewer)


@given(moments)
def test_one_trial_is_not_deflated(measured: Moments) -> None:
    assert deflated_sharpe(measured, 1.0) == probabilistic_sharpe(measured)


@given(moments, st.floats(1, 500))
def test_the_record_asked_for_is_just_long_enough(measured: Moments, trials: float) -> None:
    for confidence in (0.5, 0.95):
        needed = minimum_deflated_record(measured, trials, confidence)
        assert needed == inf or measured.sharpe > 0
        if 10 < needed < 1e9:
            longer, shorter = (
                Moments(round(needed * factor), measured.sharpe, measured.skewness, measured.kurtosis)
                for factor in (1.2, 0.8)
            )
            assert deflated_sharpe(shorter, trials) < confidence < deflated_sharpe(longer, trials)


def test_no_record_proves_a_sharpe_below_its_benchmark() -> None:
    assert minimum_track_record(Moments(500, 0.05), benchmark=0.06) == inf
    assert minimum_deflated_record(Moments(500, -0.01), 10, 0.5) == inf


@pytest.mark.parametrize("trials", [2, 3, 10, 50, 1_000])
def test_expected_maximum_against_integration(trials: int) -> None:
    def density(x: float) -> float:
        return float(x * trials * stats.norm.pdf(x) * stats.norm.cdf(x) ** (trials - 1))

    exact = integrate.quad(density, -10, 12)[0]
    # The paper's approximation is within 8 % of it, and exact inversion gives the number of trials back.
    assert expected_maximum(trials) == pytest.approx(exact, rel=0.08)
    assert trials_with_maximum(exact) == pytest.approx(trials, rel=1e-6)


def test_trials_with_maximum_at_its_ends() -> None:
    assert trials_with_maximum(-0.1) == trials_with_maximum(0.0) == 1.0
    assert log(trials_with_maximum(50.0)) == pytest.approx(log(1e12))


def test_luck_is_what_chance_gives_the_best_of_many() -> None:
    # 400 times the best of 40 independent strategies without skill on 504 days.
    rng = np.random.default_rng(11)
    returns = rng.standard_normal((400, 40, 504))
    ratios = returns.mean(axis=2) / returns.std(axis=2, ddof=1)
    best = ratios.max(axis=1)
    assert best.mean() == pytest.approx(luck(Moments(504, 0.0), 40), rel=0.03)
    # So the deflated Sharpe ratio of the best exceeds 0.95 about once in twenty times at most.
    strong = [deflated_sharpe(Moments(504, float(ratio)), 40) >= 0.95 for ratio in best]
    assert np.mean(strong) <= 0.05
