"""Two versions of the same bars are told apart by their prices, and by what they were adjusted by."""

from dataclasses import replace

import numpy as np

from backend.domain.bars import Bars
from backend.services.market.revisions import revision
from tests.samples import flat_bars


def adjusted(prices: list[float], by: list[float]) -> Bars:
    return replace(flat_bars(prices), adjustment=np.array(by))


def test_the_same_bars_are_no_revision() -> None:
    # Sources round: a ten thousandth is nothing.
    assert revision(adjusted([10, 20], [0.5, 1]), adjusted([10.0005, 20], [0.50002, 1])) is None


def test_a_dividend_is_a_factor() -> None:
    # 1 % was paid after the second day: prices and adjustments of both fall by it
    change = revision(adjusted([10, 20], [1, 1]), adjusted([9.9, 19.8], [0.99, 0.99]))
    assert str(change) == "a split or dividend: factor 0.99"


def test_adjustments_alone_are_a_revision() -> None:
    # As of bars that were stored before adjustments were kept: the seam to the new ones would be no dividend.
    change = revision(adjusted([10, 20], [1, 1]), adjusted([10, 20], [0.9, 1]))
    assert change is not None
    assert (change.factor, change.differing, change.compared) == (1.0, 1, 2)
    assert "adjustments" in str(change)
