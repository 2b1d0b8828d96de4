"""Strict JSON schemas of records, in the part of JSON Schema that makers of models enforce.

Every object is closed and has all its fields. The libraries' own converters let through shapes that the servers refuse,
or turn a map into an empty object without a word; here a shape that cannot be said is refused where it is defined.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

DEEPEST = 5
"""Objects inside each other: the least of the limits that makers state."""

REFUSED = {
    "oneOf": "a union that a field tells apart",
    "not": "an exclusion",
    "prefixItems": "a tuple of several types",
    "patternProperties": "a map",
    "propertyNames": "a map with named keys",
    "uniqueItems": "a set",
    "contains": "a condition on items",
    "if": "a condition",
    "discriminator": "a union that a field tells apart",
}

LIMITS: dict[str, Callable[[Any], str]] = {
    "minimum": lambda least: f"at least {least}",
    "exclusiveMinimum": lambda bound: f"more than {bound}",
    "maximum": lambda most: f"at most {most}",
    "exclusiveMaximum": lambda bound: f"less than {bound}",
    "multipleOf": lambda step: f"a multiple of {step}",
    "minLength": lambda least: f"at least {least} characters",
    "maxLength": lambda most: f"at most {most} characters",
    "minItems": lambda least: f"at least {least} items",
    "maxItems": lambda most: f"at most {most} items",
    "pattern": lambda pattern: f"matches {pattern}",
    "format": lambda form: f"written as {form}",
}
"""Limits that not every server takes: they are told in words, and the record checks them."""

PRIMITIVE = ("string", "integer", "number", "boolean")
DROPPED = {"title", "description", "default", "$defs", "type", *LIMITS}


def strict_schema(record: type[BaseModel]) -> Schema:
    """The schema that a reply must fit, with nothing referred to from elsewhere.

    Raises:
        TypeError: naming the field that strict mode cannot say, and why.
    """
    whole = record.model_json_schema(mode="validation")
    return _Conversion(record.__name__, whole.get("$defs", {})).convert(whole, record.__name__, ())


class _Conversion:
    """One record's schema on its way; ``within`` are the definitions that a part lies in."""

    def __init__(self, name: str, definitions: Mapping[str, Schema]) -> None:
        self._name = name
        self._definitions = definitions

    def convert(self, part: Schema, place: str, within: tuple[str, ...]) -> Schema:
        """The strict form of one part."""
        if "$ref" in part:
            return self._referred(part, place, within)
        if "allOf" in part and len(part["allOf"]) == 1:
            return self.convert({**part["allOf"][0], **_without(part, "allOf")}, place, within)
        _refuse_keywords(part, place)
        if "anyOf" in part:
            return self._nullable(part, place, within)
        return _described(self._plain(part, place, within), part)

    def _referred(self, part: Schema, place: str, within: tuple[str, ...]) -> Schema:
        name = part["$ref"].removeprefix("#/$defs/")
        if name in within:
            raise TypeError(f"{place}: {name} holds itself, and a strict schema has an end")
        return self.convert({**self._definitions[name], **_without(part, "$ref")}, place, (*within, name))

    def _nullable(self, part: Schema, place: str, within: tuple[str, ...]) -> Schema:
        others = [option for option in part["anyOf"] if option.get("type") != "null"]
        if len(others) != 1 or len(part["anyOf"]) != 2:
            raise TypeError(f"{place}: a union of several types; a strict schema knows one type or null")
        inner = self.convert({**others[0], **_without(part, "anyOf", "default")}, place, within)
        if inner.get("type") not in PRIMITIVE:
            return {"anyOf": [inner, {"type": "null"}]}
        values = {"enum": [*inner["enum"], None]} if "enum" in inner else {}
        return {**inner, "type": [inner["type"], "null"], **values}

    def _plain(self, part: Schema, place: str, within: tuple[str, ...]) -> Schema:
        kind = part.get("type")
        if "const" in part or "enum" in part:
            return _one_of(part.get("enum", [part.get("const")]), place)
        if kind == "object":
            return self._object(part, place, within)
        if kind == "array":
            if not part.get("items"):
                raise TypeError(f"{place}: a list that does not say of what")
            return {"type": "array", "items": self.convert(part["items"], f"{place}[]", within)}
        if kind in PRIMITIVE:
            return {"type": kind}
        raise TypeError(f"{place}: a strict schema needs one known type here, not {kind or 'anything'}")

    def _object(self, part: Schema, place: str, within: tuple[str, ...]) -> Schema:
        if "properties" not in part or part.get("additionalProperties", False):
            raise TypeError(f"{place}: a map; a strict schema names every field, so make it a list of small records")
        if place.count(".") >= DEEPEST:
            raise TypeError(f"{place}: more than {DEEPEST} records inside each other")
        required = part.get("required", ())
        for name, field in part["properties"].items():
            _refuse_default(field, f"{place}.{name}", name in required)
        fields = {name: self.convert(field, f"{place}.{name}", within) for name, field in part["properties"].items()}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _refuse_default(field: Schema, place: str, required: bool) -> None:
    if not required and field.get("default", "made by a function") is not None:
        raise TypeError(f"{place}: a default other than null; in a strict schema every reply has every field")


def _refuse_keywords(part: Schema, place: str) -> None:
    for keyword, name in REFUSED.items():
        if keyword in part:
            raise TypeError(f"{place}: {name} ({keyword}) cannot be said in a strict schema")
    known = DROPPED | {"anyOf", "const", "enum", "items", "properties", "required", "additionalProperties"}
    if unknown := set(part) - known:
        raise TypeError(f"{place}: {', '.join(sorted(unknown))} cannot be said in a strict schema")


def _one_of(values: list[Any], place: str) -> Schema:
    kinds = {"boolean" if isinstance(v, bool) else "integer" if isinstance(v, int) else "string" for v in values}
    if len(kinds) != 1 or not all(isinstance(value, (str, int)) for value in values):
        raise TypeError(f"{place}: values of several types cannot be told apart in a strict schema")
    return {"type": kinds.pop(), "enum": list(values)}


def _described(strict: Schema, part: Schema) -> Schema:
    limits = [say(part[keyword]) for keyword, say in LIMITS.items() if keyword in part]
    words = [part["description"]] if part.get("description") else []
    if limits:
        words.append(f"({', '.join(limits)})")
    return {**strict, "description": " ".join(words)} if words else strict


def _without(part: Schema, *keywords: str) -> Schema:
    return {keyword: value for keyword, value in part.items() if keyword not in keywords}
