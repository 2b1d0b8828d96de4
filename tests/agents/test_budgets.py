"""Spent against allowed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.agents.budgets import PAID, WORKED, Spent, evaluations_left, nearest, shortage
from backend.domain.models import Budget, ModelCall, Tokens
from backend.domain.sessions import Usage


def call(n: int, **changes: Any) -> ModelCall:
    stated = {"status": "answered", "tokens": Tokens(input=100, output=20), "usd": 0.01} | changes
    at = datetime(2024, 1, 2, tzinfo=UTC)
    return ModelCall(session_id="ses_1", n=n, step="0001.propose", role="strategist", request_hash="h", at=at, **stated)


def spent(*calls: ModelCall, seconds: float = 0.0, backtests: int = 0) -> Spent:
    return Spent.of(calls, seconds=seconds, backtests=backtests)


def test_a_call_that_was_never_settled_counts_in_full_and_a_recorded_one_not_at_all() -> None:
    found = spent(call(1), call(2, status="reserved", usd=0.5), call(3, recorded=True, usd=0.0), backtests=7)
    usage = found.reported(Usage(source_calls=4))
    assert (usage.calls, usage.recorded_calls) == (2, 1)
    assert (usage.tokens_in, usage.tokens_out) == (200, 40)
    assert usage.usd == pytest.approx(0.51)
    assert (usage.backtests, usage.source_calls) == (7, 4)


@pytest.mark.parametrize(
    ("budget", "kind"),
    [
        (Budget(tokens=240), "tokens"),
        (Budget(usd=0.02), "usd"),
        (Budget(seconds=9.5), "seconds"),
        (Budget(backtests=50), "backtests"),
        (Budget(tokens=241, usd=0.021, seconds=9.6, backtests=51), None),
        (Budget(), None),
    ],
)
def test_a_part_that_is_used_up_is_named_with_its_limit(budget: Budget, kind: str | None) -> None:
    found = shortage(budget, spent(call(1), call(2), seconds=9.5, backtests=50), PAID | WORKED)
    assert (found.kind if found else None) == kind
    assert found is None or "the budget of " in found.sentence


def test_only_the_parts_that_were_asked_about_count() -> None:
    assert shortage(Budget(tokens=1), spent(call(1)), WORKED) is None
    assert shortage(Budget(backtests=1), spent(backtests=1), PAID) is None


def test_the_part_that_a_call_would_exceed_is_the_one_that_is_used_most() -> None:
    assert nearest(Budget(tokens=1_000, usd=0.012), spent(call(1))) == "usd"  # 12 % against 83 %
    assert nearest(Budget(tokens=130, usd=1), spent(call(1))) == "tokens"
    assert nearest(Budget(seconds=1), spent(seconds=5)) == "tokens"


def test_the_last_attempt_gets_what_is_left() -> None:
    assert evaluations_left(Budget(), spent(backtests=500), 120) == 120
    assert evaluations_left(Budget(backtests=560), spent(backtests=500), 120) == 60
    assert evaluations_left(Budget(backtests=400), spent(backtests=500), 120) == 0
