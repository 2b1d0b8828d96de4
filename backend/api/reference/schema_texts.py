"""Moves what a record's docstring says of its fields to the fields, where readers of a schema look for it."""

import re
from typing import Any

SECTION = "\n\nAttributes:\n"
FIELD = re.compile(r"^ {4}([a-z_, ]+): (.*)$")


def spread_texts(schema: dict[str, Any]) -> None:
    """Shorten the description of a schema to what it says of the whole, and describe each property."""
    text, found, attributes = schema.get("description", "").partition(SECTION)
    if not found:
        return
    schema["description"] = text.strip()
    for names, said in _fields(attributes):
        for name in names:
            place = schema.get("properties", {}).get(name)
            if place is not None:
                place.setdefault("description", said)


def _fields(text: str) -> list[tuple[list[str], str]]:
    """The names of each entry with what is said of them; a line indented further goes on with the one before."""
    entries: list[tuple[list[str], str]] = []
    for line in text.splitlines():
        begun = FIELD.match(line)
        if begun:
            names = [name.strip() for name in begun.group(1).split(",")]
            entries.append((names, begun.group(2).strip()))
        elif line.strip() and entries:
            names, said = entries[-1]
            entries[-1] = (names, f"{said} {line.strip()}")
    return entries
