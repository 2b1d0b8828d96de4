"""Content hashes: the same content gives the same short text on every machine."""

import hashlib
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

HASH_LENGTH = 32
"""Hexadecimal characters kept of a SHA-256: 128 bits."""


def hash_json(value: Any) -> str:
    """Hash a JSON value by its canonical text (sorted keys, no spaces, no NaN)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


def hash_arrays(*parts: str | NDArray[Any]) -> str:
    """Hash texts and arrays, each prefixed by its type and length; little-endian, NaN made canonical."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            content = part.encode()
            digest.update(f"text:{len(content)}:".encode())
        else:
            content = _canonical_bytes(part)
            digest.update(f"{part.dtype.str[1:]}:{part.size}:".encode())
        digest.update(content)
    return digest.hexdigest()[:HASH_LENGTH]


def _canonical_bytes(array: NDArray[Any]) -> bytes:
    if array.dtype.kind == "f":
        array = np.where(np.isnan(array), np.nan, array + 0.0).astype(array.dtype)
    return np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
