"""What keeps bars, and who may fetch more of them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from backend.domain.bars import Bars
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe


@dataclass(frozen=True)
class BarSpan:
    """What the store holds of one series of bars."""

    symbol: str
    timeframe: Timeframe
    source: str
    start: date
    end: date
    bars: int


@dataclass(frozen=True)
class StoredBars:
    """What the store holds of one series of one source.

    Attributes:
        covered: complete stretches, ascending, not touching each other; a stretch may hold no bars.
        held: first and last session with a bar; None when there is none.
    """

    source: str
    covered: tuple[Period, ...]
    held: Period | None


class MarketStore(Protocol):
    """Bars by symbol, timeframe and source, with the sessions known to be complete.

    A store serves one owner: imported series are that owner's, fetched ones are everybody's.
    """

    def series(self, symbol: str, timeframe: Timeframe) -> tuple[StoredBars, ...]:
        """What there is of each source, by source, in one read."""

    def read_bars(self, symbol: str, timeframe: Timeframe, source: str, period: Period) -> Bars | None:
        """Stored bars within ``period``, in one read; None when there are none."""

    def write_bars(self, bars: Bars, covered: Period) -> None:
        """Put the bars in place of all that is stored of their series within ``covered``, and mark it as complete.

        In one transaction. Bars outside ``covered`` are refused with InvalidInput.
        """

    def replace_series(self, bars: Bars, covered: Period) -> None:
        """Put the bars in place of the whole series of that source: its history has changed. In one transaction."""

    def delete_bars(
        self,
        *,
        symbol: str | None = None,
        timeframe: Timeframe | None = None,
        before: date | None = None,
        shared: bool = True,
    ) -> int:
        """Delete bars and coverage of the sessions before ``before`` (None: all); returns how many bars.

        Snapshots that bots pinned stay. An argument left out means every one; imported series of other owners stay, and
        with ``shared`` false those that were fetched, too.
        """

    def coverage(self) -> Mapping[tuple[str, Timeframe, str], tuple[Period, ...]]:
        """The complete stretches of every series, by symbol, timeframe and source; far cheaper than counting bars."""

    def bar_spans(self) -> tuple[BarSpan, ...]:
        """Every stored series, by symbol."""


class FetchLocks(Protocol):
    """One at a time fetches what several want; the lock dies with its process."""

    def alone(self, name: str, waiting: Callable[[], None]) -> AbstractContextManager[None]:
        """Hold ``name`` during the block; who has to wait for it calls ``waiting`` first.

        Raises:
            Unavailable: the lock cannot be made.
        """
