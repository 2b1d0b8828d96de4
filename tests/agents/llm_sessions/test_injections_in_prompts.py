"""Texts from outside stay data: whatever they say, a prompt keeps its parts and a reply its bounds."""

import json
import unicodedata
from typing import Any

import pytest
from pydantic import ValidationError

from backend.agents.llm.analyst import LlmAnalyst
from backend.agents.llm.proposals import Proposal
from backend.agents.llm.review import LONGEST_REASON, LONGEST_WHY, Review
from backend.agents.llm.strategist import LlmStrategist
from backend.agents.models.asking import Prompt
from backend.agents.strategist import Occasion
from backend.domain.errors import InvalidInput
from backend.domain.goal import Goal
from backend.domain.quoting import as_data, plain_text
from backend.domain.sessions import Diagnosis, SessionRequest
from backend.search.context import SearchContext, TrainView
from backend.tools.strategies import LONGEST_NAME, LONGEST_RATIONALE
from tests.agents.llm.scripted_model import SESSION, ScriptedModel
from tests.agents.llm_sessions.injections import HIDDEN, INJECTIONS, STEERING
from tests.agents.records import SPEC, attempt, goal, metrics
from tests.servers.openai_replies import proposed
from tests.servers.openai_structures import STRUCTURES

OCCASION = Occasion(SESSION, 3, "0003.propose", lambda: False)
PLAIN = "momentum on AAPL"
WRITTEN = proposed(STRUCTURES[0], [])
COMMENT = Diagnosis(limiting_factor="weak_edge", evidence=("Little is left after costs.",), suggested_changes=())


def prompts(request: str = PLAIN, name: str = "Above average", comment: str = "") -> tuple[Prompt, Prompt]:
    """What strategist and analyst read after two attempts, of which the second has a name and a comment."""
    spec = SPEC.model_copy(update={"name": name})
    diagnosis = COMMENT.model_copy(update={"comment": comment})
    views = tuple(
        TrainView.of(attempt(n, metrics(), spec=one, diagnosis=diagnosis)) for n, one in ((1, SPEC), (2, spec))
    )
    context = SearchContext(goal().model_copy(update={"request": request}), 3, views)
    model = ScriptedModel([{"candidates": [WRITTEN]}, {"comments": []}])
    LlmStrategist(model).propose(context, OCCASION)
    LlmAnalyst(model).review(Occasion(SESSION, 2, "0002.analyse", lambda: False), context)
    return model.asked[0], model.asked[1]


def goal_of(prompt: Prompt) -> dict[str, Any]:
    """The goal that a prompt tells, read from its place."""
    lines = prompt.messages[0].text.splitlines()
    told: dict[str, Any] = json.loads(lines[lines.index("# Goal") + 1])
    return told


def test_there_are_two_hundred_different_texts() -> None:
    assert len(set(INJECTIONS)) == len(INJECTIONS) == 200
    assert max(map(len, INJECTIONS)) <= 2_000


def test_a_request_says_what_it_says_in_its_place_and_nothing_elsewhere() -> None:
    def stays(text: str) -> bool:
        return all(
            goal_of(prompt)["request"] == text
            and prompt.system == plain.system
            and len(prompt.messages) == 1
            and prompt.messages[0].text.replace(as_data(text), as_data(PLAIN), 1) == plain.messages[0].text
            for prompt, plain in zip(prompts(text), prompts(), strict=True)
        )

    assert [text for text in INJECTIONS if not stays(text)] == []


def test_a_name_and_a_comment_stay_between_their_quotes() -> None:
    """A name of an earlier attempt comes from a model or a user, a comment from a model."""

    def stays(text: str) -> bool:
        name = plain_text(f"Idea {text}", LONGEST_NAME)
        marked = prompts(name=name, comment=f"<{text}>")
        plain = prompts(name="Plain name", comment="Plain comment")
        return all(
            one.system == other.system
            and len(one.messages) == 1
            and one.messages[0].text.replace(as_data(name), '"Plain name"')
            == other.messages[0].text.replace('"Plain comment"', as_data(f"<{text}>", 400))
            for one, other in zip(marked, plain, strict=True)
        )

    assert [text for text in INJECTIONS if not stays(text)] == []


def test_prompts_are_plain_ascii_where_others_write() -> None:
    def is_plain(text: str) -> bool:
        said = "".join(prompt.messages[0].text for prompt in prompts(text, plain_text(text, 80) or "x", text))
        return said.isascii() and not any(unicodedata.category(letter) == "Cc" for letter in said if letter != "\n")

    assert [text for text in INJECTIONS if not is_plain(text)] == []


def test_a_prompt_is_not_longer_than_its_caps() -> None:
    longest = max(len(prompts(text, plain_text(text, 80) or "x", text)[0].messages[0].text) for text in INJECTIONS)
    # a request of 2,000 characters and a comment of 400, at most twelve characters each (two escapes of six)
    assert longest < len(prompts()[0].messages[0].text) + 12 * (2_000 + 400 + 80 * 2)


@pytest.mark.parametrize("text", STEERING, ids=range(len(STEERING)))
def test_a_request_that_steers_a_terminal_is_refused_at_the_door(text: str) -> None:
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\r" for letter in text):
        with pytest.raises(ValidationError, match="control character"):
            SessionRequest(text=text)
    else:
        assert SessionRequest(text=text).text == text


def test_a_name_that_a_model_gives_becomes_plain_text() -> None:
    for text in INJECTIONS:
        review = Review(SearchContext(Goal(request=PLAIN, symbols=("AAPL",)), 1))
        review.check(
            Proposal.model_validate({"candidates": [WRITTEN | {"name": text, "rationale": text, "why": text}]})
        )
        (candidate,) = review.accepted.values()
        said = (candidate.spec.name, candidate.spec.rationale, candidate.origin)
        limits = (LONGEST_NAME, LONGEST_RATIONALE, LONGEST_WHY)
        assert all(0 < len(part) <= limit for part, limit in zip(said[:1], limits, strict=False)), text
        assert all(len(part) <= limit for part, limit in zip(said, limits, strict=True)), text
        assert not [letter for part in said for letter in part if unicodedata.category(letter)[0] == "C"], text


@pytest.mark.parametrize("place", ["long_entry", "long_exit", "short_entry", "series", "parameters"])
def test_a_text_that_is_no_expression_is_refused_with_its_reason(place: str) -> None:
    def reason(text: str) -> str:
        changed: Any = {"series": [{"name": "line", "expression": text}], "long_entry": "line > 0"}
        if place == "parameters":
            changed = {"parameters": [{"name": text, "kind": "int", "value": 5, "low": 1, "high": 9}]}
        elif place != "series":
            changed = {place: text}
        review = Review(SearchContext(Goal(request=PLAIN, symbols=("AAPL",), direction="both"), 1))
        with pytest.raises(InvalidInput):
            review.check(Proposal.model_validate({"candidates": [WRITTEN | changed]}))
        return review.refused[0].reason

    reasons = {text: reason(text) for text in INJECTIONS if text.strip()}
    assert [text for text, said in reasons.items() if not said or len(said) > LONGEST_REASON + 3] == []


def test_invisible_letters_are_gone_from_names() -> None:
    shown = [plain_text(f"AAPL {text} end", 80) for text in HIDDEN]
    assert not [name for name in shown if any(unicodedata.category(letter) == "Cf" for letter in name)]
