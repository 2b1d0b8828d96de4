"""Targets as people write them, and the predicates that they mean."""

import pytest

from tests.agents.understanding.asking import read, refuse


def targets(text: str) -> list[str]:
    return [str(target) for target in read(f"{text} on AAPL").targets]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("drawdown under 15 %", ["max_drawdown <= 0.15"]),
        ("drawdown below 15 percent", ["max_drawdown <= 0.15"]),
        ("max drawdown < 15%", ["max_drawdown < 0.15"]),
        ("maximum drawdown of 20%", ["max_drawdown <= 0.2"]),
        ("max. drawdown: 20%", ["max_drawdown <= 0.2"]),
        ("15% max drawdown", ["max_drawdown <= 0.15"]),
        ("keep the drawdown at most 12.5 %", ["max_drawdown <= 0.125"]),
        ("no more than 15% drawdown", ["max_drawdown <= 0.15"]),
        ("drawdown must not exceed 15%", ["max_drawdown <= 0.15"]),
        ("no drawdown above 15%", ["max_drawdown < 0.15"]),
        ("drawdown less than ten percent", ["max_drawdown < 0.1"]),
        ("drawdown under 0.15", ["max_drawdown <= 0.15"]),
        ("drawdown under 15", ["max_drawdown <= 0.15"]),
        ("drawdown under 15,5 %", ["max_drawdown <= 0.155"]),
        ("drawdown between 5 and 10 %", ["max_drawdown >= 0.05", "max_drawdown <= 0.1"]),
        ("Sharpe above 0.8", ["sharpe >= 0.8"]),
        ("a Sharpe ratio of at least 1", ["sharpe >= 1"]),
        ("at least a Sharpe of 1", ["sharpe >= 1"]),
        ("a Sharpe of 1 or more", ["sharpe >= 1"]),
        ("Sharpe above .5 and below 3", ["sharpe >= 0.5", "sharpe <= 3"]),
        ("Sharpe \u2265 1", ["sharpe >= 1"]),
        ("at least 30 trades", ["trades >= 30"]),
        ("30+ trades", ["trades >= 30"]),
        ("thirty trades or more", ["trades >= 30"]),
        ("40 trades minimum", ["trades >= 40"]),
        ("return over 10% a year", ["cagr >= 0.1"]),
        ("an annual return of more than 10 %", ["cagr > 0.1"]),
        ("make at least 10% per year", ["cagr >= 0.1"]),
        ("return over 10%", ["total_return >= 0.1"]),
        ("at least 0.5% per trade return", []),
        ("return above 0.5 % per trade", ["average_trade >= 0.005"]),
        ("win rate above 55 %", ["win_rate >= 0.55"]),
        ("profit factor over 1.5", ["profit_factor >= 1.5"]),
        ("sortino > 1.2", ["sortino > 1.2"]),
        ("calmar >= 1", ["calmar >= 1"]),
        ("volatility below 20%", ["volatility <= 0.2"]),
        ("Sharpe above 1 drawdown under 15%", ["sharpe >= 1", "max_drawdown <= 0.15"]),
        ("make at least 30 trades with under 15% drawdown", ["trades >= 30", "max_drawdown <= 0.15"]),
        ("low drawdown at least 30 trades", ["trades >= 30"]),
        ("drawdown under 15 % and drawdown under 15 %", ["max_drawdown <= 0.15"]),
    ],
)  # fmt: skip
def test_targets_become_predicates(text: str, expected: list[str]) -> None:
    assert targets(text) == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("drawdown under -5 %", "drawdown of -5 % is impossible"),
        ("drawdown under 150 %", "drawdown of 150 % is impossible"),
        ("drawdown at most 0 %", "no room"),
        ("drawdown 0", "no room"),
        ("win rate above 120 %", "win rate of 120 % is impossible"),
        ("win rate > 100 %", "win_rate > 1 is impossible"),
        ("Sharpe above 2 and below 1", "sharpe >= 2 and sharpe <= 1 contradict"),
        ("drawdown < 10%, drawdown >= 10%", "contradict"),
        ("at least 30 trades and at most 20 trades", "trades >= 30 and trades <= 20 contradict"),
        ("Sharpe above 80%", "not measured in percent"),
        ("at least 30.5 trades", "whole number"),
        ("at least 1,000 trades", "1,000 can be read in two ways"),
        ("return over 15", "15 can be read in two ways"),
        ("drawdown under 1", "1 can be read in two ways"),
        ("Sharpe above 1.2.3", "1.2.3 is not a number"),
        ("Sharpe above " + "9" * 400, "is not a number"),
    ],
)
def test_impossible_and_ambiguous_targets_are_named(text: str, named: str) -> None:
    assert named in refuse(f"{text} on AAPL")


def test_a_target_per_month_cannot_be_expressed_and_is_listed_whole() -> None:
    goal = read("AAPL with a return over 2% a month")
    assert goal.targets == ()
    assert goal.not_understood == ("return over 2% a month",)


def test_a_number_of_trades_is_a_limit_of_the_goal_too() -> None:
    assert read("AAPL at least 40 trades").minimum_trades == 40
    assert read("AAPL more than 40 trades").minimum_trades == 41
    goal = read("AAPL at most 60 trades")
    assert (goal.minimum_trades, goal.maximum_trades) == (None, 60)
