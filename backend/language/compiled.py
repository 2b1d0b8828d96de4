"""Strategies made ready to run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from backend.domain.arrays import Bools, Floats
from backend.domain.errors import InvalidInput
from backend.domain.frames import Frame
from backend.domain.signals import Signals
from backend.domain.spec import CONDITION_FIELDS, Parameter, StrategySpec
from backend.domain.suggestions import did_you_mean
from backend.engine.indicators.truth import Truths, as_line, is_true
from backend.language import canonical
from backend.language.check import check, check_condition, check_rank
from backend.language.evaluate import Memo, defaults_of, numbers, run, warmups
from backend.language.function import MAX_WINDOW
from backend.language.fusion import FusedPlan, fuse, run_crossings, run_joints
from backend.language.plan import FRAME_SLOT, Calculation, Plan, Planned
from backend.language.scope import Scope
from backend.language.tree import Node

RANK = "rotation.rank"
"""What the expression that a rotation ranks by is called in messages and among the warm-ups."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What the symbols of a rotation are ranked by: its typed tree, its slot, and the calculations that fill it."""

    node: Node
    slot: int
    steps: tuple[Calculation, ...]


@dataclass(frozen=True, eq=False)
class CompiledSpec(Planned):
    """A strategy, checked and ready to run.

    Attributes:
        spec: what was compiled.
        conditions: typed tree of each condition that the strategy has, by field.
        plan: the calculations of all of them and of the ranking.
        roots: slot of each condition, by field.
        own_warmups: bars at the start at which a condition, or the ranking, cannot be known yet; by field.
        unused: names of parameters and series that no expression reads.
        steps: the calculations of the conditions.
        ranking: None without a rotation.
    """

    spec: StrategySpec
    conditions: Mapping[str, Node]
    plan: Plan
    roots: Mapping[str, int]
    defaults: Mapping[str, float]
    own_warmups: Mapping[str, int]
    unused: tuple[str, ...]
    steps: tuple[Calculation, ...]
    ranking: Ranking | None

    @property
    def warmup(self) -> int:
        """Bars at the start at which some condition, or the ranking, cannot be known yet."""
        return max(self.own_warmups.values())

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
            frame: T bars, with the channels and other symbols that the strategy reads.
            values: parameter values by name that replace those of the strategy.
            memo: an empty dict at first; handed in again with the same frame, it saves what does not change between
                parameter values. It is bounded, and never changes a result.

        Returns:
            Shape (T,) each, read-only. A condition is never true within its own warm-up. In a rotation without a
            ``long_entry``, that is true from the warm-up of the ranking on.

        Raises:
            InvalidInput: an unknown parameter, or a value out of its bounds or that a window cannot have.
            DataUnavailable: the frame lacks a channel or a symbol.
        """
        known = self._values(values) if values else self.defaults
        own = self._warmups(known) if values else self.own_warmups
        made = self._fused(frame, known, own) if memo is None else self._kept(frame, known, own, memo)
        if self.ranking and "long_entry" not in made:
            made["long_entry"] = _acted(np.ones(len(frame), dtype=np.int8), own[RANK])
        if len(made) < len(CONDITION_FIELDS):
            never = _never(len(frame))
            return Signals(*[made.get(name, never) for name in CONDITION_FIELDS])
        return Signals(**made)

    @cached_property
    def _fused_plan(self) -> FusedPlan:
        return fuse(self.steps, self.roots)

    def _fused(self, frame: Frame, known: Mapping[str, float], own: Mapping[str, int]) -> dict[str, Bools]:
        slots = numbers(self.plan, known)
        slots[FRAME_SLOT] = frame
        run_joints(self._fused_plan, slots)
        made = run_crossings(self._fused_plan, slots, own)
        for name, slot in self._fused_plan.others:
            made[name] = _acted(slots[slot], own[name])
        return made

    def _kept(self, frame: Frame, known: Mapping[str, float], own: Mapping[str, int], memo: Memo) -> dict[str, Bools]:
        slots = run(self.plan, frame, known, memo, self.steps)
        return {name: _acted(slots[slot], own[name]) for name, slot in self.roots.items()}

    def rank(self, frame: Frame, values: Mapping[str, float] | None = None, memo: Memo | None = None) -> Floats | None:
        """What a rotation ranks the symbol of ``frame`` by at the close of every bar.

        Args:
            frame: as ``signals`` takes it.
            values: likewise.
            memo: likewise; the two may share one.

        Returns:
            Shape (T,), read-only, NaN where missing and within its warm-up; None without a rotation.

        Raises:
            As ``signals`` does.
        """
        if self.ranking is None:
            return None
        known = self._values(values) if values else self.defaults
        own = self._warmups(known) if values else self.own_warmups
        line: Floats = run(self.plan, frame, known, memo, self.ranking.steps)[self.ranking.slot].copy()
        line[: own[RANK]] = np.nan
        line.setflags(write=False)
        return line

    def entry_parts(self, frame: Frame) -> tuple[tuple[str, Bools], ...]:
        """The parts of the entry conditions that are joined by ``and``, long before short.

        Returns:
            For each, its text with parameter values written in and where it is true, shape (T,).
        """
        return tuple((text, _acted(truths, own)) for text, truths, own in self._entry_parts(frame))

    def entry_truths(self, frame: Frame) -> tuple[tuple[str, Floats], ...]:
        """The same parts with what is not known: 1 true, 0 false, NaN unknown or within the part's warm-up."""
        found = []
        for text, truths, own in self._entry_parts(frame):
            line = as_line(truths)
            line[:own] = np.nan
            found.append((text, line))
        return tuple(found)

    def _entry_parts(self, frame: Frame) -> Iterator[tuple[str, Truths, int]]:
        """Text, truths and warm-up of each part."""
        for name in ("long_entry", "short_entry"):
            for part in canonical.parts(self.conditions[name]) if name in self.conditions else ():
                plan = Plan()
                root = plan.add(part)
                truths = run(plan, frame, self.defaults, None)[root]
                yield canonical.text(part, self.defaults), truths, warmups(plan, self.defaults)[root]

    def _warmups(self, values: Mapping[str, float]) -> dict[str, int]:
        bars = warmups(self.plan, values)
        return _own(bars, self.roots, self.ranking)

    def _values(self, values: Mapping[str, float]) -> dict[str, float]:
        for name in values.keys() - self.defaults.keys():
            near = did_you_mean(name, self.defaults)
            known = f"parameters: {', '.join(self.defaults) or 'none'}"
            raise InvalidInput(f'The strategy has no parameter "{name}".', near or known)
        merged = {**self.defaults, **values}
        for name in self.plan.windows:
            merged[name] = self._window(name, merged[name])
        for parameter in self.spec.parameters:
            _refuse_outside(parameter, merged[parameter.name])
        return merged

    def _window(self, name: str, value: float) -> int:
        low = self.plan.windows[name]
        if not float(value).is_integer() or not low <= value <= MAX_WINDOW:
            raise InvalidInput(
                f'The parameter "{name}" counts bars and cannot be {value:g}.',
                f"write a whole number {low}..{MAX_WINDOW}",
            )
        return int(value)


