"""Frames: bars with their sentiment columns, and the seal that keeps the hold-out from the loop."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NewType

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.hashing import hash_arrays
from backend.domain.ledger import MarketFingerprint, Opening
from backend.domain.moments import rows_within
from backend.domain.periods import Period, Periods


@dataclass(frozen=True, eq=False)
class SentimentColumns:
    """Sentiment of one channel as known at the end of each bar; shape (T,) each.

    Attributes:
        mean: in [-1, 1]; NaN where there are no posts or they were not fetched.
        std: same; NaN with fewer than two posts.
        posts: count; 0 where fetched and empty, NaN where not fetched or failed.
    """

    mean: Floats
    std: Floats
    posts: Floats

    def window(self, first: int, stop: int) -> "SentimentColumns":
        """Rows ``first .. stop - 1`` as copies."""
        return SentimentColumns(*(x[first:stop].copy() for x in (self.mean, self.std, self.posts)))


@dataclass(frozen=True, eq=False)
class Frame:
    """All that a strategy may read about one symbol, row by row with its bars.

    Attributes:
        sentiment: by channel name, and under ``"all"`` the channels of the session together.
        others: frames of other symbols in the same timeframe that ``of`` reads, by symbol; none has others itself, and
            none has a bar that ends after the last one here.
    """

    bars: Bars
    sentiment: Mapping[str, SentimentColumns]
    others: Mapping[str, "Frame"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for channel, columns in self.sentiment.items():
            if not len(columns.mean) == len(columns.std) == len(columns.posts) == len(self.bars):
                raise InvalidInput(f"The {channel} columns of {self.bars.symbol} do not match its bars.")
        for symbol, other in self.others.items():
            if other.others or other.bars.timeframe is not self.bars.timeframe:
                raise InvalidInput(f"The bars of {symbol} cannot be read beside those of {self.bars.symbol}.")
            if len(other) and len(self) and other.bars.end[-1] > self.bars.end[-1]:
                raise InvalidInput(f"The bars of {symbol} reach past those of {self.bars.symbol}.")

    def __len__(self) -> int:
        return len(self.bars)

    def window(self, first: int, stop: int) -> "Frame":
        """Rows ``first .. stop - 1`` as copies: nothing outside is reachable from the result."""
        bars = self.bars.window(first, stop)
        columns = {name: c.window(first, stop) for name, c in self.sentiment.items()}
        others = {symbol: other.until(bars.end[-1]) for symbol, other in self.others.items()} if len(bars) else {}
        return replace(self, bars=bars, sentiment=columns, others=others)

    def until(self, moment: np.datetime64) -> "Frame":
        """The rows of bars that have ended at ``moment``, as copies."""
        return self.window(0, int(np.searchsorted(self.bars.end, moment, side="right")))

    def rows(self, period: Period) -> slice:
        """The rows whose session lies within ``period``."""
        return rows_within(self.bars.session, period)

    @cached_property
    def data_hash(self) -> str:
        """Hash of every value that a strategy can read."""
        parts: list[str | NDArray[np.float64]] = [self.bars.content_hash]
        for channel in sorted(self.sentiment):
            columns = self.sentiment[channel]
            parts += [channel, columns.mean, columns.std, columns.posts]
        for symbol in sorted(self.others):
            parts += [symbol, self.others[symbol].data_hash]
        return hash_arrays(*parts)


LoopFrame = NewType("LoopFrame", Frame)
"""A frame that ends with the validation period: the only kind that the loop is handed."""


class SealedFrame:
    """The whole frame of a session; the hold-out leaves it only against a recorded opening."""

    __slots__ = ("_full", "_periods")

    def __init__(self, full: Frame, periods: Periods) -> None:
        self._full = full
        self._periods = periods

    @property
    def data_hash(self) -> str:
        """Hash of the whole frame, hold-out included; it tells nothing about its content."""
        return self._full.data_hash

    def fingerprint(self) -> MarketFingerprint:
        """By which the ledger recognises the market of the hold-out."""
        return MarketFingerprint.of(self._full.bars, self._periods.holdout)

    def visible(self) -> LoopFrame:
        """Warm-up, train and validation rows, as copies."""
        return LoopFrame(self._full.window(0, self._full.rows(self._periods.validation).stop))

    def open(self, opening: Opening) -> Frame:
        """The whole frame, against the recorded opening of this very hold-out.

        Raises:
            InvalidInput: the opening is of another symbol or period.
        """
        if opening.symbol != self._full.bars.symbol or opening.period != self._periods.holdout:
            raise InvalidInput(
                "This opening is not of this hold-out.", "record the opening of the session's own hold-out"
            )
        return self._full
