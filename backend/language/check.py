"""Python's syntax tree to the typed tree: everything that is not listed here is refused."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from backend.domain.suggestions import did_you_mean
from backend.language import units
from backend.language.arguments import check_arguments
from backend.language.columns import COLUMNS
from backend.language.errors import LanguageError, Spot
from backend.language.functions import FUNCTIONS
from backend.language.other_symbols import NAME, SIGNATURE, check_of
from backend.language.parse import MAX_DEPTH, MAX_NODES, cleaned, parse
from backend.language.refusals import refusal_of
from backend.language.scope import Scope
from backend.language.tree import Column, Kind, Literal, Node, Operation, ParameterValue
from backend.language.units import NUMBER, ZERO, Unit, UnitMismatch

MAX_WRITTEN_OUT = 1000
"""Nodes of an expression with the named series written out in it."""
MAX_WRITTEN_OUT_DEPTH = 60
"""Levels of an expression with the named series written out in it."""
LARGEST_NUMBER = 1e15

_ARITHMETIC: dict[type[ast.operator], tuple[str, Callable[[Unit, Unit], Unit]]] = {
    ast.Add: ("+", units.common),
    ast.Sub: ("-", units.common),
    ast.Mult: ("*", units.product),
    ast.Div: ("/", units.quotient),
}
_COMPARISONS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def check(text: str, where: str, scope: Scope) -> Node:
    """Parse an expression and give every part of it a kind and a unit.

    Args:
        text: the expression as it was written.
        where: field or name of the series, for messages.
        scope: the names it may use.

    Raises:
        LanguageError: naming the place, what is wrong and what would be right.
    """
    parsed = parse(text, where)
    checker = Checker(where, cleaned(text), scope)
    node = checker.visit(parsed)
    if node.size > MAX_WRITTEN_OUT or node.depth > MAX_WRITTEN_OUT_DEPTH:
        checker.refuse(
            parsed,
            f"with its series written out the expression has {node.size} parts on {node.depth} levels; "
            f"{MAX_WRITTEN_OUT} parts and {MAX_WRITTEN_OUT_DEPTH} levels are allowed",
            "use a series less often, or make it simpler",
        )
    return node


def check_condition(text: str, where: str, scope: Scope) -> Node:
    """Check an expression that must be a condition; see ``check``."""
    node = check(text, where, scope)
    if node.kind is not Kind.CONDITION:
        raise LanguageError(
            f"a condition is expected here, but this is a {node.kind}",
            "compare it with something, e.g. close > sma(close, 50)",
            Spot(where, cleaned(text), 0, len(cleaned(text))),
        )
    return node


def check_rank(text: str, where: str, scope: Scope) -> Node:
    """Check an expression that symbols are ranked by: a series without price or volume in it; see ``check``.

    Adjusted prices and volumes know later splits, so their level in one symbol says nothing beside that in another.
    """
    node = check(text, where, scope)
    if node.kind is Kind.SERIES and node.unit.plain:
        return node
    sentence, hint = f"a series is expected here, but this is a {node.kind}", "write what is compared between symbols"
    if node.kind is Kind.SERIES:
        sentence = f"symbols cannot be ranked by a {node.unit}: adjusted prices and volumes know later splits"
        hint = "rank by a ratio or a count: divide by its own average, as in close / sma(close, 120)"
    raise LanguageError(
        sentence, f"{hint}, or take a change: change(close, 120)", Spot(where, cleaned(text), 0, len(cleaned(text)))
    )


@dataclass
class Checker:
    """Visits one expression."""

    where: str
    expression: str
    scope: Scope
    nodes: int = 0
    level: int = 0

    def visit(self, node: ast.expr) -> Node:
        """The typed node of a part of the expression."""
        self.nodes += 1
        self.level += 1
        if self.nodes > MAX_NODES:
            self.refuse(node, f"the expression has more than {MAX_NODES} parts", "move parts of it into named series")
        if self.level > MAX_DEPTH:
            self.refuse(
                node,
                f"the expression is nested more than {MAX_DEPTH} levels deep",
                "move inner parts into named series",
            )
        visit = _VISITS.get(type(node))
        if visit is None:
            self.refuse(node, *refusal_of(node))
        typed = visit(self, node)
        self.level -= 1
        return typed

    def refuse(self, node: ast.expr, sentence: str, hint: str) -> NoReturn:
        """Raise a ``LanguageError`` at the place of ``node``."""
        end = node.end_col_offset or node.col_offset + 1
        raise LanguageError(sentence, hint, Spot(self.where, self.expression, node.col_offset, end - node.col_offset))

    def unit(self, node: ast.expr, rule: Callable[..., Unit], *inputs: object) -> Unit:
        """The unit that a rule gives, or a refusal at ``node``."""
        try:
            return rule(*inputs)
        except UnitMismatch as mismatch:
            self.refuse(node, mismatch.message, mismatch.hint)

    def constant(self, node: ast.Constant) -> Node:
        """A number, or the name of a channel or symbol."""
        value = node.value
        if isinstance(value, str):
            return Literal(Kind.CHANNEL, value=value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(node, *refusal_of(node))
        if not abs(value) <= LARGEST_NUMBER:
            self.refuse(
                node, "the number is too large", f"write one between -{LARGEST_NUMBER:g} and {LARGEST_NUMBER:g}"
            )
        return Literal(Kind.NUMBER, ZERO if value == 0 else NUMBER, value=float(value))

    def name(self, node: ast.Name) -> Node:
        """A column, a parameter or an earlier series."""
        name = node.id
        if name in COLUMNS:
            return Column(unit=COLUMNS[name].unit, name=name)
        self.scope.used.add(name)
        if name in self.scope.parameters:
            return ParameterValue(name=name)
        if name not in self.scope.series:
            self._unknown(node, name)
        return self.scope.series[name]

    def call(self, node: ast.Call) -> Node:
        """A function of the registry, arguments by position, or ``of``."""
        if not isinstance(node.func, ast.Name) or node.keywords:
            self.refuse(node, *refusal_of(node))
        name = node.func.id
        if name == NAME:
            return check_of(self, node)
        function = FUNCTIONS.get(name)
        if function is None:
            known = (*FUNCTIONS, NAME)
            hint = _known(did_you_mean(name, known), known)
            if name in self.scope.names():
                hint = f"{name} is a name, not a function: write it without brackets"
            self.refuse(node.func, f'there is no function "{name}"', hint)
        return check_arguments(self, node, function)

    def arithmetic(self, node: ast.BinOp) -> Node:
        """``+ - * /`` of numbers and series."""
        if type(node.op) not in _ARITHMETIC:
            self.refuse(node, *refusal_of(node))
        symbol, rule = _ARITHMETIC[type(node.op)]
        a, b = self._valued(node.left, symbol), self._valued(node.right, symbol)
        if symbol == "/" and b.unit == ZERO:
            self.refuse(node.right, "this divides by zero", "divide by something that moves")
        unit = self.unit(node, rule, a.unit, b.unit)
        kind = Kind.SERIES if Kind.SERIES in (a.kind, b.kind) else Kind.NUMBER
        return Operation(kind, NUMBER if unit == ZERO else unit, (a, b), symbol=symbol)

    def signed(self, node: ast.UnaryOp) -> Node:
        """``not`` of a condition, plus or minus of a number or series."""
        if isinstance(node.op, ast.Not):
            return Operation(Kind.CONDITION, inputs=(self._condition(node.operand, "not"),), symbol="not")
        if not isinstance(node.op, ast.USub | ast.UAdd):
            self.refuse(node, *refusal_of(node))
        operand = self._valued(node.operand, "a sign")
        if isinstance(node.op, ast.UAdd):
            return operand
        if isinstance(operand, Literal):
            return Literal(Kind.NUMBER, operand.unit, value=0.0 - float(operand.value))
        return Operation(operand.kind, operand.unit, (operand,), symbol="-")

    def joined(self, node: ast.BoolOp) -> Node:
        """``and`` or ``or`` of two or more conditions."""
        symbol = "and" if isinstance(node.op, ast.And) else "or"
        parts = tuple(self._condition(value, symbol) for value in node.values)
        return Operation(Kind.CONDITION, inputs=parts, symbol=symbol)

    def comparison(self, node: ast.Compare) -> Node:
        """A comparison; a chain is the ``and`` of its links."""
        parts = [node.left, *node.comparators]
        for op, part in zip(node.ops, node.comparators, strict=True):
            if type(op) not in _COMPARISONS:
                self.refuse(part, *refusal_of(op))
        typed = [self._valued(part, "a comparison") for part in parts]
        links = tuple(
            self._link(_COMPARISONS[type(op)], (parts[i], parts[i + 1]), (typed[i], typed[i + 1]))
            for i, op in enumerate(node.ops)
        )
        return links[0] if len(links) == 1 else Operation(Kind.CONDITION, inputs=links, symbol="and")

    def _link(self, symbol: str, parts: tuple[ast.expr, ast.expr], sides: tuple[Node, Node]) -> Node:
        a, b = sides
        if a.kind is Kind.NUMBER and b.kind is Kind.NUMBER:
            hint = "one side must be a series, e.g. rsi(close, 14) < 30"
            self.refuse(_span(*parts), "this compares two fixed numbers", hint)
        try:
            units.common(a.unit, b.unit)
        except UnitMismatch as mismatch:
            self.refuse(_span(*parts), mismatch.message, mismatch.hint)
        return Operation(Kind.CONDITION, inputs=sides, symbol=symbol)

    def _condition(self, node: ast.expr, place: str) -> Node:
        typed = self.visit(node)
        if typed.kind is not Kind.CONDITION:
            self.refuse(
                node,
                f"{place} joins conditions, but this is a {typed.kind}",
                "compare it with something, e.g. close > sma(close, 50)",
            )
        return typed

    def _valued(self, node: ast.expr, place: str) -> Node:
        typed = self.visit(node)
        if typed.kind not in (Kind.NUMBER, Kind.SERIES):
            hint = "join conditions with and, or, not; count(condition, n) gives a number"
            if typed.kind is Kind.CHANNEL:
                hint = 'a text names a channel or symbol inside a function, e.g. sentiment("reddit")'
            self.refuse(node, f"{place} needs numbers or series, but this is a {typed.kind}", hint)
        return typed

    def _unknown(self, node: ast.expr, name: str) -> NoReturn:
        if name == self.where:
            self.refuse(node, f'the series "{name}" uses itself', "use lag() of a column or of an earlier series")
        if name in self.scope.later:
            self.refuse(
                node, f'the series "{name}" is defined later', "a series may use the ones before it: move it up"
            )
        if name in FUNCTIONS or name == NAME:
            signature = FUNCTIONS[name].signature if name in FUNCTIONS else SIGNATURE
            self.refuse(node, f'"{name}" is a function and needs its arguments', f"write {signature}")
        near = did_you_mean(name, (*self.scope.names(), *FUNCTIONS, NAME))
        self.refuse(node, f'there is no column, parameter or series "{name}"', _known(near, self.scope.names()))


_VISITS: dict[type[ast.expr], Callable[[Checker, Any], Node]] = {
    ast.Constant: Checker.constant,
    ast.Name: Checker.name,
    ast.Call: Checker.call,
    ast.BinOp: Checker.arithmetic,
    ast.UnaryOp: Checker.signed,
    ast.BoolOp: Checker.joined,
    ast.Compare: Checker.comparison,
}


def _span(first: ast.expr, last: ast.expr) -> ast.expr:
    """A stand-in for everything from ``first`` to ``last``, to be pointed at."""
    whole = ast.copy_location(ast.Constant(value=None), first)
    whole.end_col_offset = last.end_col_offset
    return whole


def _known(near: str, names: tuple[str, ...]) -> str:
    listed = f"known: {', '.join(names)}"
    return f"{near} ({listed})" if near else listed
