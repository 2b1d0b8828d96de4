"""Serves a timeframe out of shorter bars that are stored."""

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
    return MarketSlice(bars, found.period, (*found.notices, *notices))


def _minutes(timeframe: Timeframe) -> int:
    return timeframe.minutes or MINUTES_PER_SESSION
