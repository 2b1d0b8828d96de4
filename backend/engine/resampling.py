"""Longer bars out of shorter ones, session by session, so that no bar knows more than its end."""

from dataclasses import replace

import numpy as np

from backend.domain.arrays import Dates, Floats, Instants, Integers
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.moments import period_of
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar


def resample(bars: Bars, timeframe: Timeframe) -> Bars:
    """The same trading in longer bars.

    Buckets are counted from the open of each session and cut at its close, so the last one of a session may be short,
    as on half days; none reaches over a night or a change of clocks. A bucket without bars has no bar. The very last
    bucket is left out unless its end was reached: it is not finished.

    Args:
        bars: T bars of a shorter timeframe, each within the regular hours of its session.
        timeframe: of the result.

    Returns:
        Open of the first, highest high, lowest low, close and adjustment of the last bar of each bucket; volumes added.

    Raises:
        InvalidInput: the bars are not shorter, lie outside the hours of the exchange, or across the edges of buckets.
    """
    if bars.timeframe not in timeframe.finer:
        raise InvalidInput(
            f"{timeframe} bars of {bars.symbol} cannot be made of {bars.timeframe} bars.",
            f"{timeframe} needs one of {', '.join(timeframe.finer) or 'no other timeframe'}",
        )
    if not len(bars):
        return replace(bars, timeframe=timeframe)
    opens, closes = _hours(bars)
    start, end = _buckets(bars, timeframe, opens, closes)
    first = np.flatnonzero(np.concatenate([[True], start[1:] != start[:-1]]))
    if bars.end[-1] < end[-1]:
        first, stop = first[:-1], int(first[-1])
    else:
        stop = len(bars)
    return _joined(bars, timeframe, first, stop, (start, end))


def _joined(bars: Bars, timeframe: Timeframe, first: Integers, stop: int, edges: tuple[Instants, Instants]) -> Bars:
    """One bar for each run of bars that begins at ``first``; the last run ends before ``stop``."""
    start, end = edges
    last = np.append(first[1:], stop)[: first.size] - 1
    return replace(
        bars,
        timeframe=timeframe,
        session=bars.session[first],
        start=start[first],
        end=end[first],
        open=bars.open[first],
        high=_reduced(np.maximum, bars.high[:stop], first),
        low=_reduced(np.minimum, bars.low[:stop], first),
        close=bars.close[last],
        volume=_reduced(np.add, bars.volume[:stop], first),
        adjustment=bars.adjustment[last],
    )


def _reduced(rule: np.ufunc, values: Floats, first: Integers) -> Floats:
    reduced: Floats = rule.reduceat(values, first) if first.size else np.empty(0)
    return reduced


def _hours(bars: Bars) -> tuple[Instants, Instants]:
    """Open and close of the session of each bar, shape (T,) each."""
    whole = period_of(bars.session)
    calendar = trading_calendar(whole.start, whole.end)
    at = np.minimum(np.searchsorted(calendar.sessions, bars.session), max(len(calendar) - 1, 0))
    if not len(calendar):
        raise _outside(bars, bars.session)
    opens, closes = calendar.opens[at], calendar.closes[at]
    outside = (calendar.sessions[at] != bars.session) | (bars.start < opens) | (bars.end > closes)
    if outside.any():
        raise _outside(bars, bars.session[outside])
    return opens, closes


def _outside(bars: Bars, sessions: Dates) -> InvalidInput:
    return InvalidInput(
        f"A bar of {bars.symbol} on {sessions[0]} lies outside the hours of the exchange.",
        "leave out bars before the open and after the close",
    )


def _buckets(bars: Bars, timeframe: Timeframe, opens: Instants, closes: Instants) -> tuple[Instants, Instants]:
    """Start and end of the bucket that each bar belongs to, shape (T,) each."""
    if timeframe.minutes is None:
        return opens, closes
    length = np.timedelta64(60 * timeframe.minutes, "s")
    start: Instants = np.add(opens, (bars.start - opens) // length * length)
    end: Instants = np.minimum(np.add(start, length), closes)
    across = bars.end > end
    if across.any():
        raise InvalidInput(
            f"The bar of {bars.symbol} at {bars.end[across][0]}Z reaches over the end of a {timeframe} bar.",
            "count bars from the open of the session, without seconds",
        )
    return start, end
