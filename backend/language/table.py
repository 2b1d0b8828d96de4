"""Parameter values of many combinations, column by column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.errors import InvalidInput
from backend.engine.indicators import arithmetic
from backend.language.compiled import CompiledSpec
from backend.language.function import MAX_WINDOW
from backend.language.plan import Plan

Names = tuple[str, ...]

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


@dataclass(eq=False)
class Table:
    """C combinations of parameter values.

    Attributes:
        plan: the calculations that they are for.
        columns: every parameter of the plan by name, shape (C,).
    """

    plan: Plan
    columns: Mapping[str, Floats]
    size: int
    _groups: dict[Names, tuple[Any, Any]] = field(default_factory=dict)
    _numbers: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, compiled: CompiledSpec, values: Mapping[str, Sequence[float] | Floats], most: int) -> "Table":
        """Check the values of a sweep; parameters that are not given keep the value of the strategy.

        Raises:
            InvalidInput: see ``Sweeping.programs``.
        """
        given = {name: np.asarray(column, dtype=np.float64) for name, column in values.items()}
        sizes = {column.size for column in given.values()} or {1}
        if len(sizes) > 1 or any(column.ndim != 1 for column in given.values()):
            raise InvalidInput(
                f"The parameters have {', '.join(map(str, sorted(sizes)))} values; a sweep needs as many of each.",
                "give one value of each parameter for each combination",
            )
        size = sizes.pop()
        if size > most:
            raise InvalidInput(
                f"The sweep has {size:,} combinations; {most:,} are allowed.", "sweep fewer values, or in parts"
            )
        _refuse_wrong(compiled, given)
        plan = compiled.plan
        columns = {name: given.get(name, np.full(size, float(compiled.defaults[name]))) for name in plan.parameters}
        return cls(plan, columns, size)

    def __len__(self) -> int:
        return self.size

    def part(self, first: int, stop: int) -> "Table":
        """The combinations ``first .. stop - 1``."""
        return Table(self.plan, {n: column[first:stop] for n, column in self.columns.items()}, stop - first)

    def groups(self, names: Names) -> tuple[Any, Any]:
        """A combination for each distinct tuple of values of ``names``, and the group of each combination."""
        if names not in self._groups:
            self._groups[names] = self._grouped(names)
        return self._groups[names]

    def count(self, names: Names) -> int:
        """Distinct tuples of values of ``names``."""
        return len(self.groups(names)[0])

    def values(self, combination: int) -> dict[str, float]:
        """Every parameter of one combination by name; those that count bars as int."""
        made = {name: float(column[combination]) for name, column in self.columns.items()}
        return {name: int(value) if name in self.plan.windows else value for name, value in made.items()}

    def numbers(self, slot: int) -> Any:
        """The plain number in a slot of the plan: one for all, or shape (C,)."""
        if not self._numbers:
            self._numbers = self._calculated()
        return self._numbers[slot]

    def warmups(self) -> dict[int, Any]:
        """Bars at the start before each slot has a value: one for all, or shape (C,)."""
        bars: dict[int, Any] = {}
        for own in self.plan.warmups:
            before: Any = 0
            for slot in own.inputs:
                before = np.maximum(before, bars.get(slot, 0))
            bars[own.slot] = before + self._ruled(own.rule, [self.numbers(slot) for slot in own.windows])
        return bars

    def _ruled(self, rule: Callable[..., int], windows: list[Any]) -> Any:
        """What a rule makes of windows: asked once for each distinct tuple of them."""
        if not any(isinstance(window, np.ndarray) for window in windows):
            return rule(*windows)
        rows = np.stack([np.broadcast_to(window, self.size) for window in windows], axis=1)
        places, group = _distinct(list(rows.T))
        return np.array([rule(*(int(w) for w in rows[place])) for place in places], dtype=np.int64)[group]

    def _grouped(self, names: Names) -> tuple[Any, Any]:
        if not names:
            return np.zeros(min(self.size, 1), dtype=np.int64), np.zeros(self.size, dtype=np.int64)
        if len(names) == 1:
            return _distinct([self.columns[names[0]]])
        return _distinct([self.groups((name,))[1] for name in names])

    def _calculated(self) -> dict[int, Any]:
        slots: dict[int, Any] = {i: value for i, value in enumerate(self.plan.slots) if value is not None}
        slots |= {slot: self.columns[name] for name, slot in self.plan.parameters.items()}
        for calculation in self.plan.numbers:
            symbol = _symbol(calculation.run)
            a, b = (np.asarray(slots[i], dtype=np.float64) for i in calculation.inputs)
            with np.errstate(all="ignore"):
                result = _ARITHMETIC[symbol](a, b)
            slots[calculation.slot] = np.where(np.isfinite(result), result, np.nan)
        return slots


def _symbol(run: Any) -> str:
    if isinstance(run, partial) and run.func is arithmetic.scalar:
        return str(run.args[0])
    raise TypeError(run)


def _distinct(columns: list[Any]) -> tuple[Any, Any]:
    """First place of each distinct row, and the number of its row at each place."""
    code = columns[0]
    for column in columns[1:]:
        width = int(column.max(initial=0)) + 1
        code = np.unique(code, return_inverse=True)[1] * width + column
    _, places, group = np.unique(code, return_index=True, return_inverse=True)
    return places, group


def _refuse_wrong(compiled: CompiledSpec, given: Mapping[str, Floats]) -> None:
    """Refuse what ``CompiledSpec.signals`` refuses, in the same words."""
    bounds = {parameter.name: (parameter.low, parameter.high) for parameter in compiled.spec.parameters}
    for name, column in given.items():
        low, high = bounds.get(name, (-np.inf, np.inf))
        wrong = ~((column >= low) & (column <= high))
        if name in compiled.plan.windows:
            low = compiled.plan.windows[name]
            wrong |= ~((column >= low) & (column <= MAX_WINDOW) & (column == np.floor(column)))
        if name not in bounds or wrong.any():
            compiled.warmup_for({name: float(column[wrong.argmax()]) if column.size else 0.0})
