"""The targets on validation and on the hold-out."""

from backend.domain.goal import Goal, Target
from backend.proof.checks import targets_holdout, targets_validation
from tests.proof.evidence_samples import evidence, with_metrics

GOAL = Goal(
    request="",
    symbols=("TEST",),
    targets=(Target(metric="max_drawdown", op="<=", value=0.15), Target(metric="sharpe", op=">=", value=1.0)),
)


def test_targets_that_hold_name_each_value() -> None:
    made = targets_validation.check(evidence(goal=GOAL))
    assert made.passed is True
    # The Sharpe ratio of 1.1 is nearest to its threshold: 10 % above; the drawdown has a third to spare.
    assert (made.value, made.threshold) == (1.1, 1.0)
    for fact in ("Sharpe ratio 1.10", "maximum drawdown 10 %", "net return"):
        assert fact in made.note


def test_each_period_is_held_against_the_same_targets() -> None:
    sample = evidence(goal=GOAL)
    deep = with_metrics(sample.validation, max_drawdown=0.2)
    assert sample.holdout is not None
    changed = evidence(goal=GOAL, validation=deep, holdout=with_metrics(sample.holdout, sharpe=None))
    validation, holdout = targets_validation.check(changed), targets_holdout.check(changed)
    assert (validation.passed, validation.value, validation.threshold) == (False, 0.2, 0.15)
    assert validation.note.startswith("Missed: maximum drawdown 20 % (wanted: at most 15 %). Holds: ")
    assert (holdout.passed, holdout.value, holdout.threshold) == (False, None, 1.0)
    assert "Sharpe ratio undefined" in holdout.note


def test_a_loss_misses_the_implied_target() -> None:
    made = targets_validation.check(evidence(validation=with_metrics(evidence().validation, total_return=-0.01)))
    assert made.passed is False
    assert "net return -1 %" in made.note


def test_the_holdout_stays_sealed() -> None:
    made = targets_holdout.check(evidence(holdout=None))
    assert made.passed is None
    assert made.required
    assert made.note == "The hold-out was not opened."
