"""Types of a JSON schema in words."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

REF = "#/components/schemas/"
BOUNDS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}
LENGTHS = {"minLength": "from {} characters", "maxLength": "to {} characters", "maxItems": "at most {}"}


class Part(NamedTuple):
    """A piece of a type: text, or the name of a record."""

    text: str
    is_record: bool = False


def type_of(schema: Mapping[str, Any]) -> Iterator[Part]:
    """The type of a value, e.g. ``list of``, then the record ``Attempt``."""
    if "$ref" in schema:
        yield Part(schema["$ref"].removeprefix(REF), is_record=True)
    elif "enum" in schema or "const" in schema:
        yield Part(" · ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")])))
    elif "anyOf" in schema:
        for n, one in enumerate(schema["anyOf"]):
            if n:
                yield Part(" or ")
            yield from type_of(one)
    elif schema.get("type") == "array":
        yield Part("list of ")
        yield from type_of(schema.get("items", {}))
        yield from _limits(schema)
    else:
        yield Part(_named(schema))
        yield from _limits(schema)


def _named(schema: Mapping[str, Any]) -> str:
    format = {"date": "date", "date-time": "time"}.get(schema.get("format", ""))
    return format or {"string": "text", "object": "object"}.get(schema.get("type", ""), schema.get("type", "anything"))


def _limits(schema: Mapping[str, Any]) -> Iterator[Part]:
    told = [words.format(f"{schema[key]:,g}") for key, words in (BOUNDS | LENGTHS).items() if key in schema]
    if told:
        yield Part(f" ({', '.join(told)})")
