"""Extremes, deviation, rank, crossings, counts and gaps: by hand and by definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.engine.indicators.crossings import cross_above, cross_below, falling, rising
from backend.engine.indicators.dispersion import std, zscore
from backend.engine.indicators.extremes import highest, lowest
from backend.engine.indicators.gaps import fill, last_known
from backend.engine.indicators.macd import macd
from backend.engine.indicators.occurrences import bars_since, count
from backend.engine.indicators.rank import percentile_rank
from backend.engine.indicators.rsi import rsi
from backend.engine.indicators.smoothing import ema
from backend.engine.indicators.truth import Truths, both, either, less, negation
from tests.engine.indicators.lines import GAP, VALUES, WINDOWS, line, sma

TRUTHS = st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=40)


def truths(*values: int) -> Truths:
    made = np.array(values, dtype=np.int8)
    made.setflags(write=False)
    return made


def test_extremes_by_hand() -> None:
    x = line([3, 1, 2, GAP, 5, 4, 6])
    np.testing.assert_array_equal(highest(x, 2), [GAP, 3, 2, GAP, GAP, 5, 6])
    np.testing.assert_array_equal(lowest(x, 2), [GAP, 1, 1, GAP, GAP, 4, 4])


@given(VALUES, WINDOWS)
def test_extremes_by_definition(values: list[float], window: int) -> None:
    high, low = highest(line(values), window), lowest(line(values), window)
    for t in range(window - 1, len(values)):
        assert (high[t], low[t]) == (max(values[t - window + 1 : t + 1]), min(values[t - window + 1 : t + 1]))


@given(VALUES, WINDOWS)
def test_deviation_by_definition(values: list[float], window: int) -> None:
    deviation = std(line(values), window)
    for t in range(window - 1, len(values)):
        inside = np.array(values[t - window + 1 : t + 1])
        np.testing.assert_allclose(deviation[t], inside.std(), rtol=1e-12, atol=1e-15 * np.abs(inside).max())


def test_deviation_of_small_moves_on_a_high_level() -> None:
    # 1e8 + {0, 1}: deviation 0.5; a difference of sums of squares would lose all digits.
    x = line([1e8 + i % 2 for i in range(40)])
    np.testing.assert_allclose(std(x, 4)[3:], 0.5, rtol=1e-15)


def test_a_constant_window_has_no_score() -> None:
    x = line([0.1] * 10 + [0.2])
    assert (std(x, 5)[4:10] == 0.0).all()
    scores = zscore(x, sma(x, 5), std(x, 5))
    assert np.isnan(scores[:10]).all()
    # Mean 0.12, deviation 0.04: (0.2 - 0.12) / 0.04 = 2.
    np.testing.assert_allclose(scores[10], 2.0, rtol=1e-12)


def test_rank_by_hand() -> None:
    # Of the two before it: 3 lies above both, 1 below both, 2 above one, the second 2 above one and level with one.
    np.testing.assert_array_equal(percentile_rank(line([1, 2, 3, 1, 2, 2]), 3), [GAP, GAP, 1, 0, 0.5, 0.75])


def test_rsi_by_hand() -> None:
    # Steps +1, -1, +2: gains average 0.5, then (0.5 + 2) / 2 = 1.25; losses 0.5, then 0.25. 100 * 1.25 / 1.5.
    np.testing.assert_allclose(rsi(line([1, 2, 1, 3]), 2), [GAP, GAP, 50, 100 * 1.25 / 1.5], rtol=1e-15)
    assert np.isnan(rsi(line([1, 1, 1, 1]), 2)).all()


def test_exponential_averages_restart_after_a_gap() -> None:
    # Seed (1 + 3) / 2 = 2, then 2 + 2/3 * (5 - 2) = 4; after the gap a seed of its own.
    np.testing.assert_allclose(ema(line([1, 3, 5, GAP, 7, 9]), 2), [GAP, 2, 4, GAP, GAP, 8], rtol=1e-15)


def test_macd_seeds_both_averages_at_the_same_bar() -> None:
    # At bar 2 the fast mean is (3 + 5) / 2 = 4, the slow one 3. Then 4 + 2/3 * 5 = 22/3 and 3 + 1/2 * 6 = 6.
    np.testing.assert_allclose(macd(line([1, 3, 5, 9]), 2, 3), [GAP, GAP, 1, 22 / 3 - 6], rtol=1e-14)
    np.testing.assert_allclose(macd(line([1, 3, 5, 9]), 3, 2), [GAP, GAP, -1, 6 - 22 / 3], rtol=1e-14)


def test_crossings_by_hand() -> None:
    a, b = line([1, 3, 3, 2, GAP, 3, 1]), line([2, 2, 2, 2, 2, 2, 2])
    assert cross_above(a, b).tolist() == [0, 1, -1, -1, 0, 0, -1]
    assert cross_below(a, b).tolist() == [0, -1, -1, -1, 0, 0, 1]
    assert cross_above(a, 2.0).tolist() == cross_above(a, b).tolist()
    assert cross_above(2.0, a).tolist() == cross_below(a, b).tolist()


def test_runs_by_hand() -> None:
    x = line([1, 2, 3, 3, GAP, 1, 2, 3])
    assert rising(x, 2).tolist() == [0, 0, 1, -1, 0, 0, 0, 1]
    assert falling(x, 1).tolist() == [0, -1, -1, -1, 0, 0, -1, -1]


def test_counts_by_hand() -> None:
    np.testing.assert_array_equal(count(truths(1, -1, 1, 1, 0, 1, 1), 2), [GAP, 1, 1, 2, GAP, GAP, 2])
    np.testing.assert_array_equal(bars_since(truths(-1, 1, -1, -1, 0, -1, 1)), [GAP, 0, 1, 2, GAP, GAP, 0])


def test_gaps_by_hand() -> None:
    x = line([GAP, 1, GAP, GAP, GAP, 2])
    np.testing.assert_array_equal(last_known(x, 2), [GAP, 1, 1, 1, GAP, 2])
    np.testing.assert_array_equal(fill(x, 0.0), [0, 1, 0, 0, 0, 2])
    np.testing.assert_array_equal(fill(x, line([9, 9, GAP, 9, 9, 9])), [9, 1, GAP, 9, 9, 2])


@given(TRUTHS)
def test_truth_follows_the_laws_of_de_morgan(values: list[int]) -> None:
    a, b = truths(*values), truths(*reversed(values))
    assert negation(both(a, b)).tolist() == either(negation(a), negation(b)).tolist()
    assert negation(negation(a)).tolist() == a.tolist()


def test_comparing_with_a_gap_is_unknown() -> None:
    assert less(line([1, 2, 3, GAP]), 2.0).tolist() == [1, -1, -1, 0]
