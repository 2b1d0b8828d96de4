"""What is known of a session while it runs, gathered from its events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.cli.render.events import dataset_line, diagnosis_text, goal_line
from backend.domain.goal import Goal
from backend.domain.results import Metrics
from backend.domain.sessions import Attempt, Event

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class AttemptRow:
    """One attempt as far as it has come; numbers are None until it was backtested.

    Attributes:
        diagnosis: what held it back on train.
        meets_targets: whether every target holds on validation; None where that is not known.
        by_model: whether a language model proposed it.
    """

    n: int
    name: str
    family: str
    trials: int | None = None
    train: Metrics | None = None
    validation: Metrics | None = None
    diagnosis: str = ""
    failed_reason: str = ""
    meets_targets: bool | None = None
    by_model: bool = False

    @classmethod
    def of(cls, attempt: Attempt, goal: Goal | None = None) -> "AttemptRow":
        """The row of a stored attempt, held against the targets of ``goal``."""
        diagnosis = attempt.diagnosis.model_dump() if attempt.diagnosis else None
        return cls(
            n=attempt.n,
            name=attempt.title,
            family=attempt.family,
            trials=attempt.trials,
            train=attempt.train,
            validation=attempt.validation,
            diagnosis=diagnosis_text(diagnosis) if diagnosis else "",
            failed_reason=attempt.failed_reason or "",
            meets_targets=_meets(goal, attempt.validation),
            by_model=attempt.author == "llm",
        )


@dataclass(frozen=True)
class Progress:
    """The state of a running session; ``doing`` is what it is busy with, empty once it has ended."""

    request: str = ""
    goal: str = ""
    understood: Goal | None = None
    datasets: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    attempts: tuple[AttemptRow, ...] = ()
    doing: str = "starting"


def advance(progress: Progress, event: Event) -> Progress:
    """The progress after ``event``; an event that changes nothing to be seen is passed over."""
    step = _STEPS.get(event.type)
    return step(progress, event.data) if step else progress


def _proposed(progress: Progress, facts: Facts) -> Progress:
    row = AttemptRow(n=facts["n"], name=facts["name"], family=facts["family"], by_model=_by_model(facts))
    return replace(_with_row(progress, row), doing=f"tuning and testing attempt {facts['n']}")


def _backtested(progress: Progress, facts: Facts) -> Progress:
    row = AttemptRow(
        n=facts["n"],
        name=facts["name"],
        family=facts["family"],
        trials=facts["trials"],
        train=_metrics(facts["train"]),
        validation=_metrics(facts["validation"]),
        failed_reason=facts["failed_reason"] or "",
        meets_targets=_meets(progress.understood, _metrics(facts["validation"])),
        by_model=_by_model(facts),
    )
    return replace(_with_row(progress, row), doing=f"looking at attempt {facts['n']}")


def _analysed(progress: Progress, facts: Facts) -> Progress:
    rows = tuple(
        replace(row, diagnosis=diagnosis_text(facts["diagnosis"])) if row.n == facts["n"] else row
        for row in progress.attempts
    )
    return replace(progress, attempts=rows, doing="proposing the next attempt, or concluding")


def _with_row(progress: Progress, row: AttemptRow) -> Progress:
    """Add the row, or replace the one of the same number."""
    rows = {known.n: known for known in progress.attempts} | {row.n: row}
    return replace(progress, attempts=tuple(rows[n] for n in sorted(rows)))


def _understood(progress: Progress, facts: Facts) -> Progress:
    goal = Goal.model_validate(facts["goal"])
    return replace(progress, goal=goal_line(facts["goal"]), understood=goal, doing="fetching data")


def _by_model(facts: Facts) -> bool:
    return facts.get("author") == "llm"


def _meets(goal: Goal | None, validation: Metrics | None) -> bool | None:
    if goal is None or validation is None:
        return None
    return all(target.holds(getattr(validation, target.metric)) for target in goal.effective_targets)


def _metrics(facts: Facts | None) -> Metrics | None:
    return Metrics.model_validate(facts) if facts else None


_STEPS: dict[str, Callable[[Progress, Facts], Progress]] = {
    "session.started": lambda progress, facts: replace(progress, request=facts["request"], doing="reading the request"),
    "goal.understood": _understood,
    "data.progress": lambda progress, facts: replace(progress, doing="fetching data: " + facts["text"]),
    "dataset.ready": lambda progress, facts: replace(progress, datasets=(*progress.datasets, dataset_line(facts))),
    "notice": lambda progress, facts: replace(progress, notices=(*progress.notices, facts["text"])),
    "attempt.progress": lambda progress, facts: replace(progress, doing=str(facts.get("text", progress.doing))),
    "attempt.proposed": _proposed,
    "attempt.backtested": _backtested,
    "attempt.analysed": _analysed,
    "verdict.reached": lambda progress, _: replace(progress, doing=""),
    "session.ended": lambda progress, _: replace(progress, doing=""),
}
