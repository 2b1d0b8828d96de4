"""What is prepared of the closes answers for any stretch as looking through it would."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.arrays import Floats


def closes(size: int, seed: int) -> Floats:
    return 20 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.03, size)))


@given(st.integers(1, 300), st.integers(0, 1_000))
@settings(max_examples=20)
def test_extremes_drawdown_and_sums_of_any_stretch(size: int, seed: int) -> None:
    from backend.engine.sweep.ranges import drawdown, highest_lowest, power_sum, ranges_of

    line = closes(size, seed)
    sums, table, falls = ranges_of(line)
    returns = line[1:] / line[:-1] - 1.0
    for first, last in np.sort(np.random.default_rng(seed).integers(0, size, (25, 2)), axis=1):
        part = line[first : last + 1]
        assert highest_lowest(line, table, first, last) == (part.max(), part.min())
        assert highest_lowest(line, table[:0], first, last) == (part.max(), part.min())
        deepest = (1 - part / np.maximum.accumulate(part)).max()
        assert drawdown(line, table, falls, first, last) == deepest
        assert drawdown(line, table[:0], falls[:0], first, last) == deepest
        for power in (1, 2, 3, 4):
            expected = (returns[first:last] ** power).sum()
            assert power_sum(sums, power, first, last) == pytest.approx(expected, rel=1e-13, abs=1e-16)


def test_a_quiet_stretch_after_a_crash_keeps_its_digits() -> None:
    from backend.engine.sweep.ranges import power_sum, ranges_of

    # the fourth power of -90 % is 0.66, that of a thousandth 1e-12: a plain difference of sums would keep four digits
    line = np.concatenate([[100.0], 10.0 * 1.001 ** np.arange(50)])
    assert power_sum(ranges_of(line).sums, 4, 10, 50) == pytest.approx(40 * 0.001**4, rel=1e-11)


def test_long_series_have_no_table() -> None:
    from backend.engine.sweep.ranges import MOST_BARS, ranges_of

    assert len(ranges_of(np.ones(MOST_BARS)).table) == 13
    assert len(ranges_of(np.ones(MOST_BARS + 1)).table) == 0
