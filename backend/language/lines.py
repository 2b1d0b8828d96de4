"""The numeric lines behind the conditions of a strategy, for looking at them beside its prices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.domain.spec import CONDITION_FIELDS, StrategySpec
from backend.language import canonical
from backend.language.check import check, check_condition, check_rank
from backend.language.compiled import RANK
from backend.language.evaluate import defaults_of, run, warmups
from backend.language.plan import Plan
from backend.language.scope import Scope
from backend.language.tree import Column, Kind, Node, Of
from backend.language.units import PRICE

MOST_LINES = 16
"""More than these in one chart tell nobody anything."""


@dataclass(frozen=True, eq=False)
class Line:
    """A series that a strategy reads.

    Attributes:
        name: the name that the strategy gives it; its expression where it gives none.
        expression: with parameter values written in.
        unit: what it counts, in words.
        on_prices: whether it is in units of the price of the traded symbol.
        values: shape (T,), NaN where missing and within its warm-up.
    """

    name: str
    expression: str
    unit: str
    on_prices: bool
    values: Floats


def lines_of(spec: StrategySpec, frame: Frame) -> tuple[Line, ...]:
    """What the conditions of a strategy compare, and its named series; at most ``MOST_LINES``, and no plain columns.

    Raises:
        LanguageError: an expression cannot be used.
        DataUnavailable: the frame lacks a channel or a symbol.
    """
    values = defaults_of(spec.parameters)
    found: dict[str, Line] = {}
    for name, node in _wanted(spec):
        expression = canonical.text(node, values)
        if expression not in found and len(found) < MOST_LINES:
            line = _evaluated(node, frame, values)
            found[expression] = Line(name or expression, expression, str(node.unit), node.unit == PRICE, line)
    return tuple(found.values())


def _wanted(spec: StrategySpec) -> Iterator[tuple[str, Node]]:
    """Series with the name that each has, or none: first the named ones, then what conditions and the rank read."""
    scope = Scope.of(spec)
    for series in spec.series:
        node = check(series.expression, series.name, scope)
        scope.define(series.name, node)
        if node.kind is Kind.SERIES and not isinstance(node, Column):
            yield series.name, node
    for name in CONDITION_FIELDS:
        expression = getattr(spec, name)
        if expression is not None:
            yield from (("", node) for node in _series_in(check_condition(expression, name, scope)))
    if spec.rotation is not None:
        yield from (("", node) for node in _series_in(check_rank(spec.rotation.rank, RANK, scope)))


def _series_in(node: Node) -> Iterator[Node]:
    """The widest series in a node, from left to right; what is read of another symbol is one only as a whole."""
    if node.kind is Kind.SERIES:
        if not isinstance(node, Column):
            yield node
    elif not isinstance(node, Of):
        for part in node.inputs:
            yield from _series_in(part)


def _evaluated(node: Node, frame: Frame, values: Mapping[str, float]) -> Floats:
    plan = Plan()
    root = plan.add(node)
    line: Floats = run(plan, frame, values, None)[root].astype(np.float64)
    line[: warmups(plan, values)[root]] = np.nan
    return line
