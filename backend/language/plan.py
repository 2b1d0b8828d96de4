"""Typed trees to a list of calculations in which equal parts occur once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from backend.engine.indicators import arithmetic, truth
from backend.engine.indicators.alignment import aligned
from backend.language.columns import COLUMNS
from backend.language.function import FRAME, Accepts, Step
from backend.language.other_symbols import Elsewhere, RowsOf
from backend.language.rules import no_bars
from backend.language.tree import Call, Column, Kind, Literal, Node, Of, Operation, ParameterValue

FRAME_SLOT = 0

_OPERATIONS: dict[tuple[str, int], Callable[..., Any]] = {
    ("+", 2): arithmetic.add,
    ("-", 2): arithmetic.subtract,
    ("*", 2): arithmetic.multiply,
    ("/", 2): arithmetic.divide,
    ("-", 1): arithmetic.negate,
    ("<", 2): truth.less,
    ("<=", 2): truth.less_or_equal,
    (">", 2): truth.greater,
    (">=", 2): truth.greater_or_equal,
    ("not", 1): truth.negation,
}
_NUMBERS = {symbol: partial(arithmetic.scalar, symbol) for symbol in "+-*/"}


@dataclass(frozen=True, slots=True)
class Calculation:
    """``slots[slot] = run(*(slots[i] for i in inputs))``.

    Attributes:
        shared: worth keeping for other parameter values: it depends on at most one parameter.
    """

    slot: int
    run: Callable[..., Any]
    inputs: tuple[int, ...]
    shared: bool


@dataclass(frozen=True, slots=True)
class Warmup:
    """``warmups[slot]`` = longest of ``warmups[inputs]`` plus what ``rule`` makes of the values in ``windows``."""

    slot: int
    inputs: tuple[int, ...]
    windows: tuple[int, ...]
    rule: Callable[..., int]


@dataclass
class Plan:
    """Slots for the frame, constants, parameters and results, and the calculations that fill them, in order.

    Attributes:
        slots: template of the values: constants are in place, the rest is None.
        parameters: name -> slot.
        windows: parameters that count bars, and the fewest that each may count.
        numbers: calculations on plain numbers, done before the others.
        series: calculations on arrays.
        warmups: one for each slot that adds bars of its own.
        channels: names of the channels that are read.
        others: the other symbols that are read, and the channels of each.
    """

    slots: list[Any] = field(default_factory=lambda: [None])
    parameters: dict[str, int] = field(default_factory=dict)
    windows: dict[str, int] = field(default_factory=dict)
    numbers: list[Calculation] = field(default_factory=list)
    series: list[Calculation] = field(default_factory=list)
    warmups: list[Warmup] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)
    others: dict[str, set[str]] = field(default_factory=dict)
    _known: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _reads: dict[int, int] = field(default_factory=dict)
    """Slot -> the parameters that it depends on, one bit each."""

    def add(self, node: Node, symbol: str | None = None) -> int:
        """The slot that will hold the value of ``node``; equal nodes share one.

        Args:
            node: what to calculate.
            symbol: whose bars are read; None for those of the frame that is evaluated.
        """
        match node:
            case Literal(value=value):
                return self._constant(node.kind, value, symbol)
            case ParameterValue(name=name):
                return self._parameter(name)
            case Column(name=name):
                return self._step(Step(COLUMNS[name].read, (FRAME,)), (), symbol)
            case Call():
                return self._call(node, symbol)
            case Of():
                return self._of(node)
            case Operation():
                return self._operation(node, symbol)
        raise TypeError(type(node).__name__)

    def leading_to(self, slot: int) -> tuple[Calculation, ...]:
        """The calculations on arrays that fill a slot, in order."""
        needed, found = {slot}, []
        for calculation in reversed(self.series):
            if calculation.slot in needed:
                needed.update(calculation.inputs)
                found.append(calculation)
        return tuple(reversed(found))

    def _constant(self, kind: Kind, value: float | str, symbol: str | None) -> int:
        if kind is Kind.CHANNEL:
            channels = self.channels if symbol is None else self.others.setdefault(symbol, set())
            channels.add(str(value))
        return self._slot(("constant", value), value)

    def _of(self, node: Of) -> int:
        self.others.setdefault(node.symbol, set())
        inner = self.add(node.inputs[0], node.symbol)
        rows = self._calculate(self.series, RowsOf(node.symbol), (FRAME_SLOT,))
        slot = self._calculate(self.series, aligned, (inner, rows))
        return self._warmed(Warmup(slot, (inner,), (), no_bars))

    def _parameter(self, name: str) -> int:
        if name not in self.parameters:
            slot = self._slot(("parameter", name), None)
            self._reads[slot] = 1 << len(self.parameters)
            self.parameters[name] = slot
        return self.parameters[name]

    def _operation(self, node: Operation, symbol: str | None) -> int:
        inputs = tuple(self.add(part, symbol) for part in node.inputs)
        if node.kind is Kind.NUMBER:
            if len(inputs) == 1:
                inputs = (self._constant(Kind.NUMBER, 0.0, None), *inputs)
            return self._calculate(self.numbers, _NUMBERS[node.symbol], inputs)
        if node.symbol in ("and", "or"):
            run = truth.both if node.symbol == "and" else truth.either
        else:
            run = _OPERATIONS[node.symbol, len(inputs)]
        slot = self._calculate(self.series, run, inputs)
        return self._warmed(Warmup(slot, inputs, (), no_bars))

    def _call(self, node: Call, symbol: str | None) -> int:
        function = node.function
        inputs = tuple(
            self._window(part, argument.low) if argument.accepts is Accepts.WINDOW else self.add(part, symbol)
            for part, argument in zip(node.inputs, function.arguments, strict=True)
        )
        slot = self._step(function.step, inputs, symbol)
        windows = tuple(inputs[i] for i in function.windows)
        rest = tuple(slot for i, slot in enumerate(inputs) if i not in function.windows)
        return self._warmed(Warmup(slot, rest, windows, function.warmup))

    def _warmed(self, warmup: Warmup) -> int:
        if ("warmup", warmup.slot) not in self._known:
            self._known["warmup", warmup.slot] = warmup.slot
            self.warmups.append(warmup)
        return warmup.slot

    def _window(self, node: Node, low: int) -> int:
        if isinstance(node, ParameterValue):
            self.windows[node.name] = max(low, self.windows.get(node.name, low))
            return self._parameter(node.name)
        value = int(node.value) if isinstance(node, Literal) else 0
        return self._slot(("window", value), value)

    def _step(self, step: Step, arguments: tuple[int, ...], symbol: str | None) -> int:
        inputs = []
        for part in step.inputs:
            if isinstance(part, Step):
                inputs.append(self._step(part, arguments, symbol))
            else:
                inputs.append(FRAME_SLOT if part == FRAME else arguments[part])
        run = Elsewhere(symbol, step.run) if symbol is not None and FRAME in step.inputs else step.run
        return self._calculate(self.series, run, tuple(inputs))

    def _calculate(self, calculations: list[Calculation], run: Callable[..., Any], inputs: tuple[int, ...]) -> int:
        key = (run, *inputs)
        if key in self._known:
            return self._known[key]
        slot = self._known[key] = len(self.slots)
        self.slots.append(None)
        reads = 0
        for i in inputs:
            reads |= self._reads.get(i, 0)
        self._reads[slot] = reads
        calculations.append(Calculation(slot, run, inputs, shared=reads.bit_count() <= 1))
        return slot

    def _slot(self, key: tuple[Any, ...], value: Any) -> int:
        if key not in self._known:
            self._known[key] = len(self.slots)
            self.slots.append(value)
        return self._known[key]


class Planned:
    """Whatever runs a plan: what it reads."""

    plan: Plan

    @property
    def channels(self) -> frozenset[str]:
        """Names of the sentiment channels of the traded symbol that are read, ``"all"`` included."""
        return frozenset(self.plan.channels)

    @property
    def symbols(self) -> frozenset[str]:
        """The symbols that ``of`` names; the traded one may be among them, and is then read from its own frame."""
        return frozenset(self.plan.others)

    @property
    def channels_of(self) -> Mapping[str, frozenset[str]]:
        """For each of ``symbols``, the sentiment channels of it that are read."""
        return {symbol: frozenset(names) for symbol, names in self.plan.others.items()}
