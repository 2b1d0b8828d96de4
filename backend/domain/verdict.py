"""How a session ends: checks, hold-out, comparison with chance, verdict."""

from typing import Literal

from backend.domain.record import Record
from backend.domain.results import Metrics, YearFigures

Outcome = Literal["proven", "unproven", "rejected"]


class Check(Record):
    """One test of the chosen strategy; required ones decide, the others inform.

    Attributes:
        passed: None when the check does not apply or could not be made; the note says why.
        value, threshold: what was measured and what it is held against, in the check's own unit.
    """

    name: str
    required: bool
    passed: bool | None
    value: float | None
    threshold: float | None
    note: str


class Verdict(Record):
    """The outcome, every check behind it, and the reasons in words."""

    outcome: Outcome
    checks: tuple[Check, ...]
    reasons: tuple[str, ...]


class Holdout(Record):
    """What the sealed period showed, and what looking at it cost.

    Attributes:
        openings: distinct openings of this market and an overlapping period, this one included.
        growth: equity over capital at up to 60 evenly spread bars.
        years: figures by calendar year; empty in sessions of earlier versions.
    """

    metrics: Metrics
    p_value: float
    p_value_adjusted: float
    openings: int
    growth: tuple[float, ...] = ()
    years: tuple[YearFigures, ...] = ()


class NullPlayer(Record):
    """A strategy without skill on the same hold-out; None where undefined.

    Attributes:
        sharpe: of the player, or the median of its draws.
        beaten: share of draws that the chosen strategy beats, by Sharpe.
    """

    total_return: float | None
    sharpe: float | None
    max_drawdown: float | None
    draws: int
    beaten: float | None


class NullLeague(Record):
    """The chosen strategy beside players without skill."""

    buy_and_hold: NullPlayer | None
    random_entries: NullPlayer | None
    random_search: NullPlayer | None
