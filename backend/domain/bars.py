"""Price bars of one symbol, checked once when they are made."""

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backend.domain.arrays import Dates, Floats, Instants
from backend.domain.errors import InvalidInput
from backend.domain.hashing import hash_arrays
from backend.domain.timeframes import Timeframe

ORDER_TOLERANCE = 1e-9
"""Relative slack for low <= open, close <= high: adjusting by a factor rounds."""


@dataclass(frozen=True, eq=False)
class Bars:
    """Split- and dividend-adjusted bars in ascending time; all arrays have shape (T,).

    Attributes:
        symbol: upper-case ticker.
        timeframe: length of one bar.
        session: trading session of each bar, ``datetime64[D]``.
        start: first moment of each bar in UTC, ``datetime64[s]``; market orders fill here.
        end: the moment from which the bar is known, in UTC, ``datetime64[s]``; strictly ascending.
        open, high, low, close: prices > 0, no missing values.
        volume: units traded, >= 0, no missing values.
        source: name of the provider that served all of them.
        adjustment: adjusted over raw price of each bar, > 0; 1 where prices are raw or nothing else is known. It tells
            how many shares a sum buys; strategies cannot read it.

    Raises:
        InvalidInput: naming the first bar that is out of order, duplicated or inconsistent.
    """

    symbol: str
    timeframe: Timeframe
    session: Dates
    start: Instants
    end: Instants
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    source: str
    adjustment: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        if not self.adjustment.size:
            object.__setattr__(self, "adjustment", np.ones(self.end.shape))
        for array in self.arrays().values():
            if array.shape != self.end.shape:
                raise InvalidInput(f"The bars of {self.symbol} have columns of different lengths.")
            array.flags.writeable = False
        _check_order(self)
        _check_prices(self)

    def __len__(self) -> int:
        return int(self.end.size)

    def arrays(self) -> dict[str, Any]:
        """The array columns by name, in the order of the class."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _SCALARS}

    def window(self, first: int, stop: int) -> "Bars":
        """The bars ``first .. stop - 1`` as copies: nothing outside is reachable from the result."""
        return replace(self, **{name: array[first:stop].copy() for name, array in self.arrays().items()})

    @cached_property
    def content_hash(self) -> str:
        """Hash of symbol, timeframe and every value; the source is not part of it, nor are adjustments of 1."""
        arrays = self.arrays()
        if (self.adjustment == 1.0).all():
            del arrays["adjustment"]
        return hash_arrays(self.symbol, str(self.timeframe), *arrays.values())


_SCALARS = {"symbol", "timeframe", "source"}


def _check_order(bars: Bars) -> None:
    steps = np.diff(bars.end.astype(np.int64))
    _refuse(bars, np.concatenate([[False], steps == 0]), "appears twice", "keep one row for each bar")
    _refuse(bars, np.concatenate([[False], steps < 0]), "is out of order", "sort the rows by time")
    _refuse(bars, np.greater_equal(bars.start, bars.end), "ends before it starts", "check the time columns")


def _check_prices(bars: Bars) -> None:
    prices = np.stack([bars.open, bars.high, bars.low, bars.close])
    _refuse(bars, ~np.isfinite(prices).all(axis=0), "has a missing or infinite price", "remove or repair the row")
    _refuse(bars, (prices <= 0).any(axis=0), "has a price that is not above zero", "remove or repair the row")
    _refuse(bars, ~(np.isfinite(bars.volume) & (bars.volume >= 0)), "has no valid volume", "use 0 where none is known")
    sound = np.isfinite(bars.adjustment) & (bars.adjustment > 0)
    _refuse(bars, ~sound, "has an adjustment that is not above zero", "check the adjusted close")
    slack = bars.high * ORDER_TOLERANCE
    low, high = np.minimum(bars.open, bars.close), np.maximum(bars.open, bars.close)
    inconsistent = np.logical_or(bars.low > low + slack, bars.high < high - slack)
    _refuse(bars, inconsistent, "has a high or low that does not enclose its open and close", "repair the row")


def _refuse(bars: Bars, bad: ArrayLike, what: str, hint: str) -> None:
    rows = np.flatnonzero(bad)
    if rows.size:
        more = f" ({rows.size} such bars)" if rows.size > 1 else ""
        raise InvalidInput(f"The bar of {bars.symbol} at {bars.end[rows[0]]}Z {what}{more}.", hint)
