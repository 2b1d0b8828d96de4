"""From a reply to a record, without a server: what a text may hold, and what is said about one that cannot be used."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents.models.parsing import usable
from backend.domain.errors import InvalidInput
from backend.domain.models import ModelReply
from tests.agents.models.samples import IDEA, SHAPE, Idea, choice

GOOD = json.dumps(IDEA)
PLAIN = choice(output="plain")


def said(text: str) -> Idea:
    return usable(ModelReply(text=text), SHAPE, PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"  {GOOD}\n",
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}\n```\nThat is all.",
        f"Here: {GOOD} I hope that it helps.",
        f"{GOOD} I hope that it helps.",
        f'<think>maybe {{"title": "{"x" * 500}"}}?</think>{GOOD}',
        f'Like {{"title": 1}}, but better: {GOOD}',
        json.dumps(IDEA, indent=4),
    ],
)
def test_the_object_is_found_in_a_text(text: str) -> None:
    assert said(text) == Idea.model_validate(IDEA)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("   \n", "is empty"),
        ("nothing", "no complete JSON: Expecting value at line 1, column 1"),
        (GOOD[:40], "no complete JSON"),
        ("[1, 2]", "is a list, not an object"),
        ("{" * 100_000, "no complete JSON"),
        ('{"a":' * 20_000 + "1" + "}" * 20_000, "nested too deeply"),
        ('{"title": "a", "title": "b"}', "the field 'title' twice"),
        ('{"title": NaN}', "NaN, which is no number"),
        ('{"title": -Infinity}', "-Infinity, which is no number"),
        ('{"title": ' + "9" * 5_000 + "}", "a number that is far too long"),
        (GOOD.replace("1.5", "1e999"), "legs.0.above: Input should be a finite number"),
        ('{"title": "\\ud83d", "side": "long", "legs": [{"when": "x"}]}', "Invalid JSON|unicode|surrogate"),
        ("{}", "title: Field required\nside: Field required\nlegs: Field required"),
        ("x" * 200_001, "far too long"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        said(text)
    assert len(caught.value.message) < 2_000


def test_a_list_of_troubles_has_an_end() -> None:
    legs = [{"when": n} for n in range(30)]
    with pytest.raises(InvalidInput, match=r"and 2\d more"):
        said(json.dumps(IDEA | {"legs": legs}))


@given(st.text(max_size=200))
def test_any_text_ends_in_words(text: str) -> None:
    with pytest.raises(InvalidInput):
        said(text)


@given(st.text(alphabet='{}[]":,0tru \\', max_size=400))
def test_any_brackets_end_in_words(text: str) -> None:
    with pytest.raises(InvalidInput):
        said(text)


def test_a_form_that_was_called_is_read_in_every_mode() -> None:
    calls = ({"id": "1", "name": "other", "arguments": "{}"}, {"id": "2", "name": "idea", "arguments": GOOD})
    for mode in ("structured", "tools"):
        assert usable(ModelReply(text="so", tool_calls=calls), SHAPE, choice(output=mode)).title == "Trend"


@pytest.mark.parametrize("end", ["length", "max_tokens"])
def test_a_reply_that_reached_its_length_is_not_used(end: str) -> None:
    with pytest.raises(InvalidInput, match="cut off because it was too long") as caught:
        usable(ModelReply(text=GOOD, finish_reason=end), SHAPE, choice(max_output=1_234))
    assert "at most 1,234 tokens" in caught.value.hint
