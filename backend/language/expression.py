"""Single expressions made ready to run: for what is ranked or drawn rather than traded on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.errors import InvalidInput
from backend.domain.frames import Frame
from backend.domain.spec import Parameter
from backend.engine.indicators.truth import as_line
from backend.language.check import check
from backend.language.evaluate import defaults_of, run, warmups
from backend.language.plan import Plan, Planned
from backend.language.scope import Scope
from backend.language.tree import Kind, Node
from backend.language.units import Unit


@dataclass(frozen=True, eq=False)
class CompiledExpression(Planned):
    """One expression, ready to run.

    Attributes:
        warmup: bars at the start that have no value.
    """

    node: Node
    plan: Plan
    root: int
    defaults: Mapping[str, float]
    warmup: int

    @property
    def unit(self) -> Unit:
        """Unit of the values."""
        return self.node.unit

    def values(self, frame: Frame) -> Floats:
        """The line at every bar, shape (T,), NaN where missing; a condition gives 1 true, 0 false, NaN unknown.

        Raises:
            DataUnavailable: the frame lacks a channel or a symbol.
        """
        result = run(self.plan, frame, self.defaults, None)[self.root]
        if self.node.kind is Kind.CONDITION:
            return as_line(result)
        return np.asarray(result, dtype=np.float64)


def compile_expression(text: str, parameters: tuple[Parameter, ...] = ()) -> CompiledExpression:
    """Check one series or condition and make it ready to run.

    Raises:
        LanguageError: naming the place, what is wrong and what would be right.
    """
    node = check(text, "expression", Scope({p.name: p for p in parameters}))
    if node.kind not in (Kind.SERIES, Kind.CONDITION):
        raise InvalidInput(f"The expression is a {node.kind}.", "write a series or a condition, e.g. roc(close, 20)")
    plan, defaults = Plan(), defaults_of(parameters)
    root = plan.add(node)
    return CompiledExpression(node, plan, root, defaults, warmups(plan, defaults)[root])
