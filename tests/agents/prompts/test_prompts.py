"""What each role reads, word for word, against goldens; after a wanted change: ``RENEW_GOLDENS=1 pytest`` here."""

import os
from pathlib import Path
from typing import get_args

import pytest

from backend.agents.llm import analyst, answering, strategist, understanding
from backend.agents.llm.additions import Items
from backend.agents.llm.proposals import Proposal
from backend.agents.models.asking import Prompt
from backend.agents.models.schema import strict_schema
from backend.agents.prompts import filled, page
from backend.agents.prompts.language import language_text
from backend.domain.execution import Execution
from backend.domain.goal import Goal, Target
from backend.domain.models import Role
from backend.domain.record import Record
from backend.domain.sessions import Change, ConditionRate, Diagnosis, Observations
from backend.domain.spec import Parameter, StrategySpec
from backend.language import FUNCTIONS
from backend.language.columns import COLUMNS
from backend.search.context import SearchContext, TrainView
from tests.agents.records import attempt, metrics

GOLDENS = Path(__file__).parent
RENEW = bool(os.environ.get("RENEW_GOLDENS"))

GOAL = Goal(
    request="momentum on AAPL with reddit, drawdown under 15 %, and make it snappy",
    symbols=("AAPL",),
    channels=("reddit",),
    targets=(Target(metric="max_drawdown", op="<=", value=0.15),),
    style=("momentum",),
    not_understood=("make it snappy",),
)
CROSS = StrategySpec(
    name="Cross",
    parameters=(Parameter(name="slow", kind="int", value=100, low=25, high=250),),
    long_entry="close > sma(close, slow)",
    long_exit="close < sma(close, slow)",
)
DIAGNOSIS = Diagnosis(
    limiting_factor="drawdown_too_deep",
    evidence=("The equity fell by up to 40.0 % on train; the target is max_drawdown <= 0.15.",),
    suggested_changes=(Change(kind="target_volatility", place="sizing", reason="the equity fell by 40.0 %"),),
    comment="It sits through every crash.",
)
SEEN = Observations(gross_return=0.6, condition_rates=(ConditionRate(expression="close > sma(close, 100)", rate=0.58),))
VIEWS = (
    TrainView.of(attempt(1, metrics(), spec=CROSS, diagnosis=DIAGNOSIS, observations=SEEN)),
    TrainView.of(
        attempt(
            2,
            metrics(),
            spec=CROSS.model_copy(
                update={"name": "Cross, calm", "long_entry": "close > sma(close, slow) and close > open"}
            ),
            parent=1,
            train=metrics(sharpe=None, trades=3),
        )
    ),
)
CONTEXT = SearchContext(GOAL, 3, VIEWS, 8, 666, ("It has the structure of attempt 1.",))
KEYS = (
    answering.AnswerKey("attempt.1.train.sharpe", "Sharpe ratio of attempt 1 on train", "1.00"),
    answering.AnswerKey("holdout.sharpe", "Sharpe ratio on the hold-out"),
)
PROMPTS: dict[Role, Prompt] = {
    "strategist": strategist.prompt_of(CONTEXT, Execution()),
    "analyst": analyst.prompt_of(CONTEXT, (1, 2)),
    "understanding": understanding.prompt_of(GOAL, GOAL.request, GOAL.not_understood),
    "answering": answering.prompt_of("How good is it?", KEYS),
}


def text_of(prompt: Prompt) -> str:
    return "\n".join([prompt.system, *(f"=== {message.role} ===\n{message.text}" for message in prompt.messages)])


@pytest.mark.parametrize("role", get_args(Role))
def test_each_role_reads_what_its_golden_says(role: Role) -> None:
    golden = GOLDENS / f"{role}.txt"
    if RENEW:
        golden.write_text(text_of(PROMPTS[role]), encoding="utf-8")
    assert text_of(PROMPTS[role]) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("role", get_args(Role))
def test_no_blank_stays_open(role: Role) -> None:
    assert "{{" not in text_of(PROMPTS[role])
    assert page(role).system
    assert page(role).message


def test_the_reference_in_the_prompt_is_complete() -> None:
    lines = language_text().splitlines()
    missing = [
        name for name, function in FUNCTIONS.items() if not any(_tells(line, function.signature) for line in lines)
    ]
    assert missing == []
    assert [name for name in COLUMNS if not any(line.startswith(f"- {name} [") for line in lines)] == []
    assert language_text() in PROMPTS["strategist"].system


def _tells(line: str, signature: str) -> bool:
    return line.startswith(f"- {signature} [") and "E.g. " in line and "warm-up" in line


def test_the_stable_part_is_the_larger() -> None:
    """A maker's prompt cache has what comes first; what changes is a small rest."""
    prompt = PROMPTS["strategist"]
    assert len(prompt.system) > 3 * len(prompt.messages[0].text)


@pytest.mark.parametrize("record", [Proposal, analyst.Comments, Items, answering.Answer])
def test_each_reply_can_be_said_in_a_strict_schema(record: type[Record]) -> None:
    assert strict_schema(record)["additionalProperties"] is False


def test_blanks_and_values_have_to_agree() -> None:
    assert filled("a {{b}} c", {"b": "{{b}}"}) == "a {{b}} c"
    with pytest.raises(ValueError, match="differ: b"):
        filled("a {{b}}", {})
    with pytest.raises(ValueError, match="differ: c"):
        filled("a", {"c": ""})
