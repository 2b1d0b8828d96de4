"""The deflated Sharpe ratio on train and validation."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.proof.checks.deflated_sharpe import check
from backend.proof.evidence import Evidence
from backend.proof.trials import TrialCount
from tests.proof.evidence_samples import evidence, period_evidence

EDGE, NONE = evidence(), evidence(0.0, seed=9)


def test_a_real_edge_is_strong() -> None:
    made = check(EDGE)
    assert made.passed is True
    assert made.value is not None
    assert made.value >= 0.95
    assert "strong" in made.note
    assert "412 trials (38.2 independent ones)" in made.note


def test_chance_fails_and_is_told_what_it_lacks() -> None:
    made = check(NONE)
    assert made.passed is False
    assert made.threshold == 0.5
    assert "strong" not in made.note
    assert "history" in made.note or "of train and validation would be needed" in made.note


def test_needed_history_by_hand() -> None:
    # Daily Sharpe ratio 0.05 (yearly 0.79) on 1,764 days; the best of 100 shows 2.53 / sqrt(1,763) = 0.060 by luck.
    # (2.5306 / 0.05)^2 + 1 = 2,563 days = 10.2 years would bring the two level; there are 7.
    wave = np.tile([1.0, -1.0], 882)
    returns = 0.01 * (wave + 0.05 * wave.std(ddof=1))
    train, validation = (period_evidence(part, part, part, "2010-01-04") for part in (returns[:1260], returns[1260:]))
    made = check(evidence(train=train, validation=validation, trials=TrialCount(500, 100.0)))
    assert made.passed is False
    assert f"Sharpe ratio of {0.05 * sqrt(252):.2f}" in made.note
    assert "about 10.2 years of train and validation would be needed (there are 7.0 years)" in made.note


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_more_trials_never_help(a: float, b: float) -> None:
    fewer, more = (check(evidence_with(trials)).value for trials in sorted((a, b)))
    assert fewer is not None
    assert more is not None
    assert more <= fewer


def evidence_with(effective: float) -> Evidence:
    return replace(NONE, trials=TrialCount(100_000, effective))


@pytest.mark.parametrize("constant", [0.0, 0.001])
def test_a_strategy_that_never_varies_has_no_sharpe_ratio(constant: float) -> None:
    flat = period_evidence(np.full(300, constant), np.zeros(300), np.zeros(300), "2010-01-04")
    made = check(evidence(train=flat, validation=flat))
    assert (made.passed, made.value) == (False, None)
    assert "never vary" in made.note
