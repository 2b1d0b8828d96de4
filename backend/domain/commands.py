"""Commands in hints: the words of a hint suffice, and what does it at the command line may stand behind a colon.

As in "list those there are: `backproof sessions list`". Every other door says it in its own way, or leaves it out.
"""

import re
from collections.abc import Callable

_COMMAND = re.compile(r": `((?:backproof|--[a-z])[^`]*)`")


def said_otherwise(hint: str, say: Callable[[str], str]) -> str:
    """The hint with other words in place of each command.

    Args:
        hint: of an error, or a message that quotes one.
        say: given ``backproof sessions list`` or ``--without reddit``, what does the same elsewhere; empty where
            nothing does, or where the words of the hint tell enough.
    """

    def told(found: re.Match[str]) -> str:
        otherwise = say(found[1])
        return f": `{otherwise}`" if otherwise else ""

    return _COMMAND.sub(told, hint)


def without_commands(hint: str) -> str:
    """The words of the hint alone, for what is kept and shown at every door."""
    return said_otherwise(hint, lambda _: "")
