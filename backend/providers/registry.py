"""Picks entries of a registry by name, and names those that resemble an unknown one."""

from collections.abc import Mapping
from typing import TypeVar

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean

Entry = TypeVar("Entry")


def pick(registry: Mapping[str, Entry], name: str, what: str) -> Entry:
    """The entry called ``name``.

    Raises:
        InvalidInput: there is none; ``what`` says what was looked for, e.g. ``price source``.
    """
    if name not in registry:
        hint = did_you_mean(name, registry) or f"known: {', '.join(registry)}"
        raise InvalidInput(f'There is no {what} "{name}".', hint)
    return registry[name]
