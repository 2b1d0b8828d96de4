"""Conditions of many combinations of parameter values as data: lines, and instructions over them."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Floats

Words = NDArray[np.uint64]
"""Truth of 64 bars in each word, the first bar in the lowest bit."""
Indices = NDArray[np.int64]

WORD = 64
FILLS_AT_ONCE = 4
"""Fills that are noted at once, needed or not."""
LEAD = 2
"""Column 0 of a program is this many bars before the first simulated one, so that a crossing can look back."""


class Op(IntEnum):
    """What an instruction does; lines are float64, truths are bits that are set where a condition is true."""

    LEVEL = 0
    """line = the combination's level number ``a``, at every bar"""
    ADD = 1
    SUBTRACT = 2
    MULTIPLY = 3
    DIVIDE = 4
    NEGATE = 5
    COMPARE = 6
    """three truths: line ``a`` above, below, equal to line ``b``; none of them where either is missing"""
    BEFORE = 7
    """truth = truth ``a`` one bar before"""
    AND = 8
    OR = 9
    AND_NOT = 10


@dataclass(frozen=True, eq=False)
class Program:
    """The entry and exit conditions of C combinations over N bars.

    A *line operand* below ``line_rows.shape[1]`` is the row of ``lines`` that ``line_rows`` names for the combination;
    the others are registers that instructions fill. *Truth operands* likewise.

    Attributes:
        bars: N. Column k belongs to the bar k - 2 counted from the first simulated one; the decision at column k fills
            at the open of bar k - 1.
        lines: shape (L, 64 W), 64 W > N; NaN where missing, before the first bar of the data, and after column N.
        truths: shape (K, W), no bit set before the first bar of the data or after column N.
        line_rows: row of ``lines`` for each combination and line operand, shape (C, l).
        truth_rows: row of ``truths`` for each combination and truth operand, shape (C, k).
        levels: plain numbers, shape (C, s).
        instructions: operation, register, operand a, operand b; shape (I, 4).
        line_registers: registers for lines.
        truth_registers: registers for truths.
        roots: truth operand of each condition in the order of ``Signals``, -1 where there is none; shape (4,).
        starts: first column at which each condition may be true, shape (C, 4).
    """

    bars: int
    lines: Floats
    truths: Words
    line_rows: Indices
    truth_rows: Indices
    levels: Floats
    instructions: Indices
    line_registers: int
    truth_registers: int
    roots: Indices
    starts: Indices

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def long_only(self) -> bool:
        """Whether no condition enters short."""
        return bool(self.roots[2] < 0)


def words_for(bars: int) -> int:
    """W: words that hold a bit for each of the columns 0 .. N."""
    return bars // WORD + 1
