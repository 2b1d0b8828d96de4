"""Says what has changed since a bot was saved: the engine, the bars that are stored now, its datasets."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock

import numpy as np

from backend.domain.arrays import Instants
from backend.domain.bars import Bars
from backend.domain.bots import Bot, BotChange
from backend.domain.errors import DataUnavailable, NotFound, Unavailable
from backend.domain.moments import period_of
from backend.domain.ports import BotStore, DatasetStore
from backend.domain.sentiment import DatasetLink
from backend.domain.timeframes import Timeframe
from backend.engine.simulation import ENGINE_VERSION
from backend.services.market_data import MarketData, OpenPeriod

REMEMBERED = 256
"""Snapshots of which the extent is remembered; they never change."""


@dataclass(frozen=True, eq=False)
class _Extent:
    """What a snapshot holds, without its prices."""

    timeframe: Timeframe
    source: str
    first: date
    last: date
    start: Instants
    end: Instants


class BotChanges:
    """Compares bots with what is stored now; asks nobody outside, and is no verification: nothing is run again.

    Args:
        stores: give pinned bars, and the dataset versions that there are.
        market: bars that are stored.
        engine_version: of the engine at hand.
    """

    def __init__(
        self, stores: tuple[BotStore, DatasetStore], market: MarketData, engine_version: str = ENGINE_VERSION
    ) -> None:
        self._bots, self._datasets = stores
        self._market = market
        self._engine_version = engine_version
        self._extents: OrderedDict[str, _Extent] = OrderedDict()
        self._lock = Lock()

    def of(self, owner: str, bots: Sequence[Bot]) -> dict[str, tuple[BotChange, ...]]:
        """What has changed for each bot, by its id; none where all is as it was."""
        linked = any(bot.datasets for bot in bots)
        stored = [use.dataset for use in self._datasets.list_datasets(owner)] if linked else []
        return {bot.bot_id: tuple(self._changes(bot, stored)) for bot in bots}

    def _changes(self, bot: Bot, stored: Sequence[DatasetLink]) -> Iterator[BotChange]:
        if bot.engine_version != self._engine_version:
            note = f"It was tested with engine {bot.engine_version}, and this is engine {self._engine_version}."
            yield BotChange(kind="engine", what=self._engine_version, note=note)
        for symbol, snapshot in zip(bot.symbols, bot.bars_snapshots, strict=True):
            yield from self._of_bars(bot, symbol, snapshot)
        yield from _of_datasets(bot, stored)

    def _of_bars(self, bot: Bot, symbol: str, snapshot: str) -> Iterator[BotChange]:
        try:
            extent = self._extent(bot.owner, snapshot)
        except (NotFound, Unavailable):
            note = f"The bars of {symbol} that were pinned for it are missing or damaged."
            yield BotChange(kind="bars_missing", what=symbol, note=note)
            return
        period = OpenPeriod(extent.first, extent.last)
        try:
            now = _within(self._market.bars(symbol, extent.timeframe, period).bars, extent)
        except DataUnavailable:
            note = f"The prices of {symbol} from {extent.first} to {extent.last} are no longer stored."
            yield BotChange(kind="bars_missing", what=symbol, note=f"{note} The bot keeps its own.")
            return
        except Unavailable:
            note = f"The prices of {symbol} that are stored now cannot be read. The bot keeps its own."
            yield BotChange(kind="bars_missing", what=symbol, note=note)
            return
        if now.content_hash != snapshot:
            yield self._difference(bot, symbol, snapshot, now)
        elif now.source != extent.source:
            note = f"The prices of {symbol} come from {now.source} now, not from {extent.source}; they are the same."
            yield BotChange(kind="source", what=symbol, note=note)

    def _difference(self, bot: Bot, symbol: str, snapshot: str, now: Bars) -> BotChange:
        pinned = self._bots.load_snapshot(bot.owner, snapshot)
        shared, here, there = np.intersect1d(pinned.end, now.end, return_indices=True)
        differing = sum(getattr(pinned, name)[here] != getattr(now, name)[there] for name in _COMPARED) > 0
        told = [f"{int(differing.sum()):,} of {shared.size:,} bars have other values"] if differing.any() else []
        if gone := len(pinned) - shared.size:
            told.append(f"{gone:,} bars are no longer there")
        if new := len(now) - shared.size:
            told.append(f"{new:,} bars have come")
        source = "" if now.source == pinned.source else f"; they come from {now.source} now, not from {pinned.source}"
        note = f"The prices of {symbol} changed: {', '.join(told) or 'they are adjusted otherwise'}{source}."
        return BotChange(kind="bars", what=symbol, note=note)

    def _extent(self, owner: str, snapshot: str) -> _Extent:
        with self._lock:
            known = self._extents.get(snapshot)
        if known is None:
            bars = self._bots.load_snapshot(owner, snapshot)
            period = period_of(bars.session)
            moments = bars.start[0], bars.end[-1]
            known = _Extent(bars.timeframe, bars.source, period.start, period.end, *moments)
            with self._lock:
                self._extents[snapshot] = known
                if len(self._extents) > REMEMBERED:
                    self._extents.popitem(last=False)
        return known


_COMPARED = ("open", "high", "low", "close", "volume", "adjustment")


def _within(bars: Bars, extent: _Extent) -> Bars:
    """Without bars of the last session that ended after the pinned ones; the very same where there are none."""
    first = int(np.searchsorted(bars.start, extent.start, side="left"))
    stop = int(np.searchsorted(bars.end, extent.end, side="right"))
    return bars if (first, stop) == (0, len(bars)) else bars.window(first, stop)


def _of_datasets(bot: Bot, stored: Sequence[DatasetLink]) -> Iterator[BotChange]:
    newest = _newest(stored)
    there = {link.id for link in stored}
    for link in bot.datasets:
        name = f"{link.channel} dataset {link.id} of {link.symbol}"
        latest = newest.get(_series(link))
        if link.id not in there:
            yield BotChange(kind="dataset_missing", what=link.id, note=f"The {name} is no longer stored.")
        elif latest is not None and latest.id != link.id:
            note = f"There is a newer version of the {name}: {latest.id}, from {latest.start} to {latest.end}."
            yield BotChange(kind="dataset", what=link.id, note=note)


def _newest(stored: Sequence[DatasetLink]) -> Mapping[tuple[str, str, str], DatasetLink]:
    """The version of each series that was stored last; ``stored`` has the newest first."""
    return {_series(link): link for link in reversed(stored)}


def _series(link: DatasetLink) -> tuple[str, str, str]:
    return link.symbol, link.channel, link.provider
