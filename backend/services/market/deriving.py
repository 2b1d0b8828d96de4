"""Serves a timeframe out of shorter bars that are stored."""

import numpy as np

from backend.domain.bars import Bars
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import MINUTES_PER_SESSION
from backend.engine.resampling import resample
from backend.services.market.asking import Asked, MarketSlice


def of_finer(asked: Asked, timeframe: Timeframe) -> Asked:
    """The question for the shorter bars of which the wanted ones are made, with as long a warm-up."""
    ratio = _minutes(asked.timeframe) // _minutes(timeframe)
    return Asked(asked.symbol, timeframe, asked.period, asked.warmup_bars * ratio)


def from_finer(found: MarketSlice, asked: Asked) -> MarketSlice:
    """The answer in the timeframe that was asked for; it says what it was made of."""
    finer = found.bars
    bars = resample(finer, asked.timeframe)
    made = f"{asked.timeframe} bars of {asked.symbol} are made of {finer.timeframe} bars from {finer.source}."
    notices = [made]
    if len(finer) and (not len(bars) or finer.end[-1] > bars.end[-1]):
        notices.append(
            f"The last {asked.timeframe} bar of {asked.symbol} was left out: its prices end at {finer.end[-1]}Z."
        )
    return MarketSlice(bars, found.period, (*found.notices, *notices, *_early(finer, bars)))


def _early(finer: Bars, bars: Bars) -> tuple[str, ...]:
    """That some bars close with an earlier price than their end says, for shorter ones are missing there."""
    if not len(bars):
        return ()
    last = finer.end[np.searchsorted(finer.end, bars.end, side="right") - 1]
    early = np.flatnonzero(last < bars.end)
    if not early.size:
        return ()
    which = "1 bar" if early.size == 1 else f"{early.size:,} of {len(bars):,} bars"
    told = f"{which} of {bars.symbol} ({bars.timeframe}) closed earlier than the clock says, the first at"
    return (f"{told} {last[early[0]]}Z: {finer.timeframe} bars after it are missing.",)


def _minutes(timeframe: Timeframe) -> int:
    return timeframe.minutes or MINUTES_PER_SESSION
