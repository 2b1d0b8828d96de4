"""What holds an attempt back, one worked example for each finding."""

from typing import Any

from backend.agents.analyst import diagnose
from backend.domain.sessions import ConditionRate, Diagnosis, Observations
from backend.domain.spec import Risk
from tests.agents.records import SPEC, goal, metrics

SEEN = Observations(gross_return=0.55)


def diagnosis_of(*targets: str, seen: Observations = SEEN, **figures: Any) -> Diagnosis:
    return diagnose(goal(*targets), metrics(**figures), seen, SPEC)


def kinds(diagnosis: Diagnosis) -> list[str]:
    return [change.kind for change in diagnosis.suggested_changes]


def test_nothing_limits_a_good_attempt() -> None:
    diagnosis = diagnosis_of("max_drawdown <= 0.15", "sharpe >= 0.8")
    assert diagnosis.limiting_factor == "none"
    assert diagnosis.evidence == ("On train every target holds, with a Sharpe ratio of 1.00 over 40 trades.",)
    assert kinds(diagnosis) == ["refine"]


def test_too_few_trades_relax_the_rarest_condition() -> None:
    rates = (ConditionRate(expression="rsi(close, 4) < 30", rate=0.02), ConditionRate(expression="close > 0", rate=1.0))
    diagnosis = diagnosis_of(seen=Observations(gross_return=0.55, condition_rates=rates), trades=4)
    assert diagnosis.limiting_factor == "too_few_trades"
    assert diagnosis.evidence[0] == (
        "The strategy closed 4 trades on train; 30 are wanted."
        " Its rarest condition, rsi(close, 4) < 30, was true on 2.0 % of the bars."
    )
    first = diagnosis.suggested_changes[0]
    assert (first.kind, first.place) == ("relax_condition", "rsi(close, 4) < 30")


def test_the_users_own_number_of_trades_is_what_is_wanted() -> None:
    few = diagnose(goal(minimum_trades=50), metrics(trades=40), SEEN, SPEC)
    assert few.limiting_factor == "too_few_trades"
    assert "50 are wanted" in few.evidence[0]
    assert diagnose(goal(minimum_trades=20), metrics(trades=25), SEEN, SPEC).limiting_factor == "none"


def test_a_deep_drawdown_asks_for_less_risk() -> None:
    diagnosis = diagnosis_of("max_drawdown <= 0.15", max_drawdown=0.3)
    assert diagnosis.limiting_factor == "drawdown_too_deep"
    assert diagnosis.evidence == ("The equity fell by up to 30.0 % on train; the target is max_drawdown <= 0.15.",)
    assert kinds(diagnosis) == ["target_volatility", "add_regime_filter", "add_stop", "add_regime_filter"]
    assert diagnosis.suggested_changes[2].place == "risk.stop_loss"


def test_a_second_stop_trails() -> None:
    stopped = SPEC.model_copy(update={"risk": Risk(stop_loss=0.1)})
    diagnosis = diagnose(goal("max_drawdown <= 0.15"), metrics(max_drawdown=0.3), SEEN, stopped)
    assert diagnosis.suggested_changes[2].place == "risk.trailing_stop"


def test_without_a_target_only_a_very_deep_drawdown_counts() -> None:
    assert diagnosis_of(max_drawdown=0.3).limiting_factor == "none"
    assert diagnosis_of(max_drawdown=0.5).limiting_factor == "drawdown_too_deep"
    assert diagnosis_of("max_drawdown <= 0.9", max_drawdown=0.5).limiting_factor == "none"


def test_costs_that_eat_the_return_ask_for_slower_trading() -> None:
    # (1.00 - 0.40) / 1.00 = 60 % of the gross return
    diagnosis = diagnosis_of(seen=Observations(gross_return=1.0), total_return=0.4, trades=900)
    assert diagnosis.limiting_factor == "cost_dominated"
    assert diagnosis.evidence == (
        "Costs took 60.0 % of the gross return: 100.0 % before them, 40.0 % after 900 trades.",
    )
    assert kinds(diagnosis) == ["slow_down"]


def test_thin_sentiment_is_carried_forward_or_dropped() -> None:
    diagnosis = diagnosis_of(seen=Observations(gross_return=0.55, sentiment_coverage=0.25))
    assert diagnosis.limiting_factor == "thin_sentiment"
    assert "25.0 % of the train sessions" in diagnosis.evidence[0]
    assert kinds(diagnosis) == ["carry_sentiment_forward", "drop_sentiment"]


def test_a_weak_edge_asks_for_another_family() -> None:
    diagnosis = diagnosis_of(sharpe=0.2)
    assert diagnosis.limiting_factor == "weak_edge"
    assert diagnosis.evidence == ("The Sharpe ratio on train is 0.20; at least 0.4 is worth improving.",)
    assert kinds(diagnosis)[0] == "switch_family"
    assert "the target is win_rate >= 0.7" in diagnosis_of("win_rate >= 0.7").evidence[0]


def test_a_return_below_its_target() -> None:
    diagnosis = diagnosis_of("cagr >= 0.2")
    assert diagnosis.limiting_factor == "return_too_low"
    assert diagnosis.evidence == ("The cagr on train is 10.0 %; the target is cagr >= 0.2.",)


def test_findings_come_in_order_of_priority() -> None:
    thin = Observations(gross_return=0.1, sentiment_coverage=0.1)
    diagnosis = diagnosis_of(
        "max_drawdown <= 0.15", seen=thin, trades=2, max_drawdown=0.4, total_return=-0.2, sharpe=-0.3
    )
    assert diagnosis.limiting_factor == "too_few_trades"
    assert [sentence.split()[0:3] for sentence in diagnosis.evidence] == [
        ["The", "strategy", "closed"],
        ["The", "equity", "fell"],
        ["Costs", "took", "300.0"],
        ["Only", "10.0", "%"],
        ["The", "Sharpe", "ratio"],
        ["The", "total_return", "on"],
    ]
    assert len(set(diagnosis.suggested_changes)) == len(diagnosis.suggested_changes)


def test_an_attempt_without_any_trade() -> None:
    nothing = {"trades": 0, "sharpe": None, "total_return": 0.0, "cagr": None, "max_drawdown": 0.0}
    diagnosis = diagnosis_of("cagr >= 0.1", seen=Observations(gross_return=0.0), **nothing)
    assert diagnosis.limiting_factor == "too_few_trades"
    assert diagnosis.suggested_changes[0].place == "long_entry"
    assert any("undefined" in sentence for sentence in diagnosis.evidence)
