"""Packed columns come back bit for bit, and a damaged block is told."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from backend.stores.codecs.packing import pack, unpack

DTYPES = st.sampled_from(["<f8", "<i8", "|i1", "|b1", "<M8[D]", "<M8[s]", "<M8[us]"])
COLUMNS = st.dictionaries(
    st.text(max_size=5),
    DTYPES.flatmap(
        lambda dtype: arrays.arrays(np.dtype(dtype), arrays.array_shapes(min_dims=1, max_dims=2, min_side=0))
    ),
    max_size=4,
)


@given(COLUMNS)
def test_columns_come_back_bit_for_bit(columns: dict[str, Any]) -> None:
    stored = unpack(pack(columns))
    assert list(stored) == list(columns)
    for name, column in columns.items():
        assert (stored[name].dtype, stored[name].shape) == (column.dtype, column.shape)
        assert stored[name].tobytes() == column.tobytes()


def test_every_nan_keeps_its_bits() -> None:
    quiet, negative, payload = 0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000123
    bits = np.array([quiet, negative, payload], dtype=np.uint64)
    assert unpack(pack({"x": bits.view(np.float64)}))["x"].view(np.uint64).tolist() == bits.tolist()


def test_the_layout_is_the_documented_one() -> None:
    # '[["x","<i8",[1]]]' has 17 characters: 0x11 little-endian, the header, then 258 = 0x0102 little-endian.
    assert pack({"x": np.array([258])}) == b'\x11\0\0\0[["x","<i8",[1]]]\x02\x01\0\0\0\0\0\0'


def test_big_endian_and_strided_columns_are_stored_by_value() -> None:
    column = np.arange(10, dtype=">i8")[::3]
    assert unpack(pack({"x": column}))["x"].tolist() == [0, 3, 6, 9]


@pytest.mark.parametrize("cut", [0, 3, 10, -1])
def test_a_block_cut_short_is_refused(cut: int) -> None:
    block = pack({"x": np.arange(4)})[:cut]
    with pytest.raises(ValueError):  # noqa: PT011 - numpy's, json's and our own sentences: any of them will do
        unpack(block)


def test_a_block_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than its header says"):
        unpack(pack({"x": np.arange(4)}) + b"\0")
