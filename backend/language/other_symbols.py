"""``of("SPY", x)``: an expression over the bars of another symbol, read at the bars of this one.

It is a form of the language and not a function of the registry, since what stands inside it reads another frame. It
sees no more than the bars that the other symbol had when a bar of this one ended, so it cannot look ahead.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.domain.arrays import Integers
from backend.domain.errors import DataUnavailable
from backend.domain.frames import Frame
from backend.domain.symbols import is_symbol
from backend.engine.indicators.alignment import rows_at
from backend.language import units
from backend.language.arguments import Checker
from backend.language.tree import Kind, Node, Of

NAME = "of"
SIGNATURE = "of(symbol, x)"
EXAMPLE = 'of("SPY", close > sma(close, 200))'

_KINDS = (Kind.SERIES, Kind.CONDITION)


def check_of(checker: Checker, node: ast.Call) -> Node:
    """The typed node of ``of(symbol, x)``: ``x`` of another symbol, whose prices and volumes are marked as such.

    Raises:
        LanguageError: not a symbol and an expression, or one ``of`` inside another.
    """
    if len(node.args) != 2:
        count = len(node.args)
        checker.refuse(node, f"{NAME} takes 2 arguments, not {count}", f"write {SIGNATURE}, e.g. {EXAMPLE}")
    symbol = _symbol(checker, *node.args)
    inner = checker.visit(node.args[1])
    if inner.kind not in _KINDS:
        checker.refuse(
            node.args[1],
            f"x of {SIGNATURE} must be a series or condition, but this is a {inner.kind}",
            f"give it something to read from the bars of {symbol}, e.g. {EXAMPLE}",
        )
    if inner.reads_other:
        hint = f"read each symbol by itself, e.g. {EXAMPLE} and close > open"
        checker.refuse(node.args[1], f"{NAME} cannot stand inside {NAME}", hint)
    return Of(inner.kind, units.elsewhere(inner.unit, symbol), (inner,), symbol=symbol)


def _symbol(checker: Checker, part: ast.expr, other: ast.expr) -> str:
    written = part.value if isinstance(part, ast.Constant) else None
    if not isinstance(written, str):
        hint = f"write {SIGNATURE}, e.g. {EXAMPLE}"
        if isinstance(part, ast.Name) and is_symbol(part.id):
            hint = f'put the symbol in quotes: "{part.id}"'
        elif isinstance(other, ast.Constant) and isinstance(other.value, str):
            hint = f"the symbol comes first: {hint}"
        checker.refuse(part, f"the first argument of {NAME} must be a symbol in quotes", hint)
    checker.visit(part)
    if not is_symbol(written):
        upper = written.strip().upper()
        hint = f'did you mean "{upper}"?' if is_symbol(upper) else 'write a ticker in upper case, e.g. "SPY"'
        checker.refuse(part, f'"{written}" is not a symbol', hint)
    return written


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A calculation that reads the frame, first of its inputs, done on the frame of another symbol instead."""

    symbol: str
    run: Callable[..., Any]

    def __call__(self, frame: Frame, *inputs: Any) -> Any:
        return self.run(frame_of(frame, self.symbol), *inputs)


@dataclass(frozen=True, slots=True)
class RowsOf:
    """The rows of another symbol at the bars of this one; see ``rows_at``."""

    symbol: str

    def __call__(self, frame: Frame) -> Integers:
        return rows_at(frame, frame_of(frame, self.symbol))


def frame_of(frame: Frame, symbol: str) -> Frame:
    """The frame of a symbol that is read beside ``frame``: itself, or one of its others.

    Raises:
        DataUnavailable: the bars of that symbol are not there.
    """
    if symbol == frame.bars.symbol:
        return frame
    if symbol not in frame.others:
        known = ", ".join(sorted(frame.others)) or "none"
        raise DataUnavailable(
            f"The strategy reads {symbol}, but the data of {frame.bars.symbol} come without bars of it.",
            f"fetch or import {symbol} in the same timeframe, or leave it out of the strategy (at hand: {known})",
        )
    return frame.others[symbol]
