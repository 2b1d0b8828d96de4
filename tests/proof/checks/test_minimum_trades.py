"""Enough trades, in all and on the hold-out."""

from dataclasses import replace

import pytest

from backend.domain.verdict import Check
from backend.proof.checks.minimum_trades import check
from tests.proof.evidence_samples import evidence, with_metrics


def judged(train: int, validation: int, holdout: int, minimum: int | None = None, open_at_end: bool = False) -> Check:
    sample = evidence()
    assert sample.holdout is not None
    return check(
        replace(
            sample,
            goal=sample.goal.model_copy(update={"minimum_trades": minimum}),
            train=with_metrics(sample.train, trades=train),
            validation=with_metrics(sample.validation, trades=validation),
            holdout=replace(with_metrics(sample.holdout, trades=holdout), open_at_end=open_at_end),
        )
    )


@pytest.mark.parametrize(
    ("trades", "passed", "value", "threshold"),
    [
        ((20, 5, 5), True, 30.0, 30.0),
        ((20, 5, 4), False, 29.0, 30.0),
        ((40, 5, 4), False, 4.0, 5.0),
        ((0, 0, 0), False, 0.0, 30.0),
    ],
)
def test_thirty_in_all_and_five_on_the_holdout(
    trades: tuple[int, int, int], passed: bool, value: float, threshold: float
) -> None:
    made = judged(*trades)
    assert (made.passed, made.value, made.threshold) == (passed, value, threshold)


def test_an_open_position_counts() -> None:
    assert judged(20, 5, 4, open_at_end=True).passed is True


@pytest.mark.parametrize(
    ("minimum", "trades", "passed"),
    [
        (12, (8, 2, 2), True),  # a sixth of 12 on the hold-out
        (12, (8, 3, 1), False),
        (100, (80, 10, 10), True),
        (100, (80, 10, 9), False),
        (100, (90, 10, 4), False),  # still five on the hold-out
        (1, (0, 0, 1), True),
    ],
)
def test_the_users_own_number_replaces_thirty(minimum: int, trades: tuple[int, int, int], passed: bool) -> None:
    assert judged(*trades, minimum=minimum).passed is passed


def test_says_how_much_history_would_be_needed() -> None:
    # 15 trades in 2,520 bars = 10 years: 30 would take 20 years. 2 of 5 in 3 years of hold-out: 7.5 years.
    assert "a history of about 20 years" in judged(8, 2, 5).note
    assert "a hold-out of about 7.5 years" in judged(40, 2, 2).note
    assert "no length of history would help" in judged(0, 0, 0).note
