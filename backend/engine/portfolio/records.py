"""The rows that pass between Python and the compiled pass over a portfolio, and those in which it keeps its books."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Integers

ABSENT = -1
"""The row of a symbol that has no bar at a moment."""
FLAT = -1
"""The position of a symbol that is not held."""


class Lines(NamedTuple):
    """Where the bars of S symbols lie, end to end: of each from its first warm-up bar to its last of the period."""

    first: Integers
    """Row of the first bar of each symbol, shape (S,)."""
    start: Integers
    """Row of its first bar in the period, shape (S,)."""
    stop: Integers
    """The row after its last, shape (S,)."""
    row: Integers
    """Row of the bar of each symbol that ends at each of N moments, shape (N, S); ``ABSENT`` without one."""
    warm_up: Integers
    """Row of the bar of each symbol that ends at the last close before the period, shape (S,); else ``ABSENT``."""


class Plan(NamedTuple):
    """How much is held and chosen at once."""

    slots: int
    """Positions that can be held."""
    top: int
    """Symbols that a rotation chooses; 0 without one."""
    every: int
    """Closes from one choice to the next."""


STATE = np.dtype(
    [
        ("first", "i8"),  # row of its first warm-up bar
        ("last", "f8"),  # its latest close
        ("position", "i8"),  # row of POSITION that is held; FLAT without
        ("closes", "i8"),  # own closes since the entry
        ("reference", "f8"),  # what stops and targets are measured from
        ("best", "f8"),  # best close since the entry, times the side
        ("reason", "i8"),  # profile vectorbt: why it leaves within this bar; OPEN when it stays
        ("price", "f8"),  # profile vectorbt: where, before slippage
    ]
)
"""What is known of a symbol at a moment."""

ACCOUNT = np.dtype(
    [
        ("slots", "i8"),  # positions that can be held at once
        ("moment", "i8"),  # the current one
        ("slot", "f8"),  # equity of one slot at the open of the last moment at which something was to enter
        ("cash", "f8"),
        ("held", "i8"),  # positions that are held
        ("entered", "i8"),
        ("closed", "i8"),
        ("unfilled", "i8"),  # entries that bought nothing, for the money was too little
        ("crowded_out", "i8"),  # entries that found every slot taken
        ("bars_held", "i8"),  # moments at whose close something was held
        ("interest", "f8"),
        ("borrow", "f8"),
    ]
)
"""The one account of all symbols, and what was counted."""

Record = NDArray[Any]
"""One row of ``STATE`` or of ``ACCOUNT``."""
