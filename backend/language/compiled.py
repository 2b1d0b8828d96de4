"""Strategies and single expressions made ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.domain.arrays import Bools, Floats
from backend.domain.errors import InvalidInput
from backend.domain.frames import Frame
from backend.domain.signals import Signals
from backend.domain.spec import CONDITION_FIELDS, Parameter, StrategySpec
from backend.domain.suggestions import did_you_mean
from backend.engine.indicators.truth import is_true
from backend.language import canonical
from backend.language.check import check, check_condition
from backend.language.evaluate import Memo, run, warmups
from backend.language.function import MAX_WINDOW
from backend.language.plan import Plan
from backend.language.scope import Scope
from backend.language.tree import Kind, Node
from backend.language.units import Unit


@dataclass(frozen=True, eq=False)
class CompiledSpec:
    """A strategy, checked and ready to run.

    Attributes:
        spec: what was compiled.
        conditions: typed tree of each condition that the strategy has, by field.
        plan: the calculations of all of them.
        roots: slot of each condition, by field.
        warmup: bars at the start at which some condition cannot be known yet.
        unused: names of parameters and series that no expression reads.
    """

    spec: StrategySpec
    conditions: Mapping[str, Node]
    plan: Plan
    roots: Mapping[str, int]
    defaults: Mapping[str, float]
    own_warmups: Mapping[str, int]
    unused: tuple[str, ...]

    @property
    def warmup(self) -> int:
        """Bars at the start at which some condition cannot be known yet."""
        return max(self.own_warmups.values())

    @property
    def channels(self) -> frozenset[str]:
        """Names of the sentiment channels that are read, ``"all"`` included."""
        return frozenset(self.plan.channels)

    @property
    def notices(self) -> tuple[str, ...]:
        """What its author should know: the parameters and series that change no result."""
        if not self.unused:
            return ()
        names = ", ".join(f'"{name}"' for name in self.unused)
        return (f"No expression reads {names}; what is not read changes no result.",)

    def warmup_for(self, values: Mapping[str, float]) -> int:
        """``warmup`` with other parameter values.

        Raises:
            InvalidInput: see ``signals``.
        """
        return max(self._warmups(self._values(values)).values())

    def signals(self, frame: Frame, values: Mapping[str, float] | None = None, memo: Memo | None = None) -> Signals:
        """Decisions at the close of every bar.

        Args:
            frame: T bars and the channels that the strategy reads.
            values: parameter values by name that replace those of the strategy.
            memo: an empty dict at first; handed in again with the same frame, it saves what does not change between
                parameter values. It is bounded, and never changes a result.

        Returns:
            Shape (T,) each, read-only. A condition is never true within its own warm-up.

        Raises:
            InvalidInput: an unknown parameter, or a value that a window cannot have.
            DataUnavailable: the frame lacks a channel.
        """
        known = self._values(values) if values else self.defaults
        own = self._warmups(known) if values else self.own_warmups
        slots = run(self.plan, frame, known, memo)
        made = {name: _acted(slots[slot], own[name]) for name, slot in self.roots.items()}
        if len(made) < len(CONDITION_FIELDS):
            never = np.zeros(len(frame), dtype=np.bool_)
            never.setflags(write=False)
            made = dict.fromkeys(CONDITION_FIELDS, never) | made
        return Signals(**made)

    def entry_parts(self, frame: Frame) -> tuple[tuple[str, Bools], ...]:
        """The parts of the entry conditions that are joined by ``and``, long before short.

        Returns:
            For each, its text with parameter values written in and where it is true, shape (T,).
        """
        found = []
        for name in ("long_entry", "short_entry"):
            for part in canonical.parts(self.conditions[name]) if name in self.conditions else ():
                plan = Plan()
                root = plan.add(part)
                own = warmups(plan, self.defaults)[root]
                truths = run(plan, frame, self.defaults, None)[root]
                found.append((canonical.text(part, self.defaults), _acted(truths, own)))
        return tuple(found)

    def _warmups(self, values: Mapping[str, float]) -> dict[str, int]:
        bars = warmups(self.plan, values)
        return {name: bars[slot] for name, slot in self.roots.items()}

    def _values(self, values: Mapping[str, float]) -> dict[str, float]:
        for name in values.keys() - self.defaults.keys():
            near = did_you_mean(name, self.defaults)
            known = f"parameters: {', '.join(self.defaults) or 'none'}"
            raise InvalidInput(f'The strategy has no parameter "{name}".', near or known)
        merged = {**self.defaults, **values}
        for name in self.plan.windows:
            merged[name] = self._window(name, merged[name])
        return merged

    def _window(self, name: str, value: float) -> int:
        low = self.plan.windows[name]
        if not float(value).is_integer() or not low <= value <= MAX_WINDOW:
            raise InvalidInput(
                f'The parameter "{name}" counts bars and cannot be {value:g}.',
                f"write a whole number {low}..{MAX_WINDOW}",
            )
        return int(value)


@dataclass(frozen=True, eq=False)
class CompiledExpression:
    """One expression, ready to run; for what is ranked or drawn rather than traded on.

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
        """The line at every bar, shape (T,), NaN where missing; a condition gives 1 true, 0 false, NaN unknown."""
        result = run(self.plan, frame, self.defaults, None)[self.root]
        if self.node.kind is Kind.CONDITION:
            codes = np.array([np.nan, 1.0, 0.0])
            line: Floats = codes[result]
            return line
        return np.asarray(result, dtype=np.float64)


def compile_spec(spec: StrategySpec) -> CompiledSpec:
    """Check every expression of a strategy and make it ready to run.

    Raises:
        LanguageError: naming the field, the place, what is wrong and what would be right.
    """
    scope = Scope.of(spec)
    for series in spec.series:
        scope.define(series.name, check(series.expression, series.name, scope))
    written = {name: getattr(spec, name) for name in CONDITION_FIELDS}
    conditions = {
        name: check_condition(expression, name, scope) for name, expression in written.items() if expression is not None
    }
    plan = Plan()
    roots = {name: plan.add(node) for name, node in conditions.items()}
    defaults = _defaults(spec.parameters)
    bars = warmups(plan, defaults)
    own = {name: bars[slot] for name, slot in roots.items()}
    names = [p.name for p in spec.parameters] + [s.name for s in spec.series]
    unused = tuple(name for name in names if name not in scope.used)
    return CompiledSpec(spec, conditions, plan, roots, defaults, own, unused)


def compile_expression(text: str, parameters: tuple[Parameter, ...] = ()) -> CompiledExpression:
    """Check one series or condition and make it ready to run.

    Raises:
        LanguageError: naming the place, what is wrong and what would be right.
    """
    node = check(text, "expression", Scope({p.name: p for p in parameters}))
    if node.kind not in (Kind.SERIES, Kind.CONDITION):
        raise InvalidInput(f"The expression is a {node.kind}.", "write a series or a condition, e.g. roc(close, 20)")
    plan, defaults = Plan(), _defaults(parameters)
    root = plan.add(node)
    return CompiledExpression(node, plan, root, defaults, warmups(plan, defaults)[root])


def _defaults(parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    return {p.name: int(p.value) if p.kind == "int" else p.value for p in parameters}


def _acted(truths: Any, warmup: int) -> Bools:
    acted = is_true(truths)
    acted[:warmup] = False
    acted.setflags(write=False)
    return acted
