"""The typed tree of an expression: what was parsed, with names resolved and units known."""

from dataclasses import dataclass, field
from enum import StrEnum

from backend.language.function import Function
from backend.language.units import NUMBER, RATIO, Unit


class Kind(StrEnum):
    """What an expression is."""

    NUMBER = "number"
    SERIES = "series"
    CONDITION = "condition"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of an expression.

    Attributes:
        kind: what it gives; the unit of a condition or a channel says nothing.
        inputs: its parts, from left to right. A named series is the same node wherever it is used.
        size: nodes in it, with named series written out wherever they are used.
        depth: longest way down, likewise.
        reads_other: whether another symbol is read in it.
    """

    kind: Kind
    unit: Unit = RATIO
    inputs: tuple["Node", ...] = ()
    size: int = field(init=False)
    depth: int = field(init=False)
    reads_other: bool = field(init=False)

    def __post_init__(self) -> None:
        size, depth, reads_other = 1, 0, False
        for node in self.inputs:
            size += node.size
            depth = max(depth, node.depth)
            reads_other = reads_other or node.reads_other
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "depth", depth + 1)
        object.__setattr__(self, "reads_other", reads_other)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Literal(Node):
    """A number or the name of a channel, written down."""

    value: float | str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ParameterValue(Node):
    """A parameter of the strategy; its value is known before running."""

    name: str
    kind: Kind = Kind.NUMBER
    unit: Unit = NUMBER


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Column(Node):
    """A column of the bars."""

    name: str
    kind: Kind = Kind.SERIES


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Operation(Node):
    """``+ - * /`` (minus also of one operand), a comparison, or ``and or not``; ``and or`` have two or more parts."""

    symbol: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Call(Node):
    """A function of the registry with its arguments."""

    function: Function


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Of(Node):
    """Its one part, read from the bars of another symbol."""

    symbol: str

    def __post_init__(self) -> None:
        Node.__post_init__(self)
        object.__setattr__(self, "reads_other", True)
