"""The supervisor: pure functions that decide whether to go on, and which attempt was best by validation."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from backend.agents.budgets import Shortage
from backend.domain.goal import Goal, Target
from backend.domain.results import Metrics
from backend.domain.sessions import Attempt
from backend.search.objective import complexity, shortfall, surplus

PATIENCE = 3
"""Replies of a model in a row that cannot be used; then the turn ends."""

NO_STRATEGY = "no reply of the model held a strategy that can be tested."


@dataclass(frozen=True)
class Miss:
    """A target that an attempt missed.

    Attributes:
        measured: None where the metric is undefined.
        shortfall: the distance relative to the target's size, above 0.
    """

    target: Target
    measured: float | None
    shortfall: float

    def __str__(self) -> str:
        measured = "undefined" if self.measured is None else f"{self.measured:.4g}"
        return f"{self.target} was missed: {self.target.metric} is {measured} ({self.shortfall:.0%} off)"


@dataclass(frozen=True)
class Standing:
    """How a turn stands before its next attempt.

    Attributes:
        done: attempts finished, failed ones included.
        wanted: attempts the turn may make.
        exhausted: the strategist has nothing left to propose.
        useless: the model's replies in a row that could not be used.
        fruitless: there are attempts, and not one of them has a strategy.
        short: a part of the budget that is used up.
    """

    done: int
    wanted: int
    exhausted: bool = False
    useless: int = 0
    fruitless: bool = False
    short: Shortage | None = None


@dataclass(frozen=True)
class Decision:
    """What to do next; ``early`` says why a turn ends before its time."""

    next: Literal["propose", "conclude"]
    early: Shortage | None = None


def decide(standing: Standing) -> Decision:
    """Whether to make another attempt; no model is asked about it."""
    if standing.exhausted or standing.done >= standing.wanted:
        return Decision("conclude", Shortage("replies", NO_STRATEGY) if standing.fruitless else None)
    if standing.useless >= PATIENCE:
        return Decision("conclude", Shortage("replies", f"{PATIENCE} replies of the model in a row were of no use."))
    return Decision("conclude", standing.short) if standing.short else Decision("propose")


def choose(goal: Goal, attempts: Sequence[Attempt]) -> Attempt | None:
    """The best attempt by validation, whenever it was made; None when none was measured.

    Attempts that meet every target (without one on the return, a net return above zero is implied) come first, by
    Sharpe ratio; otherwise the one with the smallest total shortfall, to which a strategy that is more complex than
    the goal allows adds its surplus. Of equals the simpler, then the earlier. One that never traded comes last: it is
    near every limit on risk, and no strategy at all.
    """
    measured = [attempt for attempt in attempts if attempt.validation is not None and attempt.failed_reason is None]
    return min(measured, key=lambda attempt: _rank(goal, attempt), default=None)


def misses(goal: Goal, metrics: Metrics) -> tuple[Miss, ...]:
    """Every target that ``metrics`` do not meet, the implied one on the return included, and by how much."""
    values = metrics.model_dump()
    found = ((target, values[target.metric]) for target in goal.effective_targets)
    return tuple(Miss(t, value, shortfall(t, value)) for t, value in found if not t.holds(value))


def _rank(goal: Goal, attempt: Attempt) -> tuple[float, float, int, int]:
    """Lower is better; shortfalls and Sharpe ratios are rounded, so that noise in the last digits decides nothing."""
    if attempt.validation is None or _untraded(attempt.validation):
        return (inf, inf, complexity(attempt.tested), attempt.n)
    missed = sum(miss.shortfall for miss in misses(goal, attempt.validation)) + surplus(attempt.tested, goal)
    sharpe = attempt.validation.sharpe
    return (
        round(missed, 9) if missed else 0.0,
        inf if sharpe is None else -round(sharpe, 9),
        complexity(attempt.tested),
        attempt.n,
    )


def _untraded(metrics: Metrics) -> bool:
    return metrics.trades == 0 and metrics.total_return == 0
