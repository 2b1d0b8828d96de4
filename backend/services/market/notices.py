"""Says what must be known about bars whatever their prices are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from backend.domain.bars import Bars
from backend.domain.moments import period_of, session_date
from backend.domain.periods import Period
from backend.engine.calendar import trading_calendar
from backend.services.market.sessions import without_bars

SAMPLE = "sample"


@dataclass(frozen=True)
class Passed:
    """Why a source did not serve.

    Attributes:
        why: the stretches that it has, or a reason in words.
        away: it does not answer.
        refused: it does not know the symbol, or cannot serve the timeframe or period.
        covers: whether ``why`` names stretches.
    """

    source: str
    why: str
    away: bool = False
    refused: bool = False
    covers: bool = True

    def __str__(self) -> str:
        if self.away:
            return f"{self.source} does not answer ({self.why})"
        return f"{self.source} {self.why}" if self.covers else f"{self.source}: {self.why}"


def choice_notices(symbol: str, source: str, end: date, passed: Sequence[Passed]) -> tuple[str, ...]:
    """Which source serves, if that may surprise: the ones before it did not, or it is the sample."""
    told = f"sample data that ends on {end}" if source == SAMPLE else f"from {source}"
    away = [f"{other}: prices of {symbol} are {told}." for other in passed if other.away]
    others = "; ".join(str(other) for other in passed if not other.away)
    notices = [f"Prices of {symbol} are from {source}; the period is not covered by {others}."] if others else []
    if source == SAMPLE and not away:
        notices.append(f"Prices of {symbol} are {told}.")
    return (*away, *notices)


def stored_only_notice(symbol: str, reason: Passed, bars: Bars) -> str:
    """What is served of a source that could not be asked."""
    return f"{reason}: prices of {symbol} are what was stored before, up to {period_of(bars.session).end}."


def unfinished_notice(symbol: str, finished: date) -> str:
    """Why the bars end before the end that was asked for."""
    return f"Prices of {symbol} go up to {finished}; today's session is not finished."


def gap_notices(bars: Bars, period: Period) -> tuple[str, ...]:
    """How many sessions of ``period`` have no bar."""
    absent = without_bars(bars.session, period)
    if not absent.size:
        return ()
    first = session_date(absent, 0)
    if absent.size == 1:
        return (f"1 session of {bars.symbol} has no bar: {first}.",)
    return (f"{absent.size} sessions of {bars.symbol} have no bar, the first on {first}.",)


def missing_notices(bars: Bars) -> tuple[str, ...]:
    """How many bars are missing within sessions that have some; bars of a day cannot be."""
    if bars.timeframe.minutes is None:
        return ()
    period = period_of(bars.session)
    hours = trading_calendar(period.start, period.end)
    length = np.timedelta64(bars.timeframe.minutes * 60, "s")
    held = np.isin(hours.sessions, bars.session)
    opens, bars_wanted = hours.opens[held], -((hours.opens - hours.closes)[held] // length)
    first = np.repeat(np.cumsum(bars_wanted) - bars_wanted, bars_wanted)
    wanted = np.repeat(opens, bars_wanted) + (np.arange(first.size) - first) * length
    absent = wanted[~np.isin(wanted, bars.start)]
    if not absent.size:
        return ()
    sessions = np.unique(np.searchsorted(opens, absent, side="right")).size
    counted = f"{absent.size:,} bars" if absent.size > 1 else "1 bar"
    within = f"{sessions} sessions" if sessions > 1 else "1 session"
    verb = "are" if absent.size > 1 else "is"
    return (f"{counted} of {bars.symbol} {verb} missing within {within}, the first from {absent[0]}Z on.",)
