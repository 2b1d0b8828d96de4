"""Bars are checked once, when they are made, and name the first row that is wrong."""

import numpy as np
import pytest

from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from tests.samples import flat_bars, make_bars


def test_good_bars_are_taken_and_cannot_be_changed() -> None:
    bars = make_bars([[10, 12, 9, 11], [11, 11, 11, 11]])
    assert len(bars) == 2
    with pytest.raises(ValueError, match="read-only"):
        bars.close[0] = 1.0


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ([10, 9, 8, 9], "high or low"),  # the high lies under the open
        ([10, 12, 11, 11], "high or low"),  # the low lies over the open
        ([0, 1, 0, 1], "not above zero"),
        ([-1, 1, -1, 1], "not above zero"),
        ([10, float("nan"), 9, 10], "missing or infinite"),
        ([10, float("inf"), 9, 10], "missing or infinite"),
    ],
)
def test_an_impossible_bar_is_refused_by_its_time(row: list[float], what: str) -> None:
    with pytest.raises(InvalidInput, match=what) as caught:
        make_bars([[10, 12, 9, 11], row])
    assert "TEST at 2020-01-02" in caught.value.message


def test_rounding_of_adjusted_prices_is_not_an_error() -> None:
    assert len(make_bars([[10, 10 * (1 - 1e-12), 9, 10]])) == 1


def _reordered(rows: list[int]) -> Bars:
    bars = flat_bars([10, 11, 12])
    columns = {name: array[rows].copy() for name, array in bars.arrays().items()}
    return Bars(symbol="TEST", timeframe=bars.timeframe, source="test", **columns)


def test_order_and_repetition_are_checked() -> None:
    with pytest.raises(InvalidInput, match="out of order"):
        _reordered([0, 2, 1])
    with pytest.raises(InvalidInput, match="appears twice"):
        _reordered([0, 1, 1])


def test_a_window_shares_no_memory_with_the_whole() -> None:
    bars = flat_bars([10, 11, 12, 13])
    part = bars.window(0, 2)
    for name, array in part.arrays().items():
        assert array.base is None
        assert not np.shares_memory(array, bars.arrays()[name])


def test_the_hash_is_of_content_not_of_source() -> None:
    bars = flat_bars([10, 11])
    same = Bars(symbol="TEST", timeframe=bars.timeframe, source="elsewhere", **bars.arrays())
    other = flat_bars([10, 11.000001])
    assert bars.content_hash == same.content_hash != other.content_hash
