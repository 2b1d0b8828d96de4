"""Tells what is stored of each series of bars, and what it lacks."""

from datetime import date

import numpy as np

from backend.domain.periods import Period
from backend.domain.ports import BarSpan, MarketStore
from backend.domain.record import Record
from backend.domain.stretches import shared
from backend.domain.timeframes import Timeframe
from backend.services.market.sessions import sessions_of


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


def series_status(store: MarketStore) -> tuple[SeriesStatus, ...]:
    """Every stored series, by symbol."""
    return tuple(_status(store, span) for span in store.bar_spans())


def _status(store: MarketStore, span: BarSpan) -> SeriesStatus:
    stored = [s for s in store.series(span.symbol, span.timeframe) if s.source == span.source]
    covered = stored[0].covered if stored else ()
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
