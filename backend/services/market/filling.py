"""Fetches what a series lacks, chunk by chunk, and never joins two versions of a history."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

import numpy as np

from backend.domain.arrays import Dates
from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable, SourceAway, Unavailable
from backend.domain.moments import period_of, session_date
from backend.domain.periods import Period
from backend.domain.ports import Clock, FetchLocks, MarketStore, PriceSource, Progress
from backend.domain.stretches import ONE_DAY, chunks, hull, missing, shared
from backend.domain.timeframes import Timeframe
from backend.services.counters import DataCounters
from backend.services.market.joining import put_together, within
from backend.services.market.memory import BarRoom, Series
from backend.services.market.revisions import revision
from backend.services.market.sessions import adjoin, has_sessions, last_finished, sessions_of, without_bars

OVERLAP = 5
"""Stored sessions that are fetched again beside a missing stretch, to see whether their prices are still the same."""

MOST_HOLES = 5
"""So many holes of one answer are asked for one by one, more of them in one stretch."""

PAUSE = timedelta(seconds=60)
"""How long a source that did not answer is left alone."""

LATE = timedelta(hours=1)
"""After so long the last sessions are asked for again when their bars were not there yet."""


@dataclass(frozen=True)
class SharedBars:
    """Where bars are kept, what lets one process at a time fetch more of a series, and room for them in memory."""

    store: MarketStore
    locks: FetchLocks
    room: BarRoom = field(default_factory=BarRoom)


class Filling:
    """Fills series from their sources.

    The processes of one machine that share a data folder fetch a series of a remote source one after the other, and
    each sees what those before it have stored: nothing is fetched twice, and a history that one replaces is never
    joined to what another had fetched of the old one. Processes of different machines over one store do not wait for
    each other: both may fetch the same bars, and where one replaces the history between another's fetch and its write,
    that stretch keeps the old prices until sessions that adjoin it are fetched and the two are compared.

    Args:
        locks: who of several processes fetches.
        counters: told of every fetch.
        clock: the present moment.
    """

    def __init__(self, locks: FetchLocks, counters: DataCounters, clock: Clock) -> None:
        self._locks = locks
        self._counters = counters
        self._clock = clock
        self._away: dict[str, tuple[datetime, str]] = {}
        self._late: dict[tuple[str, str, Timeframe], tuple[datetime, Period]] = {}

    def away(self, source: PriceSource) -> bool:
        """Whether the source did not answer within the last minute."""
        until, _ = self._away.get(source.name, (None, ""))
        return until is not None and self._clock() < until

    def fill(self, series: Series, source: PriceSource, wanted: Period, progress: Progress) -> tuple[str, ...]:
        """Fetch and store all of ``wanted`` that is not there; what must be said about it.

        Each finished chunk is stored at once. A history that was rewritten replaces the whole series.

        Raises:
            SourceAway: the source does not answer; what was fetched before is kept.
            DataUnavailable: it cannot serve this, or its answer does not fit what is stored.
            Unavailable: whether another process fetches the same cannot be told.
        """
        if not self._lacking(series, source, wanted):
            return ()
        self._refuse_while_away(source)
        with self._alone(series, source, progress):
            return self._fill_gaps(series, source, wanted, progress)

    def _lacking(self, series: Series, source: PriceSource, wanted: Period) -> list[Period]:
        """The stretches of ``wanted`` that are not stored and worth asking for."""
        gaps = missing(wanted, series.stored(source.name).covered)
        return [gap for gap in gaps if has_sessions(gap) and not self._asked_in_vain(series, source, gap)]

    @contextmanager
    def _alone(self, series: Series, source: PriceSource, progress: Progress) -> Iterator[None]:
        """Wait for other processes that fetch this, and know what they stored; local sources need no such care."""
        if not source.remote:
            yield
            return
        name = f"bars {series.symbol} {series.timeframe} {source.name}"
        with self._locks.alone(name, lambda: progress(f"another process is fetching bars of {series.symbol}")):
            series.reread(self._clock())
            yield

    def _fill_gaps(self, series: Series, source: PriceSource, wanted: Period, progress: Progress) -> tuple[str, ...]:
        for gap in self._lacking(series, source, wanted):
            if not self._fill_gap(series, source, gap, progress):
                return (self._fetch_anew(series, source, wanted, progress),)
        return ()

    def _refuse_while_away(self, source: PriceSource) -> None:
        if self.away(source):
            raise SourceAway(self._away[source.name][1])

    def _fill_gap(self, series: Series, source: PriceSource, gap: Period, progress: Progress) -> bool:
        """Whether the fetched bars continue the stored ones; if not, none that adjoin them were stored."""
        before, after = _overlaps(series, source, gap)
        stretch = hull([gap, *before, *after])
        stored = [series.read(source.name, overlap) for overlap in (*before, *after)]
        parts = chunks(stretch, source.longest_request(series.timeframe), backwards=bool(after and not before))
        for number, part in enumerate(parts, start=1):
            progress(f"{series.symbol} {part}" + (f" ({number} of {len(parts)})" * (len(parts) > 1)))
            bars = self._fetch(series, source, part)
            if not all(_continues(old, bars, part) for old in stored if old is not None):
                return False
            new = shared(part, gap)
            complete = self._complete(series, source, bars, part) if source.remote else part
            covered = shared(new, complete) if new and complete else None
            if covered is not None:
                series.write(within(bars, covered), covered)
        return True

    def _complete(self, series: Series, source: PriceSource, bars: Bars, part: Period) -> Period | None:
        """The part of an answer that is final: the very last sessions may be published later."""
        behind = without_bars(bars.session, part)
        if len(bars):
            behind = behind[behind > bars.session[-1]]
        if not 0 < behind.size <= OVERLAP or session_date(behind, -1) != last_finished(self._clock()):
            return part
        late = Period(start=session_date(behind, 0), end=part.end)
        self._late[source.name, series.symbol, series.timeframe] = (self._clock() + LATE, late)
        return Period(start=part.start, end=late.start - ONE_DAY) if late.start > part.start else None

    def _asked_in_vain(self, series: Series, source: PriceSource, gap: Period) -> bool:
        until, late = self._late.get((source.name, series.symbol, series.timeframe), (None, gap))
        return until is not None and self._clock() < until and not any(map(has_sessions, missing(gap, [late])))

    def _fetch_anew(self, series: Series, source: PriceSource, wanted: Period, progress: Progress) -> str:
        """Replace the series by a new version, once all of it is there; says what happened."""
        stored = series.stored(source.name)
        whole = hull([*stored.covered, wanted])
        old = series.read(source.name, whole)
        reach = source.span(series.symbol, series.timeframe)
        if old is None or reach is None or period_of(old.session).start < reach.start:
            raise DataUnavailable(
                f"its prices changed, and it no longer serves all that is stored ({whole}): "
                "export that, then clear the symbol"
            )
        served = Period(start=max(whole.start, reach.start), end=whole.end)
        parts = chunks(served, source.longest_request(series.timeframe))
        fetched = []
        for number, part in enumerate(parts, start=1):
            progress(f"{series.symbol} anew, {part} ({number} of {len(parts)})")
            fetched.append(self._fetch(series, source, part))
        new = put_together(fetched)
        _require_whole(old, new)
        series.replace(new, whole)
        return _revision_notice(old, new)

    def _fetch(self, series: Series, source: PriceSource, part: Period) -> Bars:
        """One chunk; what a remote source left out of it is asked for once more."""
        bars = within(self._call(series, source, part), part)
        if not source.remote or not len(bars):
            return bars
        for hole in _holes(bars, part):
            try:
                bars = put_together([bars, within(self._call(series, source, hole), hole)])
            except DataUnavailable:
                break  # it has no more; the sessions still missing are counted in a notice
        return bars

    def _call(self, series: Series, source: PriceSource, part: Period) -> Bars:
        self._refuse_while_away(source)
        self._counters.source_calls += 1
        try:
            bars = source.fetch(series.symbol, series.timeframe, part)
        except Unavailable as error:
            self._away[source.name] = (self._clock() + PAUSE, error.message)
            raise SourceAway(error.message) from error
        self._counters.bars_fetched += len(bars)
        return bars


def _overlaps(series: Series, source: PriceSource, gap: Period) -> tuple[list[Period], list[Period]]:
    """The stored sessions right before and right after a gap that are to be compared."""
    stored = series.stored(source.name)
    if not source.remote or stored.held is None:
        return [], []
    reach = source.span(series.symbol, series.timeframe) or gap
    before = [shared(s, stored.held) for s in stored.covered if adjoin(s, gap)]
    after = [shared(s, stored.held) for s in stored.covered if adjoin(gap, s)]
    return (
        [_served(sessions_of(part)[-OVERLAP:], reach) for part in before if part and has_sessions(part)],
        [_served(sessions_of(part)[:OVERLAP], reach) for part in after if part and has_sessions(part)],
    )


def _served(sessions: Dates, reach: Period) -> Period:
    """From the first to the last of these that the source serves still; if it serves none, it is to say so itself."""
    whole = period_of(sessions)
    return shared(whole, reach) or whole


def _continues(old: Bars, bars: Bars, part: Period) -> bool:
    """Whether the stored bars of ``part`` are the same in the fetched ones."""
    known = within(old, part)
    if not len(known):
        return True
    if not np.isin(known.end, bars.end).any():
        raise DataUnavailable(
            f"it left out sessions that it served before ({period_of(known.session)}), so its answer cannot be joined"
            " to them"
        )
    return revision(known, bars) is None


def _holes(bars: Bars, part: Period) -> Sequence[Period]:
    """Stretches of sessions without a bar."""
    absent = without_bars(bars.session, part)
    absent = absent[absent > bars.session[0]]  # before its first bar it was not listed
    if not absent.size:
        return []
    position = np.searchsorted(sessions_of(part), absent) - np.arange(absent.size)
    runs = [[row for row, _ in run] for _, run in groupby(enumerate(position.tolist()), key=lambda pair: pair[1])]
    found = [Period(start=session_date(absent, run[0]), end=session_date(absent, run[-1])) for run in runs]
    return found if len(found) <= MOST_HOLES else [hull(found)]


def _require_whole(old: Bars, new: Bars) -> None:
    """A new version must reach as far as the one it replaces."""
    if not len(new) or new.session[0] > old.session[0] or new.session[-1] < old.session[-1]:
        got = period_of(new.session) if len(new) else "nothing"
        raise DataUnavailable(f"its prices changed, and it now serves {got} where {period_of(old.session)} is stored")


def _revision_notice(old: Bars, new: Bars) -> str:
    change = revision(old, new)
    told = str(change) if change else "its prices changed in passing"
    return (
        f"{new.symbol} from {new.source}: {told}; it was fetched anew, and bots keep the prices they were saved with."
    )
