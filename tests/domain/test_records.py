"""Records refuse what they do not know, and targets are false on what was not measured."""

import pickle
from datetime import date

import pytest
from pydantic import ValidationError

from backend.domain.errors import BackproofError, InvalidInput
from backend.domain.goal import Target
from backend.domain.periods import Period, Periods
from backend.domain.spec import Parameter, Risk, Sizing, StrategySpec
from backend.domain.suggestions import did_you_mean

FIVE = Parameter(name="n", kind="int", value=5, low=1, high=9)


@pytest.mark.parametrize(
    ("target", "measured", "holds"),
    [
        (Target(metric="max_drawdown", op="<=", value=0.15), 0.15, True),
        (Target(metric="max_drawdown", op="<", value=0.15), 0.15, False),
        (Target(metric="sharpe", op=">=", value=0.8), 0.79, False),
        (Target(metric="sharpe", op=">", value=0.8), 0.81, True),
        (Target(metric="sharpe", op="<", value=9.0), None, False),  # undefined is not a value
    ],
)
def test_targets_are_predicates(target: Target, measured: float | None, holds: bool) -> None:
    assert target.holds(measured) is holds


def test_periods_follow_each_other() -> None:
    first = Period(start=date(2020, 1, 1), end=date(2020, 1, 9))
    second = Period(start=date(2020, 1, 9), end=date(2020, 2, 1))
    third = Period(start=date(2020, 3, 1), end=date(2020, 4, 1))
    with pytest.raises(ValidationError, match="follow each other"):
        Periods(train=first, validation=second, holdout=third)


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValidationError, match="cannot end"):
        Period(start=date(2020, 1, 2), end=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({}, "long_entry or a short_entry"),
        ({"long_entry": "close > 0", "leverage": 3}, "Extra inputs"),
        ({"long_entry": "close > 0", "sizing": Sizing(kind="risk_per_trade", value=0.01)}, "needs a stop_loss"),
        ({"long_entry": "close > 0", "parameters": [FIVE, FIVE]}, "used twice"),
    ],
)
def test_an_incomplete_strategy_is_refused(fields: dict[str, object], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        StrategySpec.model_validate({"name": "x", **fields})


def test_parameters_stay_within_their_bounds() -> None:
    with pytest.raises(ValidationError, match=r"not within 1\.\.9"):
        Parameter(name="n", kind="int", value=10, low=1, high=9)
    with pytest.raises(ValidationError, match="whole numbers"):
        Parameter(name="n", kind="int", value=2.5, low=1, high=9)


def test_other_values_leave_everything_else_alone() -> None:
    spec = StrategySpec(
        name="x", long_entry="close > sma(close, n)", risk=Risk(stop_loss=0.05),
        parameters=(FIVE,),
    )  # fmt: skip
    moved = spec.with_values({"n": 7})
    assert moved.parameters[0].value == 7
    assert moved.model_copy(update={"parameters": spec.parameters}) == spec


def test_errors_keep_message_and_hint_over_a_process_border() -> None:
    error = pickle.loads(pickle.dumps(InvalidInput("wrong", "right")))
    assert isinstance(error, BackproofError)
    assert (error.message, error.hint) == ("wrong", "right")


def test_suggestions_ignore_case_and_give_nothing_for_nothing() -> None:
    assert did_you_mean("SMAA", ["sma", "ema"]) == 'did you mean "sma"?'
    assert did_you_mean("zzz", ["sma"]) == ""
