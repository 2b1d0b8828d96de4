"""Deletes stored bars: those that were named, and those that a policy keeps no longer."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from backend.domain.errors import InvalidInput
from backend.domain.ports import Clock, MarketStore, Progress
from backend.domain.record import Record
from backend.domain.timeframes import Timeframe

PrunePolicy = Mapping[Timeframe, int]
"""Days for which bars of a timeframe are kept; one that is not named is kept for good."""


def short_bars_for(days: int) -> PrunePolicy:
    """Everything shorter than a session is kept for ``days`` days, daily bars for good."""
    return {timeframe: days for timeframe in Timeframe if timeframe.minutes is not None}


class Deleted(Record):
    """What was deleted; None stands for every one.

    Attributes:
        before: sessions before this one.
        bars: how many; what bots pinned stays and is not among them.
        shared: whether bars that were fetched, which are everybody's, were deleted as well as imported ones.
    """

    symbol: str | None
    timeframe: Timeframe | None
    before: date | None
    bars: int
    shared: bool = True


class Retention:
    """Clears and prunes the bars of an owner, and the shared ones; what bots pinned stays.

    Fetched bars are everybody's: where several people use a server, only whose machine it is may delete them. Who is
    served there deletes what he imported, so that nobody waits for a source again because of somebody else.

    Args:
        store: where bars are.
        forget: drops everything from the memory of market data.
        policy: what ``prune`` keeps unless told otherwise.
        clock: the present moment.
        shared: whether the owner may delete what everybody shares.
    """

    def __init__(
        self,
        store: MarketStore,
        forget: Callable[[], None],
        policy: PrunePolicy,
        clock: Clock,
        *,
        shared: bool = True,
    ) -> None:
        self._store = store
        self._forget = forget
        self._policy = policy
        self._clock = clock
        self._shared = shared

    def clear(
        self,
        *,
        symbol: str | None = None,
        timeframe: Timeframe | None = None,
        before: date | None = None,
        progress: Progress = lambda _: None,
    ) -> Deleted:
        """Delete the bars of a symbol, a timeframe, or the sessions before a day; only those that fit all that is said.

        Raises:
            InvalidInput: nothing is said, which would delete everything.
        """
        if symbol is None and timeframe is None and before is None:
            raise InvalidInput("Nothing says which bars to clear.", "name a symbol, a timeframe or a day before which")
        deleted = self._delete(None if symbol is None else symbol.strip().upper(), timeframe, before, progress)
        self._forget()
        return deleted

    def prune(self, policy: PrunePolicy | None = None, progress: Progress = lambda _: None) -> tuple[Deleted, ...]:
        """Delete what the policy keeps no longer, timeframe by timeframe."""
        today = self._clock().date()
        kept = self._policy if policy is None else policy
        deleted = tuple(
            self._delete(None, timeframe, today - timedelta(days=days), progress) for timeframe, days in kept.items()
        )
        self._forget()
        return deleted

    def _delete(
        self, symbol: str | None, timeframe: Timeframe | None, before: date | None, progress: Progress
    ) -> Deleted:
        words = [symbol, timeframe and f"{timeframe} bars", before and f"before {before}"]
        progress("deleting " + " ".join(str(word) for word in words if word))
        bars = self._store.delete_bars(symbol=symbol, timeframe=timeframe, before=before, shared=self._shared)
        return Deleted(symbol=symbol, timeframe=timeframe, before=before, bars=bars, shared=self._shared)
