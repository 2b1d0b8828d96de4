"""Text from outside on its way into a prompt, and text of a model on its way to people."""

import json
import re
import unicodedata
from typing import Any

CUT = "..."

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def as_data(value: Any, most: int = 2_000) -> str:
    """``value`` as JSON in plain ASCII, each text and name in it cut to ``most``: it cannot pass for instructions."""
    return json.dumps(_cut(value, most), ensure_ascii=True, sort_keys=False, separators=(", ", ": "))


def plain_text(text: str, most: int) -> str:
    """One line of at most ``most`` characters, free of control, invisible and unassigned characters."""
    visible = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    line = " ".join(visible.split())
    return shortened(line, most)


def shortened(text: str, most: int, mark: str = CUT) -> str:
    """At most ``most`` characters of the text, the mark at the end of what was cut included."""
    return text if len(text) <= most else text[: most - len(mark)].rstrip() + mark


def harmless(text: str) -> str:
    """The text with a mark in place of every character that steers a terminal; lines and tabs stay."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def _cut(value: Any, most: int) -> Any:
    if isinstance(value, str):
        return shortened(value, most)
    if isinstance(value, dict):
        return {_cut(key, most): _cut(part, most) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cut(part, most) for part in value]
    return value
