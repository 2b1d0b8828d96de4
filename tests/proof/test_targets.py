"""Targets: what is implied, which one counts as the worst, and how they read."""

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.goal import NET_PROFIT, Goal, Operator, Target
from backend.domain.results import METRIC_NAMES
from backend.proof.targets import measure_targets, missed, targets_of
from backend.proof.wording import (
    METRICS_IN_WORDS,
    about_years,
    counted,
    measured_against,
    metric_value,
    predicate,
    probability,
    years,
)
from tests.proof.evidence_samples import metrics


def goal(*targets: tuple[str, Operator, float], maximum_trades: int | None = None) -> Goal:
    made = tuple(Target(metric=metric, op=op, value=value) for metric, op, value in targets)
    return Goal(request="", symbols=("TEST",), targets=made, maximum_trades=maximum_trades)


def test_a_profit_is_implied_without_a_return_target() -> None:
    assert targets_of(goal())[-1] == NET_PROFIT
    assert targets_of(goal(("sharpe", ">=", 1.0)))[-1] == NET_PROFIT
    # A ceiling on the return asks for none.
    assert targets_of(goal(("total_return", "<=", 0.5)))[-1] == NET_PROFIT
    assert targets_of(goal(("cagr", ">=", 0.1))) == goal(("cagr", ">=", 0.1)).targets


def test_breaking_even_is_no_profit() -> None:
    assert missed(goal(), metrics(total_return=0.0))
    assert not missed(goal(), metrics(total_return=1e-9))


def test_a_limit_on_trades_is_a_target() -> None:
    assert [str(m.target) for m in missed(goal(maximum_trades=19), metrics(trades=20))] == ["trades <= 19"]
    assert not missed(goal(maximum_trades=20), metrics(trades=20))


def test_a_limit_on_trades_that_was_stated_as_a_target_counts_once() -> None:
    twice = goal(("trades", "<=", 20), maximum_trades=20)
    assert [str(target) for target in targets_of(twice)] == ["trades <= 20", "total_return > 0"]


def test_a_predicate_on_an_undefined_metric_is_false_and_worst() -> None:
    asked = goal(("max_drawdown", "<=", 0.01), ("win_rate", "<=", 1.0))
    worst = measure_targets(asked, metrics(win_rate=None))[0]
    assert worst.target.metric == "win_rate"
    assert not worst.holds
    assert str(worst) == "win rate undefined (wanted: at most 100 %)"


def test_the_worst_is_the_one_furthest_from_its_threshold() -> None:
    # Drawdown 20 % against 15 %: a third too deep. Sharpe ratio 0.5 against 1: half is missing.
    measured = measure_targets(
        goal(("max_drawdown", "<=", 0.15), ("sharpe", ">=", 1.0)), metrics(max_drawdown=0.2, sharpe=0.5)
    )
    assert [m.target.metric for m in measured] == ["sharpe", "max_drawdown", "total_return"]
    assert [m.margin for m in measured] == pytest.approx([-0.5, -1 / 3, 0.2])


def test_an_unknown_metric_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InvalidInput, match="unknown metric") as refused:
        targets_of(goal(("max_drawdwn", "<=", 0.1)))
    assert "max_drawdown" in refused.value.hint


def test_every_metric_has_words() -> None:
    assert tuple(METRICS_IN_WORDS) == METRIC_NAMES


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("max_drawdown", 0.15, "15 %"),
        ("max_drawdown", 0.1824, "18.2 %"),
        ("sharpe", 1.0, "1.00"),
        ("trades", 30.0, "30"),
        ("final_equity", 1_234_567.8, "1,234,568"),
        ("total_return", -0.031, "-3.1 %"),
        ("win_rate", None, "undefined"),
        ("trades", 100.0, "100"),
    ],
)
def test_values_read_in_their_unit(metric: str, value: float | None, text: str) -> None:
    assert metric_value(metric, value) == text


def test_different_numbers_never_read_the_same() -> None:
    target = Target(metric="max_drawdown", op="<=", value=0.15)
    assert predicate(target) == "maximum drawdown at most 15 %"
    assert measured_against(target, 0.1501) == "maximum drawdown 15.01 % (wanted: at most 15 %)"
    assert measured_against(target, 0.15) == "maximum drawdown 15 % (wanted: at most 15 %)"
    assert measured_against(NET_PROFIT, 0.0) == "net return 0 % (wanted: over 0 %)"
    assert measured_against(NET_PROFIT, -1e-13) == "net return 0 % (wanted: over 0 %)"  # never "-0 %"


def test_lengths_and_chances_in_words() -> None:
    assert years(441, 252) == "1.8 years"
    assert years(252 * 33.3, 252) == "33 years"
    assert years(252 * 1234, 252) == "1,234 years"
    assert about_years(441, 252) == "about 1.8 years"
    assert about_years(252 * 999.4, 252) == "about 999 years"
    assert about_years(252 * 1000, 252) == about_years(float("inf"), 252) == "more than 1,000 years"
    assert probability(0.0001) == "under 0.001"
    assert probability(0.0314) == "0.031"
    assert counted(1, "trial") == "1 trial"
    assert counted(1_234, "trial") == "1,234 trials"
