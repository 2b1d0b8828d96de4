"""All that the checks read about one chosen strategy, and nothing that they do not."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from backend.domain.arrays import Dates, Floats
from backend.domain.goal import Goal
from backend.domain.periods import Period
from backend.domain.results import Metrics
from backend.domain.sentiment import DatasetLink
from backend.domain.verdict import Check
from backend.proof.causality import CausalityProbe
from backend.proof.trials import TrialCount


@dataclass(frozen=True, eq=False)
class PeriodEvidence:
    """What one backtest of one period showed; N bars, no missing values.

    Attributes:
        returns: net bar returns, the first against the capital, in excess of the interest on cash; shape (N,).
        weight: share of equity held at each close, signed; shape (N,), or (N, K) for K symbols.
        market_return: close-to-close returns of what was traded, likewise in excess; same shape as ``weight``.
        session: trading session of each bar, ``datetime64[D]``, shape (N,).
        open_at_end: a position was still held and marked to the last close.
    """

    period: Period
    metrics: Metrics
    returns: Floats
    weight: Floats
    market_return: Floats
    session: Dates
    open_at_end: bool

    @property
    def trades(self) -> int:
        """Closed trades, and the position still open if there is one."""
        return self.metrics.trades + int(self.open_at_end)

    @property
    def session_count(self) -> int:
        """Distinct trading sessions."""
        return int(np.unique(self.session).size)


@dataclass(frozen=True)
class Origin:
    """Who proposed the strategy.

    Attributes:
        strategist: ``built-in search`` or the model's name.
        proposers: everybody who proposed in the session; empty where that is the strategist alone.
        language_model: it may have read about the period that it is tested on.
        knowledge_cutoff: the last day that the model was trained on, as its maker states it; None when not stated.
    """

    strategist: str
    language_model: bool = False
    knowledge_cutoff: date | None = None
    proposers: str = ""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The chosen strategy of a session, before or after its hold-out was opened.

    Attributes:
        attempt: number of the attempt that was chosen (or came nearest), of ``attempts`` made.
        holdout: None until it was opened.
        earlier_trials: those of ``trials`` that a session before this one made.
        opening_rank: which distinct look at this market and an overlapping period the hold-out's opening is.
        warmup, longest_holding: bars; how far the strategy's memory reaches.
        probes: one for each symbol.
        twice_the_costs: metrics at twice the costs, of the hold-out if it was opened, else of validation.
    """

    goal: Goal
    origin: Origin
    attempt: int
    attempts: int
    train: PeriodEvidence
    validation: PeriodEvidence
    holdout: PeriodEvidence | None
    trials: TrialCount
    opening_rank: int
    warmup: int
    longest_holding: int
    probes: tuple[CausalityProbe, ...]
    periods_per_year: float
    datasets: tuple[DatasetLink, ...] = ()
    twice_the_costs: Metrics | None = None
    earlier_trials: int = 0

    @property
    def periods(self) -> tuple[PeriodEvidence, ...]:
        """Those that were looked at, in time."""
        seen = (self.train, self.validation)
        return seen if self.holdout is None else (*seen, self.holdout)


def sealed(name: str, *, required: bool) -> Check:
    """A check that waits for the hold-out."""
    return Check(
        name=name, required=required, passed=None, value=None, threshold=None, note="The hold-out was not opened."
    )
