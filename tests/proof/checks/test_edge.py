"""The edge on the hold-out, with the ledger's factor and the profit."""

import pytest

from backend.proof.checks.edge import check, measure_edge
from tests.proof.evidence_samples import evidence, with_metrics

SAMPLE = evidence()
assert SAMPLE.holdout is not None
HOLDOUT = SAMPLE.holdout


def test_a_real_edge_passes() -> None:
    made = check(SAMPLE)
    assert made.passed is True
    assert made.threshold == 0.05
    assert made.value is not None
    assert made.value <= 0.05
    assert "first look" in made.note


def test_chance_does_not() -> None:
    made = check(evidence(0.0))
    assert made.passed is False
    assert "hold-out would show it" in made.note or "no length of history would help" in made.note


def test_each_look_multiplies_p_by_its_rank_squared() -> None:
    p = measure_edge(SAMPLE, HOLDOUT).edge.p
    values = [check(evidence(opening_rank=rank)).value for rank in (1, 2, 3)]
    assert values == pytest.approx([p, min(1, 4 * p), min(1, 9 * p)])


def test_enough_looks_undo_any_edge() -> None:
    made = check(evidence(opening_rank=100_000))
    assert made.passed is False
    assert made.value == 1.0
    assert "look number 100000" in made.note
    # However small p was, its strength per year stays finite and more history would help.
    assert "years of hold-out would show it (there are 3.0 years)" in made.note


def test_a_strength_that_no_history_would_show_is_not_given_in_years() -> None:
    """The better test is on the side of an edge by a hair: p is near 1, and years would be counted in thousands."""
    drawn = [evidence(0.0, seed=seed, opening_rank=100) for seed in range(20)]
    faint = [made for made in drawn if made.holdout and 0.9 < measure_edge(made, made.holdout).edge.p < 1]
    assert faint
    for made in faint:
        assert "no history of a realistic length would show an edge" in check(made).note


def test_an_edge_without_a_profit_fails() -> None:
    made = check(evidence(holdout=with_metrics(HOLDOUT, total_return=0.0)))
    assert made.passed is False
    assert made.value is not None
    assert made.value <= 0.05
    assert "net return on the hold-out is 0 %, not above zero" in made.note


def test_the_holdout_stays_sealed() -> None:
    made = check(evidence(holdout=None))
    assert (made.passed, made.value) == (None, None)
