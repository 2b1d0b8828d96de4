"""What the search maximises on train: the Sharpe ratio less penalties for missed targets, few trades, complexity."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.goal import Goal, Target
from backend.domain.results import Metrics
from backend.domain.spec import CONDITION_FIELDS, StrategySpec

TRADES_WANTED = 30
"""Closed trades over a train period of ``FULL_LENGTH`` or more; the verdict needs as many over all periods."""
FULL_LENGTH = 1_000
"""Bars; a shorter train period is asked for proportionally fewer trades."""
FEWEST_TRADES = 5

UNEVENNESS = "unevenness"
UNTRADED = -10.0
"""Score of a strategy that never moved: below anything that traded."""
FEW_TRADES_WEIGHT = 1.0
SHORTFALL_WEIGHT = 1.0
COMPLEXITY_WEIGHT = 0.02
UNEVEN_WEIGHT = 0.7
PARTS = 4
"""Parts of the train period whose Sharpe ratios should not differ much."""


@dataclass(frozen=True)
class Outcome:
    """The train figures that the score reads, by the names of ``Metrics``; None where undefined or unknown."""

    figures: dict[str, float | None]

    @classmethod
    def of(cls, metrics: Metrics) -> "Outcome":
        """All figures of a full measurement."""
        return cls(metrics.model_dump())

    def along(self, returns: Floats, periods_per_year: float) -> "Outcome":
        """With the figures that only the bar returns tell, shape (N,)."""
        return Outcome(self.figures | {UNEVENNESS: unevenness(returns, periods_per_year)})


@dataclass(frozen=True)
class Objective:
    """Scores outcomes of one goal on a train period of ``bars`` bars."""

    goal: Goal
    bars: int

    def score(self, spec: StrategySpec, outcome: Outcome) -> float:
        """Higher is better; comparable between strategies on the same train period."""
        sharpe, trades = outcome.figures.get("sharpe"), outcome.figures.get("trades") or 0.0
        if sharpe is None or (trades == 0 and not outcome.figures.get("total_return")):
            return UNTRADED
        missing_trades = max(0.0, 1.0 - trades / trades_wanted(self.goal, self.bars))
        missed = sum(min(shortfall(t, outcome.figures[t.metric]), 1.0) for t in self._targets(outcome))
        penalty = FEW_TRADES_WEIGHT * missing_trades + SHORTFALL_WEIGHT * missed
        uneven = UNEVEN_WEIGHT * (outcome.figures.get(UNEVENNESS) or 0.0)
        penalty += SHORTFALL_WEIGHT * min(surplus(spec, self.goal), 1.0)
        return sharpe - penalty - uneven - COMPLEXITY_WEIGHT * complexity(spec)

    def _targets(self, outcome: Outcome) -> list[Target]:
        known = outcome.figures
        return [t for t in self.goal.effective_targets if t.metric in known and t.metric != "trades"]


def unevenness(returns: Floats, periods_per_year: float) -> float:
    """Standard deviation of the yearly Sharpe ratios of equal parts of a period; a part without a move counts as 0.

    Numbers that owe their result to one part of the train period tend not to repeat it later.

    Args:
        returns: of the bars, shape (N,).
        periods_per_year: bars in a year.
    """
    parts = [part for part in np.array_split(returns, PARTS) if part.size]
    ratios = [part.mean() / deviation if (deviation := part.std()) > 0 else 0.0 for part in parts]
    return float(np.std(ratios) * sqrt(periods_per_year)) if ratios else 0.0


def trades_wanted(goal: Goal, bars: int) -> float:
    """Closed trades wanted on a train period of ``bars`` bars: the user's number, or one scaled by its length."""
    if goal.minimum_trades is not None:
        return float(goal.minimum_trades)
    return max(float(FEWEST_TRADES), TRADES_WANTED * min(1.0, bars / FULL_LENGTH))


def shortfall(target: Target, measured: float | None) -> float:
    """How far a target is missed, relative to its size.

    Returns:
        0 when it holds, 1 when the metric is undefined; otherwise the distance over the target's size (at least
        0.1, so that a target near zero is not missed infinitely far) and never 0.
    """
    if target.holds(measured):
        return 0.0
    if measured is None:
        return 1.0
    return max(abs(measured - target.value) / max(abs(target.value), 0.1), 1e-9)


def surplus(spec: StrategySpec, goal: Goal) -> float:
    """How much more complex than the goal allows, relative to what it allows; 0 where it is not."""
    most = goal.maximum_complexity
    return 0.0 if most is None else max(0.0, complexity(spec) / most - 1)


def complexity(spec: StrategySpec) -> int:
    """Parameters, joined conditions, series and risk rules: everything that can be fitted or can break."""
    conditions: list[str] = [text for field in CONDITION_FIELDS if (text := getattr(spec, field))]
    joints = sum(text.count(" and ") + text.count(" or ") for text in conditions)
    rules = sum(value is not None for value in spec.risk.model_dump().values())
    return len(spec.parameters) + len(spec.series) + len(conditions) + joints + rules
