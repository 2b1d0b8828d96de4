"""Serves price bars from memory, the store or a source, never mixing two sources in one series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from threading import Lock

import numpy as np

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.moments import period_of, rows_within, session_date
from backend.domain.periods import Period
from backend.domain.ports import BarSpan, MarketStore, PriceSource
from backend.domain.stretches import ONE_DAY, joined, missing
from backend.domain.suggestions import did_you_mean
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import FIRST_DAY, LAST_DAY, MINUTES_PER_SESSION, trading_calendar
from backend.services.counters import DataCounters

SAMPLE = "sample"
LONGEST_CLOSURE = timedelta(days=8)
"""Two stretches this near to each other may have no session between them; the calendar decides."""


@dataclass(frozen=True, eq=False)
class MarketSlice:
    """Bars of one source, and what must be said about them whatever their prices are."""

    bars: Bars
    notices: tuple[str, ...]


@dataclass(frozen=True)
class _Offer:
    """A stretch of sessions that one source can serve."""

    source: PriceSource
    stretch: Period


class MarketData:
    """Bars of any symbol, whoever serves them.

    Args:
        store: where fetched and imported bars are kept.
        sources: in the order in which they are asked; the first that covers the period serves all of it.
        counters: told of every fetch and every read of bars.
    """

    def __init__(self, store: MarketStore, sources: Sequence[PriceSource], counters: DataCounters) -> None:
        self._store = store
        self._sources = tuple(sources)
        self._counters = counters
        self._memory: dict[tuple[str, Timeframe, str], tuple[Period, Bars]] = {}
        self._one_at_a_time = Lock()

    def symbols(self) -> tuple[str, ...]:
        """Every symbol with stored bars or known to a source, alphabetically."""
        stored = {span.symbol for span in self.spans()}
        return tuple(sorted(stored.union(*(source.symbols() for source in self._sources))))

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:
        """The sessions of the first source that has the symbol; None when none has."""
        offers = self._offers(symbol, timeframe)
        return _longest(offers).stretch if offers else None

    def spans(self) -> tuple[BarSpan, ...]:
        """Every stored series of the sources in use."""
        names = {source.name for source in self._sources}
        return tuple(span for span in self._store.bar_spans() if span.source in names)

    def period(self, symbol: str, timeframe: Timeframe, start: date | None, end: date | None) -> Period | None:
        """The period from ``start`` to ``end``, an open end filled from what there is; None when both are open.

        Raises:
            InvalidInput: it ends before it starts.
            DataUnavailable: nobody has the symbol, or what there is lies on the other side of the one date.
        """
        if start is None and end is None:
            return None
        if start and end:
            if end < start:
                raise InvalidInput(f"The end {end} is before the start {start}.", "swap the two dates")
            return Period(start=start, end=end)
        offers = self._offers(symbol, timeframe)
        if not offers:
            raise self._unknown(symbol, timeframe)
        stretch = _longest(offers).stretch
        first, last = start or stretch.start, end or stretch.end
        if last < first:
            raise _outside(offers, symbol, f"from {start} on" if start else f"up to {end}")
        return Period(start=first, end=last)

    def bars(self, symbol: str, timeframe: Timeframe, period: Period | None, warmup_bars: int = 0) -> MarketSlice:
        """Bars of ``period`` and up to ``warmup_bars`` before it; all there is when ``period`` is None.

        Raises:
            DataUnavailable: nobody has the symbol, or not the whole period; names what is there.
        """
        offers = self._offers(symbol, timeframe)
        if not offers:
            raise self._unknown(symbol, timeframe)
        offer = _longest(offers) if period is None else _covering(offers, symbol, period)
        wanted = offer.stretch if period is None else _with_warmup(offer.stretch, period, timeframe, warmup_bars)
        with self._one_at_a_time:  # several threads that ask for the same bars make one request
            bars = self._load(symbol, timeframe, offer.source, wanted)
        return MarketSlice(bars, (*_choice_notices(offers, offer, symbol), *_gap_notices(bars)))

    def forget(self, symbol: str) -> None:
        """Drop the symbol from memory, e.g. because a file with its prices was imported."""
        for key in [key for key in self._memory if key[0] == symbol]:
            del self._memory[key]

    def _offers(self, symbol: str, timeframe: Timeframe) -> tuple[_Offer, ...]:
        """What each source has, in the order of sources, its stretches ascending."""
        found: list[_Offer] = []
        for source in self._sources:
            reach = source.span(symbol, timeframe)
            stored = self._store.coverage(symbol, timeframe, source.name)
            stretches = joined(stored if reach is None else (*stored, reach))
            found += [_Offer(source, stretch) for stretch in _without_closures(stretches)]
        return tuple(found)

    def _load(self, symbol: str, timeframe: Timeframe, source: PriceSource, wanted: Period) -> Bars:
        key = (symbol, timeframe, source.name)
        period, bars = self._memory.get(key, (None, None))
        if bars is None or period is None or not (period.start <= wanted.start and wanted.end <= period.end):
            bars = self._read(symbol, timeframe, source, wanted)
            self._memory[key] = (wanted, bars)
        rows = rows_within(bars.session, wanted)
        return bars if rows == slice(0, len(bars)) else bars.window(rows.start, rows.stop)

    def _read(self, symbol: str, timeframe: Timeframe, source: PriceSource, wanted: Period) -> Bars:
        covered = self._store.coverage(symbol, timeframe, source.name)
        for gap in missing(wanted, covered):
            if _sessions(gap):
                self._counters.source_calls += 1
                self._store.write_bars(source.fetch(symbol, timeframe, gap), gap)
        self._counters.data_reads += 1
        bars = self._store.read_bars(symbol, timeframe, source.name, wanted)
        if bars is None:
            raise DataUnavailable(
                f"{source.name} has no {timeframe} bars of {symbol} from {wanted.start} to {wanted.end}.",
                "choose another period, or import a file: backproof data import prices FILE",
            )
        return bars

    def _unknown(self, symbol: str, timeframe: Timeframe) -> DataUnavailable:
        known = self.symbols()
        others = [str(other) for other in Timeframe if self._offers(symbol, other)]
        if others:
            hint = f"there are {', '.join(others)} prices of {symbol}"
        else:
            hint = did_you_mean(symbol, known) or f"there are prices of {', '.join(known) or 'no symbol yet'}"
        return DataUnavailable(
            f"No source has {timeframe} prices of {symbol}.",
            f"{hint}; or import a file: backproof data import prices FILE",
        )


def _longest(offers: Sequence[_Offer]) -> _Offer:
    """The longest stretch of the first source."""
    return max((o for o in offers if o.source is offers[0].source), key=lambda o: o.stretch.end - o.stretch.start)


def _covering(offers: Sequence[_Offer], symbol: str, period: Period) -> _Offer:
    if period.start < FIRST_DAY or period.end > LAST_DAY:
        raise _outside(offers, symbol, f"for the whole of {period.start}..{period.end}")
    for offer in offers:
        if offer.stretch.overlaps(period) and not any(_sessions(gap) for gap in missing(period, [offer.stretch])):
            return offer
    raise _outside(offers, symbol, f"for the whole of {period.start}..{period.end}")


def _outside(offers: Sequence[_Offer], symbol: str, asked: str) -> DataUnavailable:
    there = ", ".join(f"{o.source.name} {o.stretch.start}..{o.stretch.end}" for o in offers)
    return DataUnavailable(
        f"No source has prices of {symbol} {asked}; there are: {there}.",
        "choose a period within one of these, or import a file: backproof data import prices FILE",
    )


def _with_warmup(stretch: Period, period: Period, timeframe: Timeframe, warmup_bars: int) -> Period:
    """The period and the sessions before it that hold the warm-up, as far as the stretch reaches."""
    bars_per_session = 1 if timeframe.minutes is None else MINUTES_PER_SESSION // timeframe.minutes
    sessions_before = ceil(warmup_bars / bars_per_session)
    start = max(stretch.start, period.start)
    earlier = trading_calendar(stretch.start, start).sessions
    earlier = earlier[earlier < np.datetime64(start, "D")]
    if sessions_before and earlier.size:
        start = session_date(earlier, max(0, earlier.size - sessions_before))
    return Period(start=start, end=min(period.end, stretch.end))


def _without_closures(stretches: Sequence[Period]) -> tuple[Period, ...]:
    """Stretches with those merged that only days without a session part."""
    result: list[Period] = []
    for stretch in stretches:
        if result and stretch.start - result[-1].end <= LONGEST_CLOSURE and not _sessions_between(result[-1], stretch):
            result[-1] = Period(start=result[-1].start, end=stretch.end)
        else:
            result.append(stretch)
    return tuple(result)


def _sessions_between(earlier: Period, later: Period) -> bool:
    return bool(_sessions(Period(start=earlier.end + ONE_DAY, end=later.start - ONE_DAY)))


def _sessions(period: Period) -> int:
    return len(trading_calendar(max(period.start, FIRST_DAY), min(period.end, LAST_DAY)))


def _choice_notices(offers: Sequence[_Offer], chosen: _Offer, symbol: str) -> tuple[str, ...]:
    notices = []
    passed_over = [o for o in offers[: offers.index(chosen)] if o.source is not chosen.source]
    if passed_over:
        there = ", ".join(f"{o.source.name} {o.stretch.start}..{o.stretch.end}" for o in passed_over)
        notices.append(f"Prices of {symbol} are from {chosen.source.name}; the period is not covered by {there}.")
    if chosen.source.name == SAMPLE:
        notices.append(f"Prices of {symbol} are sample data that ends on {chosen.stretch.end}.")
    return tuple(notices)


def _gap_notices(bars: Bars) -> tuple[str, ...]:
    held = period_of(bars.session)
    sessions = trading_calendar(held.start, held.end).sessions
    gaps = sessions[bars.session[np.searchsorted(bars.session, sessions)] != sessions]
    if not gaps.size:
        return ()
    return (f"{gaps.size} sessions of {bars.symbol} have no bar, the first on {gaps[0]}.",)
