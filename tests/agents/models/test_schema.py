"""Strict schemas: what they say is what the record accepts, and what they cannot say is refused at once."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, create_model

from backend.agents.models.schema import DEEPEST, Schema, strict_schema
from backend.domain.record import Record
from tests.agents.models.samples import Idea

KEYWORDS = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "description"}
KINDS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def fits(value: Any, schema: Schema) -> bool:
    """Whether a value fits a strict schema, which must use no other keyword than those that every server knows."""
    assert set(schema) <= KEYWORDS
    if "anyOf" in schema:
        return any(fits(value, option) for option in schema["anyOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(KINDS[kind](value) for kind in kinds) or ("enum" in schema and value not in schema["enum"]):
        return False
    if isinstance(value, dict):
        assert schema["required"] == list(schema["properties"])
        assert schema["additionalProperties"] is False
        fields = schema["properties"]
        return set(value) == set(fields) and all(fits(part, fields[name]) for name, part in value.items())
    return all(fits(part, schema["items"]) for part in value) if isinstance(value, list) else True


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(Record):
    """Something inside."""

    text: str
    many: tuple[int, ...]


LEAVES: list[Any] = [str, int, float, bool, date, Colour, Literal["a", "b"], Literal[1, 2], Inner, tuple[Inner, ...]]


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type; a number of a reply is finite."""
    return st.floats(-1e9, 1e9) if kind in (float, float | None) else st.from_type(kind)


@st.composite
def records(draw: st.DrawFn) -> tuple[type[Record], Record]:
    """A record type of a few fields, optional ones among them, and one of its values."""
    kinds = draw(st.lists(st.sampled_from(LEAVES), min_size=1, max_size=4))
    fields: dict[str, Any] = {}
    for n, kind in enumerate(kinds):
        fields[f"f{n}"] = (kind | None, None) if draw(st.booleans()) else (kind, ...)
    made: type[Record] = create_model("Made", __base__=Record, **fields)
    return made, draw(st.builds(made, **{name: values_of(kind) for name, (kind, _) in fields.items()}))


@settings(max_examples=40)
@given(records())
def test_a_schema_takes_what_its_record_makes(made: tuple[type[Record], Record]) -> None:
    record, value = made
    assert fits(value.model_dump(mode="json"), strict_schema(record))


@settings(max_examples=40)
@given(records(), st.data())
def test_a_schema_takes_nothing_less_and_nothing_more(made: tuple[type[Record], Record], data: st.DataObject) -> None:
    record, value = made
    document = value.model_dump(mode="json")
    schema = strict_schema(record)
    assert not fits(document | {"more": 1}, schema)
    name = data.draw(st.sampled_from(sorted(document)))
    assert not fits({field: part for field, part in document.items() if field != name}, schema)


def test_an_example() -> None:
    leg = {
        "type": "object",
        "properties": {"when": {"type": "string"}, "above": {"type": ["number", "null"]}},
        "required": ["when", "above"],
        "additionalProperties": False,
        "description": "One condition.",
    }
    assert strict_schema(Idea) == {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "side": {"type": "string", "enum": ["long", "short"]},
            "legs": {"type": "array", "items": leg, "description": "(at least 1 items)"},
            "note": {"type": ["string", "null"]},
        },
        "required": ["title", "side", "legs", "note"],
        "additionalProperties": False,
        "description": "A trading rule in words.",
    }


def test_limits_are_told_in_words() -> None:
    made = create_model("Made", __base__=Record, n=(int, Field(ge=1, lt=9, description="A number.")), day=(date, ...))
    fields = strict_schema(made)["properties"]
    assert fields["n"] == {"type": "integer", "description": "A number. (at least 1, less than 9)"}
    assert fields["day"] == {"type": "string", "description": "(written as date)"}


class Holder(Record):
    held: "Holder | None" = None


REFUSED: dict[str, tuple[Any, str]] = {
    "map": (dict[str, float], "a map"),
    "open map": (dict[str, Any], "a map"),
    "mixed tuple": (tuple[int, str], "a tuple of several types"),
    "set": (frozenset[int], "a set"),
    "union": (int | str, "a union of several types"),
    "union of records": (Inner | Idea, "a union of several types"),
    "anything": (Any, "one known type"),
    "list of anything": (list, "a list that does not say of what"),
    "itself": (Holder, "holds itself"),
    "mixed values": (Literal["a", 1], "several types"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_said_is_refused(case: str) -> None:
    kind, reason = REFUSED[case]
    made = create_model("Made", __base__=Record, field=(kind, ...))
    with pytest.raises(TypeError, match=rf"Made\.field.*: .*{reason}"):
        strict_schema(made)


@pytest.mark.parametrize("default", ["x", "", 0])
def test_a_default_is_refused(default: object) -> None:
    made = create_model("Made", __base__=Record, field=(type(default), default))
    with pytest.raises(TypeError, match=r"Made\.field: a default other than null"):
        strict_schema(made)


def test_a_default_that_a_function_makes_is_refused() -> None:
    made = create_model("Made", __base__=Record, field=(tuple[int, ...], Field(default_factory=tuple)))
    with pytest.raises(TypeError, match=r"Made\.field: a default other than null"):
        strict_schema(made)


def test_depth_has_an_end() -> None:
    def nested(levels: int) -> type[Record]:
        inner = nested(levels - 1) if levels > 1 else int
        made: type[Record] = create_model("Made", __base__=Record, inner=(inner, ...))
        return made

    assert strict_schema(nested(DEEPEST))["type"] == "object"
    with pytest.raises(TypeError, match="more than 5 records inside each other"):
        strict_schema(nested(DEEPEST + 1))
