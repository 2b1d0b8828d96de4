"""What is maximised on train, with every penalty worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.goal import Target
from backend.search.families import FAMILIES
from backend.search.objective import (
    UNTRADED,
    Objective,
    Outcome,
    complexity,
    shortfall,
    trades_wanted,
)
from tests.agents.records import goal, metrics

TREND = FAMILIES["trend_cross"].build("long", None)


def score(*targets: str, bars: int = 2_000, **figures: float | None) -> float:
    return Objective(goal(*targets), bars).score(TREND, Outcome.of(metrics(**figures)))


def test_complexity_counts_what_can_be_fitted() -> None:
    # two parameters and two conditions
    assert complexity(TREND) == 4
    # four parameters, two conditions, one "and"
    assert complexity(FAMILIES["rsi_pullback"].build("long", None)) == 7


def test_a_good_strategy_pays_for_its_complexity_only() -> None:
    assert score(sharpe=1.0, trades=40) == pytest.approx(1.0 - 4 * 0.02)


def test_missing_trades_cost_their_share() -> None:
    # 12 of 30 trades: 60 % are missing
    assert score(sharpe=1.0, trades=12) == pytest.approx(0.92 - 0.6)
    # 500 bars want half as many: 12 of 15, so 20 % are missing
    assert score(sharpe=1.0, trades=12, bars=500) == pytest.approx(0.92 - 0.2)


def test_a_missed_target_costs_its_shortfall() -> None:
    # 0.18 against 0.15 is 20 % off
    assert score("max_drawdown <= 0.15", sharpe=1.0, max_drawdown=0.18) == pytest.approx(0.92 - 0.2)
    # three times the limit is 200 % off, counted as 100 %
    assert score("max_drawdown <= 0.1", sharpe=1.0, max_drawdown=0.3) == pytest.approx(0.92 - 1.0)


def test_without_a_return_target_a_loss_counts_as_missed() -> None:
    # -0.05 against 0, measured in tenths: 50 % off
    assert score(sharpe=0.5, total_return=-0.05) == pytest.approx(0.42 - 0.5)


def test_a_strategy_that_never_moved_is_worst() -> None:
    assert score(sharpe=None) == UNTRADED
    assert score(sharpe=0.0, trades=0, total_return=0.0) == UNTRADED
    assert score(sharpe=-3.0, trades=30, total_return=-0.9) > UNTRADED


def test_trades_wanted() -> None:
    assert trades_wanted(goal(), 5_000) == 30
    assert trades_wanted(goal(), 500) == 15
    assert trades_wanted(goal(), 50) == 5
    assert trades_wanted(goal(minimum_trades=60), 50) == 60


@given(st.sampled_from(["<", "<=", ">", ">="]), st.floats(-5, 5), st.one_of(st.none(), st.floats(-5, 5)))
def test_a_shortfall_is_zero_exactly_when_the_target_holds(op: str, value: float, measured: float | None) -> None:
    target = Target.model_validate({"metric": "sharpe", "op": op, "value": value})
    missed = shortfall(target, measured)
    assert missed >= 0
    assert (missed == 0) == target.holds(measured)
