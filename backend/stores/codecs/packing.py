"""Numeric columns as one compact block of bytes, the same bit for bit when read back."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LENGTH = struct.Struct("<I")


def pack(columns: Mapping[str, NDArray[Any]]) -> bytes:
    """Columns of numbers or times as bytes.

    Args:
        columns: arrays of any shape and of a numeric or ``datetime64`` dtype; NaN is kept.

    Returns:
        The length of a JSON header (4 bytes, little-endian), the header (``[[name, dtype, shape], ...]``), then the
        values of each column, little-endian in C order.
    """
    little = {name: np.ascontiguousarray(x, dtype=x.dtype.newbyteorder("<")) for name, x in columns.items()}
    layout = [[name, little[name].dtype.str, list(x.shape)] for name, x in columns.items()]
    header = json.dumps(layout, separators=(",", ":")).encode()
    return b"".join([_LENGTH.pack(len(header)), header, *(x.tobytes() for x in little.values())])


def unpack(block: bytes) -> dict[str, NDArray[Any]]:
    """The columns of ``pack``, as arrays of their own.

    Raises:
        ValueError: the block is shorter or longer than its header says, or has no header.
    """
    if len(block) < _LENGTH.size:
        raise ValueError("the block of numbers is cut short")
    position = _LENGTH.size + _LENGTH.unpack_from(block)[0]
    columns = {}
    for name, dtype, shape in json.loads(block[_LENGTH.size : position]):
        values = np.frombuffer(block, dtype=np.dtype(dtype), count=int(np.prod(shape)), offset=position)
        columns[name] = values.reshape(shape).copy()
        position += values.nbytes
    if position != len(block):
        raise ValueError("the block of numbers is longer than its header says")
    return columns