def _refuse_outside(parameter: Parameter, value: float) -> None:
    if not parameter.low <= value <= parameter.high:
        raise InvalidInput(
            f'The parameter "{parameter.name}" may be {parameter.low:g}..{parameter.high:g}, not {value:g}.',
            "choose a value within its bounds, or widen them in the strategy",
        )


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
    steps, ranking = tuple(plan.series), _ranking(spec, scope, plan)
    defaults = defaults_of(spec.parameters)
    own = _own(warmups(plan, defaults), roots, ranking)
    names = [p.name for p in spec.parameters] + [s.name for s in spec.series]
    unused = tuple(name for name in names if name not in scope.used)
    return CompiledSpec(spec, conditions, plan, roots, defaults, own, unused, steps, ranking)


def _ranking(spec: StrategySpec, scope: Scope, plan: Plan) -> Ranking | None:
    if spec.rotation is None:
        return None
    node = check_rank(spec.rotation.rank, RANK, scope)
    slot = plan.add(node)
    return Ranking(node, slot, plan.leading_to(slot))


def _own(bars: list[int], roots: Mapping[str, int], ranking: Ranking | None) -> dict[str, int]:
    own = {name: bars[slot] for name, slot in roots.items()}
    return own | {RANK: bars[ranking.slot]} if ranking else own


@lru_cache(maxsize=8)
def _never(size: int) -> Bools:
    never = np.zeros(size, dtype=np.bool_)
    never.setflags(write=False)
    return never


def _acted(truths: Any, warmup: int) -> Bools:
    acted = is_true(truths)
    acted[:warmup] = False
    acted.setflags(write=False)
    return acted
