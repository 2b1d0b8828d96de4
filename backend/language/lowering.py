"""A plan as instructions for a sweep: what depends on several parameters at once is left to a compiled interpreter.

Conditions are three-valued. Since unknown only ever has to be told from true, a condition is lowered to the bits where
it is true, and under ``not`` to the bits where it is false; ``not`` itself needs no instruction then.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.engine.indicators import arithmetic, crossings, truth
from backend.engine.sweep.program import Op
from backend.language.plan import Calculation, Plan

_LINES: dict[Callable[..., Any], Op] = {
    arithmetic.add: Op.ADD,
    arithmetic.subtract: Op.SUBTRACT,
    arithmetic.multiply: Op.MULTIPLY,
    arithmetic.divide: Op.DIVIDE,
    arithmetic.negate: Op.NEGATE,
}
_COMPARISONS: dict[Callable[..., Any], str] = {
    truth.less: "<",
    truth.less_or_equal: "<=",
    truth.greater: ">",
    truth.greater_or_equal: ">=",
}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_JOINED: dict[tuple[Callable[..., Any], bool], Op] = {
    (truth.both, True): Op.AND,
    (truth.both, False): Op.OR,
    (truth.either, True): Op.OR,
    (truth.either, False): Op.AND,
}
_CROSSINGS = (crossings.cross_above, crossings.cross_below)
INTERPRETED = frozenset({*_LINES, *_COMPARISONS, truth.both, truth.either, truth.negation, *_CROSSINGS})
"""Calculations that an instruction can do."""

Operand = tuple[str, int]
"""A kind of operand, ``row`` or ``register``, and its number within it."""


@dataclass
class Lowering:
    """Instructions and the rows that they read, grown by one condition after the other.

    Attributes:
        plan: what is lowered.
        reads: parameters that each slot depends on, by slot, in a fixed order.
        lines: slots whose lines are rows, in the order of the line operands.
        truths: slots whose truths are rows, and whether where they are true or where they are false.
        levels: slots of plain numbers that become lines.
        code: operation, register, operands.
    """

    plan: Plan
    reads: dict[int, tuple[str, ...]] = field(init=False)
    lines: list[int] = field(default_factory=list)
    truths: list[tuple[int, bool]] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    code: list[tuple[Op, int, Operand, Operand]] = field(default_factory=list)
    line_registers: int = 0
    truth_registers: int = 0
    _done: dict[tuple[Any, ...], Operand] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.made_by = {calculation.slot: calculation for calculation in self.plan.series}
        self.reads = parameters_read(self.plan)

    def true(self, slot: int, wanted: bool = True) -> Operand:
        """Where the condition in ``slot`` is true, or where it is false."""
        made = self._interpreted(slot)
        if made is None:
            return _numbered("row", self.truths, (slot, wanted))
        if made.run is truth.negation:
            return self.true(made.inputs[0], not wanted)
        if made.run in _COMPARISONS:
            symbol = _COMPARISONS[made.run]
            return self._comparison(symbol if wanted else _OPPOSITE[symbol], made.inputs)
        if made.run in _CROSSINGS:
            a, b = made.inputs if made.run is crossings.cross_above else made.inputs[::-1]
            return self._crossing((a, b), wanted)
        parts = [self.true(part, wanted) for part in made.inputs]
        joined = parts[0]
        for part in parts[1:]:
            joined = self._truth(_JOINED[made.run, wanted], joined, part)
        return joined

    def line(self, slot: int) -> Operand:
        """The line in ``slot``; a plain number is a level line."""
        if slot not in self.made_by:
            level = _numbered("level", self.levels, slot)
            return self._line(Op.LEVEL, level, level)
        made = self._interpreted(slot)
        if made is None:
            return _numbered("row", self.lines, slot)
        inputs = [self.line(part) for part in made.inputs]
        return self._line(_LINES[made.run], inputs[0], inputs[-1])

    def _interpreted(self, slot: int) -> Calculation | None:
        """How ``slot`` is calculated if an instruction does it; a row serves what depends on no parameter."""
        made = self.made_by[slot]
        return made if self.reads[slot] and made.run in INTERPRETED else None

    def _comparison(self, symbol: str, inputs: tuple[int, ...]) -> Operand:
        above, below, equal = self._compared(inputs[0], inputs[1])
        strict = above if symbol[0] == ">" else below
        return strict if len(symbol) == 1 else self._truth(Op.OR, strict, equal)

    def _compared(self, a: int, b: int) -> tuple[Operand, Operand, Operand]:
        """Where one line is above, below, equal to another; asked the other way round, the same instruction."""
        left, right = self.line(a), self.line(b)
        if (Op.COMPARE, right, left) in self._done:
            above, below, equal = _three(self._done[Op.COMPARE, right, left])
            return below, above, equal
        key = (Op.COMPARE, left, right)
        if key not in self._done:
            self._done[key] = self._emit(Op.COMPARE, left, right, self.truth_registers)
            self.truth_registers += 3
        return _three(self._done[key])

    def _crossing(self, inputs: tuple[int, int], wanted: bool) -> Operand:
        above = self._comparison(">", inputs)
        not_above = self._comparison("<=", inputs)
        crossed = self._truth(Op.AND, above, self._before(not_above))
        if wanted:
            return crossed
        known = self._truth(Op.OR, above, not_above)
        return self._truth(Op.AND_NOT, self._truth(Op.AND, known, self._before(known)), crossed)

    def _before(self, a: Operand) -> Operand:
        return self._truth(Op.BEFORE, a, a)

    def _truth(self, op: Op, a: Operand, b: Operand) -> Operand:
        if (op, a, b) not in self._done:
            self._done[op, a, b] = self._emit(op, a, b, self.truth_registers)
            self.truth_registers += 1
        return self._done[op, a, b]

    def _line(self, op: Op, a: Operand, b: Operand) -> Operand:
        if (op, a, b) not in self._done:
            self._done[op, a, b] = self._emit(op, a, b, self.line_registers)
            self.line_registers += 1
        return self._done[op, a, b]

    def _emit(self, op: Op, a: Operand, b: Operand, register: int) -> Operand:
        self.code.append((op, register, a, b))
        return "register", register

    def instructions(self) -> list[tuple[int, int, int, int]]:
        """The code with operands numbered as a ``Program`` has them."""
        made = []
        for op, register, a, b in self.code:
            rows = len(self.lines) if op <= Op.COMPARE else len(self.truths)
            made.append((int(op), register, _place(a, rows), _place(b, rows)))
        return made

    def root(self, operand: Operand) -> int:
        """The number of a truth operand in a ``Program``."""
        return _place(operand, len(self.truths))


def parameters_read(plan: Plan) -> dict[int, tuple[str, ...]]:
    """The parameters that each slot of a plan depends on."""
    names = {slot: frozenset([name]) for name, slot in plan.parameters.items()}
    for calculation in (*plan.numbers, *plan.series):
        names[calculation.slot] = frozenset().union(*(names.get(i, frozenset()) for i in calculation.inputs))
    order = list(plan.parameters)
    return {slot: tuple(sorted(names.get(slot, frozenset()), key=order.index)) for slot in range(len(plan.slots))}


def _place(operand: Operand, rows: int) -> int:
    kind, number = operand
    return rows + number if kind == "register" else number


def _three(first: Operand) -> tuple[Operand, Operand, Operand]:
    kind, number = first
    return first, (kind, number + 1), (kind, number + 2)


def _numbered(kind: str, known: list[Any], wanted: Any) -> Operand:
    if wanted not in known:
        known.append(wanted)
    return kind, known.index(wanted)
