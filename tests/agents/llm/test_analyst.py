"""The analyst that asks a model: comments are added, facts stay those of the built-in diagnosis."""

from typing import Any

import pytest

from backend.agents.llm.analyst import LlmAnalyst
from backend.agents.strategist import Occasion
from backend.domain.errors import BudgetSpent, ModelAway
from backend.domain.sessions import Change, Diagnosis
from backend.search.context import SearchContext, TrainView
from tests.agents.llm.scripted_model import SESSION, ScriptedModel
from tests.agents.records import attempt, goal, metrics

STOP = Change(kind="add_stop", place="risk.stop_loss", reason="the equity fell by 40.0 %")
CALM = Change(kind="add_regime_filter", place="in calm markets", reason="the equity fell by 40.0 %")
BUILT_IN = Diagnosis(
    limiting_factor="drawdown_too_deep",
    evidence=("The equity fell by up to 40.0 % on train.",),
    suggested_changes=(STOP, CALM),
)
VIEWS = tuple(
    TrainView.of(attempt(n, metrics(sharpe=7.77), train=metrics(sharpe=0.123), diagnosis=BUILT_IN)) for n in (1, 2, 3)
)
CONTEXT = SearchContext(goal(), 4, VIEWS)
OCCASION = Occasion(SESSION, 2, "0003.analyse", lambda: False)


def comment(n: int, text: str = "Calm years carried it.", **fields: Any) -> dict[str, Any]:
    return {"attempt": n, "comment": text, "suggested_changes": []} | fields


def test_one_call_comments_on_the_attempts_of_a_round() -> None:
    model = ScriptedModel([{"comments": [comment(2), comment(3, "  Too\nlate.\u202e")]}])
    diagnoses = LlmAnalyst(model).review(OCCASION, CONTEXT)
    assert {n: d.comment for n, d in diagnoses.items()} == {2: "Calm years carried it.", 3: "Too late."}
    assert all(d.model_copy(update={"comment": ""}) == BUILT_IN for d in diagnoses.values())
    assert len(model.asked) == 1
    assert (model.askers[0].role, model.askers[0].step) == ("analyst", "0003.analyse")


def test_changes_are_put_in_front_and_none_is_lost() -> None:
    mine = [
        {"kind": "slow_down", "place": "exits", "reason": "it trades for noise"},
        {"kind": "add_regime_filter", "place": "in calm markets", "reason": "mine"},
    ]
    model = ScriptedModel([{"comments": [comment(2, suggested_changes=mine)]}])
    changes = LlmAnalyst(model).review(OCCASION, CONTEXT)[2].suggested_changes
    assert changes == (Change(kind="slow_down", place="exits", reason="it trades for noise"), CALM, STOP)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (comment(2, "Its Sharpe ratio is 1.4."), "has a number in it"),
        (comment(1), "was not asked for"),
        (comment(2, suggested_changes=[{"kind": "buy_more", "place": "", "reason": ""}]), "relax_condition"),
    ],
)
def test_what_an_analyst_may_not_say_goes_back(wrong: dict[str, Any], words: str) -> None:
    model = ScriptedModel([{"comments": [wrong]}, {"comments": [comment(2)]}])
    assert LlmAnalyst(model).review(OCCASION, CONTEXT)[2].comment == "Calm years carried it."
    assert words in model.told[0]


def test_a_useless_reply_leaves_the_diagnoses_as_they_are() -> None:
    assert LlmAnalyst(ScriptedModel([{}, {}, {}])).review(OCCASION, CONTEXT) == {}


@pytest.mark.parametrize("error", [ModelAway("Away."), BudgetSpent("Spent.")])
def test_outage_and_spent_budget_are_told_to_the_caller(error: Exception) -> None:
    with pytest.raises(type(error)):
        LlmAnalyst(ScriptedModel([error])).review(OCCASION, CONTEXT)


def test_nothing_to_comment_on_costs_no_call() -> None:
    model = ScriptedModel([])
    assert LlmAnalyst(model).review(Occasion(SESSION, 4, "0004.analyse", lambda: False), CONTEXT) == {}
    assert model.asked == []


def test_the_prompt_holds_train_figures_and_the_round_alone_in_detail() -> None:
    model = ScriptedModel([{"comments": []}])
    LlmAnalyst(model).review(OCCASION, CONTEXT)
    text = model.asked[0].messages[0].text
    assert "0.123" in text
    assert "7.77" not in text
    assert '{"attempt": 2' in text
    assert '{"attempt": 1' not in text
