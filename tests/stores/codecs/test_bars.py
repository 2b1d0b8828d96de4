"""Pinned bars: the block is as small as it was before bars had adjustments, and older blocks give the same hash."""

from dataclasses import replace

import numpy as np
import pytest

from backend.domain.errors import Unavailable
from backend.stores.codecs.bars import bars_of_snapshot, snapshot_row
from backend.stores.codecs.packing import pack, unpack
from tests.samples import flat_bars
from tests.stores.samples import as_row

OLD = ("session", "start", "end", "open", "high", "low", "close", "volume")


def test_bars_without_adjustments_are_pinned_as_they_always_were() -> None:
    bars = flat_bars([1, 2])
    row = snapshot_row(bars)
    assert row["data"] == pack({name: getattr(bars, name) for name in OLD})
    # the hash of these two bars before they could be adjusted
    assert row["snapshot_id"] == "5b043cdc23514c14a004d7cbf355346e"
    assert as_row(bars_of_snapshot(row)) == as_row(bars)


def test_adjustments_are_a_part_of_what_is_pinned() -> None:
    bars = replace(flat_bars([1, 2]), adjustment=np.array([0.5, 1.0]))
    row = snapshot_row(bars)
    assert as_row(bars_of_snapshot(row)) == as_row(bars)
    columns = unpack(row["data"])
    del columns["adjustment"]
    with pytest.raises(Unavailable, match="do not give its hash"):
        bars_of_snapshot(row | {"data": pack(columns)})
