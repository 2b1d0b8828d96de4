"""The ledger of what was looked at: openings of periods, and the trials of a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.domain.arrays import Dates, Floats
from backend.domain.periods import Period

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
