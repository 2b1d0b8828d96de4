"""Says once what is true of several symbols."""

import re
from collections.abc import Iterable

_HERE = "\0"
"""Where the symbol stands in a notice; no notice holds it."""


def shared_notices(told: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Notices of several symbols, those that differ in nothing but the symbol joined into one.

    Only what names its symbol once, as ``of AAPL``, is joined: another sentence might need another verb.

    Args:
        told: a symbol and a notice about it each, in order.

    Returns:
        In the order of first appearance, none twice.
    """
    groups: dict[str, list[str]] = {}
    for symbol, notice in told:
        pattern, found = re.subn(rf"(?<=\bof ){re.escape(symbol)}(?![\w.-]*\w)", _HERE, notice)
        symbols = groups.setdefault(pattern if found == 1 else notice, [])
        if symbol not in symbols:
            symbols.append(symbol)
    return tuple(pattern.replace(_HERE, _joined(symbols)) for pattern, symbols in groups.items())


def _joined(symbols: list[str]) -> str:
    *others, last = symbols
    return f"{', '.join(others)} and {last}" if others else last
