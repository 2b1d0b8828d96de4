"""Answers one question from one source: what is stored of it, and what it serves beyond that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable, SourceAway
from backend.domain.moments import period_of, rows_within
from backend.domain.periods import Period
from backend.domain.ports import Clock, PriceSource, Progress, StoredBars
from backend.domain.stretches import ONE_DAY, joined, shared
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import FIRST_DAY, LAST_DAY
from backend.services.market.asking import Asked, MarketSlice
from backend.services.market.filling import Filling
from backend.services.market.memory import Series
from backend.services.market.notices import Passed, gap_notices, missing_notices, stored_only_notice, unfinished_notice
from backend.services.market.sessions import (
    covered_by,
    ends_with_today,
    last_finished,
    sessions_of,
    with_warmup,
    without_closures,
)

FEW = 5
"""So many sessions without bars at the end of a period are a gap; more of them mean that there is no more."""


class _NotCovered(DataUnavailable):
    """It has the symbol, but not over the whole period."""


@dataclass(frozen=True)
class _Plan:
    """Which stretch serves a question."""

    stretch: Period
    period: Period
    unfinished: bool


class Answering:
    """Asks one source at a time.

    Args:
        filling: fetches what is missing.
        clock: the present moment, which decides what is finished.
    """

    def __init__(self, filling: Filling, clock: Clock) -> None:
        self._filling = filling
        self._clock = clock

    def stretches(self, series: Series, source: PriceSource) -> tuple[Period, ...]:
        """What a source may serve together with what is stored of it, ascending; asks nobody."""
        stored = series.stored(source.name).covered
        reach = self._reach(source, series.symbol, series.timeframe)
        return without_closures(joined(stored if reach is None else (*stored, reach)))

    def known_stretches(self, series: Series, source: PriceSource) -> tuple[Period, ...]:
        """The same without the ends that are known to be empty, and without what cannot be fetched now."""
        stored = series.stored(source.name)
        if source.remote and self._filling.away(source):
            return _within_held(without_closures(stored.covered), stored)
        found = self.stretches(series, source)
        return _within_held(found, stored) if source.remote and stored.covered else found

    def answer(
        self, series: Series, source: PriceSource, asked: Asked, progress: Progress
    ) -> tuple[MarketSlice | None, Passed | None]:
        """Bars with their notices, or why there are none; neither when the source does not know the symbol."""
        stretches = self.stretches(series, source)
        if not stretches:
            return None, None
        plan = self._plan(asked, stretches)
        if plan is None:
            return None, Passed(source.name, ", ".join(map(str, stretches)))
        try:
            return self._served(series, source, asked, plan, progress), None
        except SourceAway as error:
            passed = Passed(source.name, error.message.rstrip("."), away=True)
        except DataUnavailable as error:
            refused = not isinstance(error, _NotCovered)
            passed = Passed(source.name, error.message.rstrip("."), refused=refused, covers=False)
        return self._from_store(series, source, asked, passed), passed

    def _reach(self, source: PriceSource, symbol: str, timeframe: Timeframe) -> Period | None:
        """What it may serve; of a remote source no session that is not finished."""
        reach = source.span(symbol, timeframe)
        if reach is None or not source.remote:
            return reach
        return shared(reach, Period(start=FIRST_DAY, end=last_finished(self._clock())))

    def _plan(self, asked: Asked, stretches: Sequence[Period]) -> _Plan | None:
        """The stretch that covers the period; with an open end the longest that does."""
        period = asked.period
        if (period.start or FIRST_DAY) < FIRST_DAY or (period.end or LAST_DAY) > LAST_DAY:
            return None
        is_open = period.start is None or period.end is None
        for stretch in sorted(stretches, key=lambda s: s.start - s.end) if is_open else stretches:
            filled = period.filled(stretch.start, stretch.end)
            if filled and covered_by(stretch, filled):
                return _Plan(stretch, filled, unfinished=False)
            if filled and ends_with_today(filled.end, self._clock()):
                end = last_finished(self._clock())
                finished = Period(start=filled.start, end=end) if filled.start <= end else None
                if finished and covered_by(stretch, finished):
                    return _Plan(stretch, finished, unfinished=True)
        return None

    def _served(
        self, series: Series, source: PriceSource, asked: Asked, plan: _Plan, progress: Progress
    ) -> MarketSlice:
        wanted = with_warmup(plan.stretch, plan.period, asked.timeframe, asked.warmup_bars)
        changes = self._filling.fill(series, source, wanted, progress)
        bars = series.bars(source.name, wanted)
        if bars is None:
            raise _NotCovered(f"no {asked.timeframe} bars from {wanted.start} to {wanted.end}")
        if source.remote:
            _require_reach(bars, asked, plan.period)
        return _slice(bars, asked, plan, source, changes)

    def _from_store(self, series: Series, source: PriceSource, asked: Asked, passed: Passed) -> MarketSlice | None:
        """What was stored of a source that could not be asked, where that is enough."""
        stored = series.stored(source.name)
        plan = self._plan(asked, _within_held(without_closures(stored.covered), stored))
        if plan is None:
            return None
        wanted = with_warmup(plan.stretch, plan.period, asked.timeframe, asked.warmup_bars)
        bars = series.bars(source.name, wanted)
        if bars is None or not _rows(bars, plan.period):
            return None
        return _slice(bars, asked, plan, source, (stored_only_notice(asked.symbol, passed, bars),))


def _slice(bars: Bars, asked: Asked, plan: _Plan, source: PriceSource, notices: Sequence[str]) -> MarketSlice:
    held = period_of(bars.session)
    start = plan.period.start if asked.period.start else max(plan.period.start, held.start)
    end = plan.period.end if asked.period.end else min(plan.period.end, held.end)
    unfinished = [unfinished_notice(asked.symbol, end)] if plan.unfinished else []
    looked_at = held
    if source.remote:  # what lies before the first bar of a warm-up is no gap: it may not have been listed
        looked_at = Period(start=min(held.start, start), end=max(held.end, end))
    gaps = *gap_notices(bars, looked_at), *missing_notices(bars)
    return MarketSlice(bars, Period(start=start, end=end), (*notices, *unfinished, *gaps))


def _require_reach(bars: Bars, asked: Asked, period: Period) -> None:
    """Bars must begin and end near the dates that were stated."""
    inside = bars.session[rows_within(bars.session, period)]
    if not inside.size:
        raise _NotCovered(f"no bars from {period.start} to {period.end}, only {period_of(bars.session)}")
    held = period_of(inside)
    if asked.period.start and _sessions_before(period.start, held.start) > FEW:
        raise _NotCovered(f"no bars before {held.start} (it was not listed, or the source goes no further back)")
    if asked.period.end and _sessions_before(held.end, period.end) > FEW:
        raise _NotCovered(f"no bars after {held.end} (it was delisted or renamed, or the source ends there)")


def _sessions_before(first: date, last: date) -> int:
    """Steps from one session to a later one."""
    return int(sessions_of(Period(start=first, end=last)).size) - 1


def _rows(bars: Bars, period: Period) -> int:
    rows = rows_within(bars.session, period)
    return int(rows.stop - rows.start)


def _within_held(stretches: Sequence[Period], stored: StoredBars) -> tuple[Period, ...]:
    """Stretches without the covered days before the first and after the last bar; none where no bar is stored."""
    if stored.held is None:
        return ()
    found = []
    for stretch in stretches:
        start, end = stretch.start, stretch.end
        for covered in stored.covered:
            if covered.start <= start <= covered.end and stored.held.start > start:
                start = min(covered.end + ONE_DAY, stored.held.start)
        for covered in reversed(stored.covered):
            if covered.start <= end <= covered.end and stored.held.end < end:
                end = max(covered.start - ONE_DAY, stored.held.end)
        if start <= end:
            found.append(Period(start=start, end=end))
    return tuple(found)
