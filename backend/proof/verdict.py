"""The verdict: what all checks together say, and why, in words."""

from collections.abc import Sequence

from backend.domain.goal import Goal
from backend.domain.results import Metrics
from backend.domain.verdict import Check, Outcome, Verdict
from backend.proof.checks import CHECKS
from backend.proof.evidence import Evidence
from backend.proof.targets import missed
from backend.proof.wording import counted


def attainable(goal: Goal, validation: Metrics) -> bool:
    """Whether every target holds on validation: only then is a hold-out worth opening."""
    return not missed(goal, validation)


def judge(evidence: Evidence, recorded: Sequence[Check] = ()) -> Verdict:
    """Make every check and conclude; those of ``recorded`` stand as they were made before.

    ``rejected``: a target does not hold on validation; such a session opens no hold-out, and the checks that need one
    are not made. ``proven``: every required check holds. ``unproven``: anything else.
    """
    standing = {check.name: check for check in recorded}
    checks = tuple(standing[name] if name in standing else check(evidence) for name, check in CHECKS.items())
    outcome = _outcome(evidence, checks)
    reasons = (*_headline(evidence, outcome, checks), *_shortfalls(checks), _circumstances(evidence))
    return Verdict(outcome=outcome, checks=checks, reasons=reasons)


def _outcome(evidence: Evidence, checks: Sequence[Check]) -> Outcome:
    if not attainable(evidence.goal, evidence.validation.metrics):
        return "rejected"
    return "proven" if all(check.passed for check in checks if check.required) else "unproven"


def _headline(evidence: Evidence, outcome: Outcome, checks: Sequence[Check]) -> tuple[str, ...]:
    required = [check for check in checks if check.required]
    if outcome == "proven":
        return (f"Proven: all {len(required)} required checks hold.",)
    if outcome == "rejected":
        nearest = "; ".join(str(measured) for measured in missed(evidence.goal, evidence.validation.metrics))
        return (
            f"Rejected: the targets were not attained within the budget of {counted(evidence.attempts, 'attempt')}.",
            f"The nearest was attempt {evidence.attempt}; on validation it missed: {nearest}.",
        )
    failed = ", ".join(check.name for check in required if not check.passed)
    return (f"Unproven: the targets hold on validation, but not every required check does: {failed}.",)


def _shortfalls(checks: Sequence[Check]) -> tuple[str, ...]:
    """What failed, required checks first; the targets of a rejected session are in its headline already."""
    failed = [check for check in checks if check.passed is False and check.name != "targets_validation"]
    required = tuple(f"{check.name}: {check.note}" for check in failed if check.required)
    return required + tuple(f"To keep in mind, {check.name}: {check.note}" for check in failed if not check.required)


def _circumstances(evidence: Evidence) -> str:
    made = f"{counted(evidence.attempts, 'attempt')} with {counted(evidence.trials.trials, 'trial')}"
    if evidence.earlier_trials:
        made += f" ({evidence.earlier_trials:,} of them in the session before)"
    worth = f"worth {evidence.trials.effective:,.1f} independent ones"
    opened = "it opens no hold-out"
    if evidence.holdout is not None:
        opened = f"opening number {evidence.opening_rank} of this market and period"
    origin = evidence.origin
    by = (
        f"by {origin.proposers}; the chosen one by {origin.strategist}"
        if origin.proposers
        else f"by {origin.strategist}"
    )
    return f"{made}, {worth}, {by}; {opened}."
