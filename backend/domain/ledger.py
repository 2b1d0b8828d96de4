"""The ledger of what was looked at: openings of periods, and the trials of a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from backend.domain.arrays import Dates, Floats
from backend.domain.bars import Bars
from backend.domain.periods import Period

SeenWith = tuple[str, str, str]
"""Symbol, hash of the strategy, hash of the data: the same again shows nothing new."""

OpeningKind = Literal["session", "backtest", "cell", "report"]


@dataclass(frozen=True, eq=False)
class MarketFingerprint:
    """Daily close-to-close returns of a market, by which it is recognised under another name.

    Attributes:
        session: ``datetime64[D]``, ascending, shape (S,).
        daily_return: fractions, shape (S,).
    """

    session: Dates
    daily_return: Floats

    @classmethod
    def of(cls, bars: Bars, period: Period) -> "MarketFingerprint":
        """From the last close of each session of ``period``, whatever the timeframe.

        The first return is against the session before the period; it is left out where the bars begin with it.
        """
        last_of_session = np.append(bars.session[1:] != bars.session[:-1], len(bars) > 0)[: len(bars)]
        session, close = bars.session[last_of_session], bars.close[last_of_session]
        start, end = (np.datetime64(day, "D") for day in (period.start, period.end))
        inside = (session[1:] >= start) & (session[1:] <= end)
        return cls(session=session[1:][inside], daily_return=(close[1:] / close[:-1] - 1)[inside])


@dataclass(frozen=True, eq=False)
class Opening:
    """One look of an owner at a period of a market with one strategy.

    Attributes:
        id: derived from owner, spec, data, seed and period, so the same look again is the same opening.
        subject_id: the session or run that showed it.
        period: the sessions that were shown.
        fingerprint: of the market over that period.
    """

    id: str
    owner: str
    kind: OpeningKind
    subject_id: str
    symbol: str
    spec_hash: str
    data_hash: str
    period: Period
    fingerprint: MarketFingerprint
    opened_at: datetime


@dataclass(frozen=True, eq=False)
class TrialBatch:
    """The trials of one step of a session as a bounded sketch of their return series.

    Attributes:
        step: the step that evaluated them; a step run again replaces nothing and adds nothing.
        count: candidates evaluated.
        sketch: shape (count, D), one row a trial; rows of equal length have comparable angles.
    """

    session_id: str
    step: str
    count: int
    sketch: Floats
