"""The user's predicates on one period: what was asked for, what is implied, and the one that is missed most."""

from dataclasses import dataclass

from backend.domain.errors import InvalidInput
from backend.domain.goal import Goal, Target
from backend.domain.results import METRIC_NAMES, Metrics
from backend.domain.suggestions import did_you_mean
from backend.domain.verdict import Check
from backend.proof.evidence import PeriodEvidence
from backend.proof.wording import measured_against


@dataclass(frozen=True)
class Measured:
    """A predicate and what a period showed; ``value`` is None where the metric is undefined."""

    target: Target
    value: float | None

    @property
    def holds(self) -> bool:
        """An undefined metric never satisfies a predicate."""
        return self.target.holds(self.value)

    @property
    def margin(self) -> float:
        """Distance to the threshold as a share of it (of 1 at a threshold of 0); negative on the wrong side."""
        if self.value is None:
            return float("-inf")
        distance = self.value - self.target.value
        towards = distance if self.target.op in (">", ">=") else -distance
        return towards / (abs(self.target.value) or 1.0)

    def __str__(self) -> str:
        return measured_against(self.target, self.value)


def targets_of(goal: Goal) -> tuple[Target, ...]:
    """The goal's effective targets, each about a metric that there is.

    Raises:
        InvalidInput: a target names a metric that does not exist.
    """
    for target in goal.targets:
        if target.metric not in METRIC_NAMES:
            raise InvalidInput(
                f"The target {target} is about an unknown metric.",
                did_you_mean(target.metric, METRIC_NAMES) or f"known are {', '.join(METRIC_NAMES)}",
            )
    return goal.effective_targets


def measure_targets(goal: Goal, metrics: Metrics) -> tuple[Measured, ...]:
    """Each predicate with its measured value, the one that is missed most (or held most narrowly) first."""
    measured = (Measured(target, getattr(metrics, target.metric)) for target in targets_of(goal))
    return tuple(sorted(measured, key=lambda m: (m.holds, m.margin)))


def missed(goal: Goal, metrics: Metrics) -> tuple[Measured, ...]:
    """The predicates that do not hold, the worst first."""
    return tuple(m for m in measure_targets(goal, metrics) if not m.holds)


def check_targets(name: str, goal: Goal, evidence: PeriodEvidence) -> Check:
    """One check over all predicates; value and threshold are those of the worst one, the note names every one."""
    measured = measure_targets(goal, evidence.metrics)
    groups = {"Missed": [m for m in measured if not m.holds], "Holds": [m for m in measured if m.holds]}
    note = " ".join(f"{word}: {'; '.join(map(str, group))}." for word, group in groups.items() if group)
    worst = measured[0]
    return Check(
        name=name,
        required=True,
        passed=worst.holds,
        value=None if worst.value is None else float(worst.value),
        threshold=worst.target.value,
        note=note,
    )
