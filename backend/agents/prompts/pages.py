"""Pages of text with blanks, written ``{{like_this}}``; what is filled in is never read as a page again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from backend.domain.models import Role

TURN = "\n=== message ===\n"
"""The line between what never changes and what each call fills in."""

_BLANK = re.compile(r"\{\{([a-z_]+)\}\}")


@dataclass(frozen=True)
class Page:
    """A role's page.

    Attributes:
        system: rules and reference, the same in every call.
        message: what differs from call to call.
    """

    system: str
    message: str


@lru_cache(maxsize=8)
def page(role: Role) -> Page:
    """The page of a role, read once."""
    text = files(__package__).joinpath(f"{role}.md").read_text(encoding="utf-8")
    system, _, message = text.partition(TURN)
    return Page(system.strip() + "\n", message.strip() + "\n")


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with every blank filled; blanks inside a value stay as they are.

    Raises:
        ValueError: a blank without a value, or a value without a blank.
    """
    blanks = set(_BLANK.findall(text))
    if blanks != values.keys():
        raise ValueError(f"blanks and values differ: {', '.join(sorted(blanks ^ values.keys()))}")
    return _BLANK.sub(lambda match: values[match.group(1)], text)
