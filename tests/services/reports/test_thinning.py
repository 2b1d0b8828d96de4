"""A thinned line keeps its ends, its extremes and its order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backend.domain.arrays import Floats
from backend.services.reports.thinning import FEWEST, kept_positions

LINES = st.integers(1, 300).flatmap(lambda size: arrays(np.float64, size, elements=st.floats(-1e6, 1e6)))


def test_each_stretch_keeps_its_lowest_and_highest_value() -> None:
    # ten values to six: ends 0 and 9, and of 1..4 and 5..8 the lowest and the highest
    line = np.array([5.0, 1.0, 9.0, 3.0, 2.0, 7.0, 7.0, 0.0, 4.0, 6.0])
    assert kept_positions(line, 6).tolist() == [0, 1, 2, 5, 7, 9]


def test_a_short_line_is_left_alone() -> None:
    assert kept_positions(np.array([3.0, 1.0, 2.0, 2.0]), 4).tolist() == [0, 1, 2, 3]
    assert kept_positions(np.array([]), 4).tolist() == []


def test_too_few_points_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="cannot keep its ends"):
        kept_positions(np.zeros(10), FEWEST - 1)


@given(line=LINES, most=st.integers(FEWEST, 60))
def test_extremes_and_ends_survive(line: Floats, most: int) -> None:
    kept = kept_positions(line, most)
    assert kept.size <= max(most, 0)
    assert (np.diff(kept) > 0).all()
    assert (kept[0], kept[-1]) == (0, line.size - 1)
    assert (line[kept].min(), line[kept].max()) == (line.min(), line.max())


def test_a_year_of_minutes_becomes_a_chart() -> None:
    line = np.cumsum(np.random.default_rng(7).normal(size=98_000))
    assert 1_500 < kept_positions(line, 2_000).size <= 2_000
