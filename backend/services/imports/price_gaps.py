"""Says which bars of a file are not taken by design, and which ones a session lacks."""

import numpy as np

from backend.domain.bars import Bars
from backend.domain.moments import period_of
from backend.engine.calendar import trading_calendar
from backend.services.imports.price_times import BarTimes


def outside_notices(symbol: str, times: BarTimes) -> tuple[str, ...]:
    """How many bars of extended hours were left out."""
    if not times.outside.size:
        return ()
    count = times.outside.size
    if count == 1:
        return (f"1 bar of {symbol} lies outside regular trading hours and was left out.",)
    return (f"{count:,} bars of {symbol} lie outside regular trading hours and were left out.",)


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
