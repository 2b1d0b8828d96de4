"""Answers come from stored values alone; what is not stored is said to be unknown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents.conversation.answers import RULES, answer
from backend.agents.conversation.answers.teller import Teller
from backend.agents.conversation.facts import facts_of
from backend.agents.conversation.questions import Asked, is_question
from tests.agents.conversation.samples import VERDICT, told

YEAR_2008 = (
    "In 2008, on train, attempt 2 returned -12.5 % with a maximum drawdown of 30.0 % and 6 closed trades; buy and hold"
    " returned -50.0 %."
)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("why did it fail in 2008?", YEAR_2008),
        ("why did it fail in 2008?", "It closed 6 trades. Required checks that failed: edge."),
        ("how was 2008?", YEAR_2008),
        ("what was the return in 2011?", "In 2011, on the hold-out, attempt 2 returned +5.0 %"),
        ("what was the return in 1995?", "1995 is unknown: the data is from 2006-01-03 to 2011-12-30."),
        ("what was the Sharpe ratio in 2008?", "The Sharpe ratio of a single year is unknown"),
        ("what is the drawdown?", "of attempt 2 is 10.0 % on train, 10.0 % on validation, 20.0 % on the hold-out."),
        ("how many trades on the hold-out?", "The number of closed trades of attempt 2 is 17 on the hold-out."),
        ("what is the sharpe of attempt 1?", "of attempt 1 is 1.00 on train, 0.50 on validation."),
        ("what is the sharpe of attempt 1 on the hold-out?", "unknown on the hold-out, which was not opened with it"),
        ("which attempt was best?", "Chosen by validation: Attempt 2"),
        ("which attempt was the worst?", "The lowest Sharpe ratio on validation: Attempt 1"),
        ("compare attempts 1 and 2", "Sharpe ratio 0.50"),
        ("compare attempts 1 and 2", "Sharpe ratio 1.50"),
        ("compare attempt 2 with 7", "There is no attempt 7; there are 3."),
        ("tell me about attempt 3", "failed: It needs more bars."),
        ("what data was used?", "Bars of AAPL (1d) from 2006-01-03 to 2011-12-30; data hash dddddddd."),
        ("what does proven mean?", "Proven: every required check holds"),
        ("what is a hold-out?", "The hold-out is the last part of the history."),
        ("is it overfitted?", "30 trials were made, worth 4.50 independent ones. edge fails: p = 0.3"),
        ("what costs were assumed?", "a commission of 0.05 % and slippage of 0.05 %"),
        ("did the edge check pass?", "edge (required) fails: p = 0.3 (wanted: at most 0.05)"),
        ("what is the p-value?", "p is 0.3000, and 1.0000 with every look counted; this was look number 2."),
        ("when does the hold-out begin?", "Hold-out 2010-04-01 to 2011-12-30."),
        ("what did I ask for?", "targets: max_drawdown <= 0.35, total_return > 0."),
        ("what are the rules?", "long entry: close > sma(close, 20); long exit: close < sma(close, 20)."),
        ("how many attempts were there?", "3 attempts, of which 1 failed."),
        ("is it proven?", "Unproven: edge."),
        ("what should I try next?", "Attempt 2, on train: It closed 6 trades. Suggested: relax condition close > 1."),
        ("what should I try next?", 'You can say "more trades" or "10 more attempts".'),
        ("did it beat the market?", "On the hold-out it returned +50.0 %"),
        ("who proposed it?", "Strategies are proposed by built-in search."),
    ],
)
def test_a_question_is_answered_from_what_is_stored(question: str, words: str) -> None:
    assert is_question(question)
    assert words in (answer(question, told()) or "")


@pytest.mark.parametrize(
    "question",
    ["how many trades on the hold-out?", "how was 2011?", "what is the p-value?", "how did it do on the hold-out?"],
)
def test_a_sealed_holdout_tells_nothing(question: str) -> None:
    found = answer(question, told(holdout=None)) or ""
    assert "not opened" in found
    assert not re.search(r"17|5\.0 %|0\.3000|20\.0 %", found)


def test_before_a_verdict_there_is_none() -> None:
    running = told(verdict=None, holdout=None, chosen=None)
    assert answer("why did it fail?", running) == "There is no verdict yet."
    assert answer("which attempt was best?", running) == "No attempt was chosen yet."


@pytest.mark.parametrize("text", ["what is the meaning of life?", "who won the match?", "when is lunch"])
def test_what_is_not_stored_has_no_answer(text: str) -> None:
    assert answer(text, told()) is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("why did it fail in 2008?", True),
        ("compare attempt 2 and 5", True),
        ("what about MSFT?", False),
        ("can you make it safer?", False),
        ("less drawdown", False),
        ("the sharpe of attempt 2?", True),
        ("and what is the drawdown", True),
    ],
)
def test_a_question_is_told_from_a_wish(text: str, asks: bool) -> None:
    assert is_question(text) is asks


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("compare attempts 2, 3 and 5", (2, 3, 5)), ("#4", (4,)), ("attempt two in 2008", (2,)), ("2008 and 2009", ())],
)
def test_numbers_of_attempts_are_no_years(text: str, numbers: tuple[int, ...]) -> None:
    assert Asked.of(text).attempts == numbers


def test_a_template_is_filled_by_key_and_says_what_is_unknown() -> None:
    teller = Teller.of(told())
    assert teller.fill("{chosen.train.max_drawdown} and {attempt.1.validation.sharpe}") == "10.0 % and 0.50"
    assert teller.fill("{holdout.moon_phase}") == "unknown"


def test_a_model_may_read_train_values_alone() -> None:
    shown = {key for key, fact in facts_of(told()).items() if fact.train}
    assert "attempt.1.train.sharpe" in shown
    assert not [key for key in shown if re.search(r"validation|holdout|verdict|check|null|lift|p_value", key)]


def test_every_key_of_a_check_is_there() -> None:
    keys = facts_of(told())
    for name in ("state", "value", "threshold", "note", "role"):
        assert f"check.{VERDICT.checks[0].name}.{name}" in keys


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(
    ["why", "what", "2008", "attempt", "2", "9", "drawdown", "best", "hold-out", "costs", "{chosen.n}", "compare", "?"]
), max_size=7).map(" ".join)))  # fmt: skip
def test_any_question_is_answered_or_not(text: str) -> None:
    for facts in (told(), told(holdout=None, verdict=None, chosen=None, periods=None, goal=None)):
        found = answer(text, facts)
        assert found is None or (found and "{" not in found)


def test_each_rule_is_named_once() -> None:
    assert len(set(RULES)) == len(RULES)
