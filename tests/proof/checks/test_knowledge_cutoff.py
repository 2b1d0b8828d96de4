"""A model's proposal must show its edge on days that it cannot have read about."""

from datetime import date, timedelta

import pytest

from backend.proof.checks.knowledge_cutoff import check
from backend.proof.evidence import Origin
from tests.proof.evidence_samples import evidence

SAMPLE = evidence()
assert SAMPLE.holdout is not None
HOLDOUT = SAMPLE.holdout


def model(cutoff: date | None) -> Origin:
    return Origin("some-model", language_model=True, knowledge_cutoff=cutoff)


def test_a_search_remembers_nothing() -> None:
    made = check(SAMPLE)
    assert (made.passed, made.required) == (None, False)


def test_an_old_model_is_tested_on_the_whole_holdout() -> None:
    made = check(evidence(origin=model(HOLDOUT.period.start - timedelta(days=1))))
    assert (made.passed, made.required) == (True, True)
    assert "756 sessions" in made.note


def test_only_later_sessions_count() -> None:
    made = check(evidence(origin=model(HOLDOUT.session[505].astype(object))))
    assert made.passed is True
    assert "250 sessions" in made.note
    shorter = check(evidence(origin=model(HOLDOUT.session[506].astype(object))))
    assert shorter.passed is False
    assert "has 249 sessions after the training cutoff" in shorter.note


def test_an_edge_that_ends_at_the_cutoff_is_memory() -> None:
    made = check(evidence(0.0, origin=model(HOLDOUT.period.start)))
    assert made.passed is False
    assert made.value is not None
    assert made.value > 0.05


@pytest.mark.parametrize("cutoff", [None, HOLDOUT.period.end])
def test_an_unknown_or_late_cutoff_fails(cutoff: date | None) -> None:
    made = check(evidence(origin=model(cutoff)))
    assert made.passed is False
    assert "may remember this period" in made.note


def test_waits_for_the_holdout() -> None:
    assert check(evidence(origin=model(None), holdout=None)).passed is None
