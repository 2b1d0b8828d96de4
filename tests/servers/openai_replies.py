"""A scripted model: it reads the form of a request and what the prompt says, and answers as a sensible model would.

The same prompt gets the same reply, whoever asks and whenever.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tests.servers.openai_server import Request, Say, Script
from tests.servers.openai_server_request import Document
from tests.servers.openai_structures import STRUCTURES, Structure

REFINEMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("with a trailing stop", {"trailing_stop": 0.12}),
    ("by volatility", {"sizing_kind": "volatility_target", "sizing_value": 0.15}),
    ("within twenty bars", {"max_holding_bars": 20}),
    ("with a stop", {"stop_loss": 0.08}),
    ("with a goal", {"take_profit": 0.2}),
)
"""Changes of structure that turn a strategy into another one."""

FRESH_AT_FIRST = 4
"""Attempts before the scripted model begins to improve the best one."""

_ROW = re.compile(r'^\d+ \| \S+ \| (".*?") \| (-?[\d.e+-]+) \|', re.M)
_REQUEST = re.compile(r'"request": ("(?:[^"\\\\]|\\\\.)*")')
_CHANNELS = re.compile(r'"sentiment_channels": (\[[^\]]*\])')


def scripted_model(request: Request) -> Say:
    """Strategies or comments where they are asked for, and the emptiest reply that fits the schema elsewhere."""
    asked = request.schema.get("properties", {})
    if "candidates" in asked:
        return Say({"candidates": [candidate(request)]})
    return Say({"comments": comments(request)} if "comments" in asked else emptiest(request.schema))


def by_shape(scripts: dict[str, Script], otherwise: Script = scripted_model) -> Script:
    """A script of its own for some shapes, by name."""
    return lambda request: scripts.get(request.shape, otherwise)(request)


def candidate(request: Request, skip: int = 0) -> Document:
    """The first strategy that the prompt does not tell of, fresh ones first, then changes of the best one."""
    return next(islice(_untold(request.told), skip, None))


def comments(request: Request) -> list[Document]:
    """A sentence on each attempt that is asked about."""
    numbers = re.findall(r"\d+", request.told.rpartition("Comment on:")[2])
    said = "It follows the price late; fewer and slower signals would keep more of each move."
    change = {"kind": "slow_down", "place": "exits", "reason": "costs eat short moves"}
    return [{"attempt": int(number), "comment": said, "suggested_changes": [change]} for number in numbers]


def proposed(structure: Structure, channels: list[str]) -> Document:
    """A strategy in the fields in which a model writes it."""
    spec = {"parameters": [], "series": [], "sizing": {}, "risk": {}} | structure.spec
    sizing = {"kind": "fraction", "value": 1.0} | spec["sizing"]
    risk = {"stop_loss": None, "take_profit": None, "trailing_stop": None, "max_holding_bars": None} | spec["risk"]
    written = {
        "name": spec["name"],
        "rationale": spec["rationale"],
        "changes_attempt": None,
        "why": "a fresh idea",
        "parameters": spec["parameters"],
        "series": spec["series"],
        "long_entry": spec["long_entry"],
        "long_exit": spec["long_exit"],
        "short_entry": None,
        "short_exit": None,
        "sizing_kind": sizing["kind"],
        "sizing_value": sizing["value"],
        **risk,
    }
    if len(channels) == 1:
        written = json.loads(json.dumps(written).replace('\\"all\\"', f'\\"{channels[0]}\\"'))
    return written


def emptiest(schema: Document, root: Document | None = None) -> Any:
    """The shortest document that a schema allows."""
    root = root if root is not None else schema
    if "$ref" in schema:
        return emptiest(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    kinds = schema.get("type", "object" if "properties" in schema else "")
    options = schema.get("enum") or ([schema["const"]] if "const" in schema else schema.get("anyOf"))
    if "null" in kinds or any(option in (None, {"type": "null"}) for option in options or ()):
        return None
    if options:
        return emptiest(options[0], root) if isinstance(options[0], dict) else options[0]
    if kinds == "object":
        return {name: emptiest(part, root) for name, part in schema.get("properties", {}).items()}
    if kinds == "array":
        return [emptiest(schema["items"], root)] * schema.get("minItems", 0)
    return {"string": "", "boolean": False}.get(kinds, schema.get("minimum", 0))


def _untold(prompt: str) -> Iterator[Document]:
    """Strategies whose names do not stand in the prompt."""
    channels = _channels(prompt)
    fresh = [proposed(structure, channels) for structure in _suitable(prompt, channels)]
    rows = [(float(sharpe), json.loads(name)) for name, sharpe in _ROW.findall(prompt)]
    best = [name for _, name in sorted(rows, reverse=True)]
    improved = [changed for name in best for changed in _refined(name, fresh)]
    late = len(rows) >= FRESH_AT_FIRST and len(rows) % 2 == 1
    order = [*improved, *fresh] if late else [*fresh, *improved]
    yield from (written for written in order if json.dumps(written["name"]) not in prompt)
    yield fresh[0]  # out of ideas, it repeats itself


def _suitable(prompt: str, channels: list[str]) -> list[Structure]:
    """Those that suit the request's words first; without sentiment where the session has none."""
    asked = _REQUEST.search(prompt)
    words = (asked.group(1) if asked else prompt).lower()
    possible = [structure for structure in STRUCTURES if channels or '("all"' not in str(structure.spec)]
    return sorted(possible, key=lambda structure: -sum(word in words for word in structure.words))


def _refined(name: str, fresh: list[Document]) -> Iterator[Document]:
    for written in fresh:
        if written["name"] == name:
            for title, change in REFINEMENTS:
                yield written | change | {"name": f"{name}, {title}", "why": title}


def _channels(prompt: str) -> list[str]:
    found = _CHANNELS.search(prompt)
    channels: list[str] = json.loads(found.group(1)) if found else []
    return channels
