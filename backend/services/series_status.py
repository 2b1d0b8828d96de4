"""Tells what is stored of each series of bars, and what it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from backend.domain.periods import Period
from backend.domain.ports import BarSpan, Clock, MarketStore
from backend.domain.record import Record
from backend.domain.stretches import shared
from backend.domain.timeframes import Timeframe
from backend.services.market.memory import FRESH
from backend.services.market.sessions import sessions_of

Coverages = Mapping[tuple[str, Timeframe, str], tuple[Period, ...]]
"""The complete stretches of each series, by symbol, timeframe and source."""


class SeriesStatus(Record):
    """One stored series.

    Attributes:
        first, last: sessions with bars.
        covered: stretches known to be complete; nothing within them is fetched again.
        sessions_missing: sessions from the first to the last that are covered and have no bar.
    """

    symbol: str
    timeframe: Timeframe
    source: str
    first: date
    last: date
    bars: int
    covered: tuple[Period, ...]
    sessions_missing: int


class SeriesStatuses:
    """What is stored of every series, worked out again when it may have changed: counting bars takes long.

    Args:
        store: where bars are.
        clock: the present moment.
    """

    def __init__(self, store: MarketStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: _Known | None = None

    def all(self) -> tuple[SeriesStatus, ...]:
        """Every stored series, by symbol; bars that another process put in place of others show after a minute."""
        covered, known, now = self._store.coverage(), self._known, self._clock()
        if known is None or known.covered != covered or now - known.at >= FRESH:
            known = _Known(covered, now, series_status(self._store, covered))
            self._known = known
        return known.series

    def forget(self) -> None:
        """Work it out anew at the next question, because this process changed bars."""
        self._known = None


def series_status(store: MarketStore, coverage: Coverages | None = None) -> tuple[SeriesStatus, ...]:
    """Every stored series, by symbol; ``coverage`` is what the store says of it, if that is at hand."""
    covered = store.coverage() if coverage is None else coverage
    return tuple(
        _status(store, span, covered.get((span.symbol, span.timeframe, span.source), ())) for span in store.bar_spans()
    )


@dataclass(frozen=True)
class _Known:
    covered: Coverages
    at: datetime
    series: tuple[SeriesStatus, ...]


def _status(store: MarketStore, span: BarSpan, covered: tuple[Period, ...]) -> SeriesStatus:
    held = Period(start=span.start, end=span.end)
    inside = [part for stretch in covered if (part := shared(stretch, held)) is not None]
    expected = sum(int(sessions_of(part).size) for part in inside)
    return SeriesStatus(
        symbol=span.symbol,
        timeframe=span.timeframe,
        source=span.source,
        first=span.start,
        last=span.end,
        bars=span.bars,
        covered=covered,
        sessions_missing=max(0, expected - _sessions_with_bars(store, span, held)),
    )


def _sessions_with_bars(store: MarketStore, span: BarSpan, held: Period) -> int:
    if span.timeframe is Timeframe.DAY:
        return span.bars
    bars = store.read_bars(span.symbol, span.timeframe, span.source, held)
    return 0 if bars is None else int(np.unique(bars.session).size)
