"""Means without drift, ties kept, gaps where they are."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.engine.indicators.averages import means, wma
from tests.engine.indicators.lines import GAP, VALUES, WINDOWS, line, sma, windows_of


def test_means_by_hand() -> None:
    x = line([1, 2, 6, GAP, 3, 5])
    np.testing.assert_array_equal(sma(x, 2), [GAP, 1.5, 4, GAP, GAP, 4])
    # Weights 1 and 2 of 3: (1 + 4) / 3, (2 + 12) / 3, (3 + 10) / 3.
    np.testing.assert_allclose(wma(x, 2), [GAP, 5 / 3, 14 / 3, GAP, GAP, 13 / 3], rtol=1e-15)


@given(VALUES, WINDOWS)
def test_the_mean_is_as_good_as_the_exact_one(values: list[float], window: int) -> None:
    means = sma(line(values), window)
    for t in range(window - 1, len(values)):
        inside = [Fraction(value) for value in values[t - window + 1 : t + 1]]
        exact = float(sum(inside) / window)
        assert abs(means[t] - exact) <= np.spacing(abs(exact)) + 1e-24 * max(map(abs, values))


@given(st.integers(0, 3000), st.lists(st.integers(1, 2500), min_size=1, max_size=4), st.integers(0, 9))
def test_means_of_several_windows_are_those_of_each(size: int, windows: list[int], seed: int) -> None:
    # Longer than what is kept of the sums at a time, with gaps and a value beyond 1e150.
    rng = np.random.default_rng(seed)
    values = rng.normal(100, 30, size)
    values[rng.uniform(size=size) < 0.001] = rng.choice([GAP, 1e200])
    together = means(line(values), windows_of(windows))
    for row, window in zip(together, windows, strict=True):
        assert row.tobytes() == sma(line(values), window).tobytes()


@given(VALUES, WINDOWS)
def test_the_weighted_mean_is_the_sum_of_its_definition(values: list[float], window: int) -> None:
    means = wma(line(values), window)
    weights = np.arange(1, window + 1) / (window * (window + 1) / 2)
    for t in range(window - 1, len(values)):
        inside = np.array(values[t - window + 1 : t + 1])
        np.testing.assert_allclose(means[t], inside @ weights, atol=1e-13 * np.abs(inside).max(), rtol=0)


@given(st.floats(1e-3, 1e6), WINDOWS, st.integers(0, 200))
def test_constant_prices_have_themselves_as_mean(price: float, window: int, earlier: int) -> None:
    x = line([*np.linspace(1.0, 3.0 * price, earlier), *[price] * 40])
    assert (sma(x, window)[earlier + window - 1 :] == price).all()
    assert (wma(x, window)[earlier + window - 1 :] == price).all()


def test_a_million_bars_do_not_drift() -> None:
    rng = np.random.default_rng(1)
    x = line(100 + np.cumsum(rng.normal(0, 1, 1_000_000)))
    exact = float(sum(Fraction(value) for value in x[-30:].tolist()) / 30)
    assert abs(sma(x, 30)[-1] - exact) <= np.spacing(abs(exact))


def test_a_huge_value_is_forgotten_when_it_leaves_the_window() -> None:
    x = line([1.0, 2.0, 1e140, 3.0, 5.0, 7.0, 1e200, 1.0, 2.0])
    means = sma(x, 2)
    np.testing.assert_array_equal(means[4:6], [4.0, 6.0])
    # Beyond 1e150 a value counts as missing.
    np.testing.assert_array_equal(means[6:], [GAP, GAP, 1.5])
