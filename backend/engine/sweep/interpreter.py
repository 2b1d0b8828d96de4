"""Runs a program for one combination after the other; it imports numba, so only a running sweep imports it.

What a combination has in common with the one before it is not computed again: an instruction runs where one of its
operands is another row, another number, or the result of an instruction that ran.
"""

from typing import Any, NamedTuple

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import compiled
from backend.engine.sweep.program import Indices, Op, Words

LEVEL, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE = (int(op) for op in list(Op)[:6])
COMPARE, BEFORE, AND, OR, AND_NOT = (int(op) for op in list(Op)[6:])
LONG_ENTRY, LONG_EXIT, SHORT_ENTRY, SHORT_EXIT = range(4)


class Code(NamedTuple):
    """The arrays of a ``Program``."""

    lines: Floats
    truths: Words
    line_rows: Indices
    truth_rows: Indices
    levels: Floats
    instructions: Indices
    roots: Indices
    starts: Indices


class Registers(NamedTuple):
    """What the instructions of one thread fill, and which operands the latest combination changed."""

    lines: Floats
    truths: Words
    line_changed: Any
    truth_changed: Any


@compiled()
def compare(a: Floats, b: Floats, above: Words, below: Words, equal: Words) -> None:
    """Set a bit where ``a`` is above, below, equal to ``b``; shapes (64 W,) and (W,)."""
    for word in range(above.size):
        x, y = a[64 * word : 64 * word + 64], b[64 * word : 64 * word + 64]
        over, under, same = np.uint64(0), np.uint64(0), np.uint64(0)
        for bit in range(64):
            over |= np.uint64(x[bit] > y[bit]) << np.uint64(bit)
            under |= np.uint64(x[bit] < y[bit]) << np.uint64(bit)
            same |= np.uint64(x[bit] == y[bit]) << np.uint64(bit)
        above[word], below[word], equal[word] = over, under, same


@compiled()
def calculate(op: int, a: Floats, b: Floats, line: Floats) -> None:
    """Arithmetic bar by bar, exactly as the language does it: what is not a finite number is missing."""
    if op == NEGATE:
        np.negative(a, line)
    elif op == ADD:
        np.add(a, b, line)
    elif op == SUBTRACT:
        np.subtract(a, b, line)
    elif op == MULTIPLY:
        np.multiply(a, b, line)
    else:
        np.divide(a, b, line)
    for i in range(line.size):
        line[i] = line[i] if abs(line[i]) < np.inf else np.nan


@compiled()
def join(op: int, a: Words, b: Words, truth: Words) -> None:
    """``BEFORE`` of ``a``; ``AND``, ``OR``, ``AND_NOT`` of ``a`` and ``b``; shape (W,) each."""
    if op == BEFORE:
        carried = np.uint64(0)
        for i in range(truth.size):
            truth[i] = a[i] << np.uint64(1) | carried
            carried = a[i] >> np.uint64(63)
    elif op == AND:
        for i in range(truth.size):
            truth[i] = a[i] & b[i]
    elif op == OR:
        for i in range(truth.size):
            truth[i] = a[i] | b[i]
    else:
        for i in range(truth.size):
            truth[i] = a[i] & ~b[i]


@compiled()
def _mark(rows: Indices, combination: int, previous: int, changed: Any) -> None:
    """Note which operands are another row than before; what instructions fill is not changed yet."""
    for operand in range(changed.size):
        changed[operand] = False
    for operand in range(rows.shape[1]):
        changed[operand] = previous < 0 or rows[combination, operand] != rows[previous, operand]


@compiled()
def run_program(code: Code, registers: Registers, combination: int, previous: int) -> None:
    """Bring the registers from the combination ``previous`` to another; -1 when there was none."""
    # arrays are taken out of the tuples once: handing a tuple to a function counts references to all of its arrays
    lines, truths, line_rows, truth_rows, levels, instructions = code[:6]
    line_registers, truth_registers, line_changed, truth_changed = registers
    first_line, first_truth = line_rows.shape[1], truth_rows.shape[1]
    _mark(line_rows, combination, previous, line_changed)
    _mark(truth_rows, combination, previous, truth_changed)
    for step in range(instructions.shape[0]):
        op, target = instructions[step, 0], instructions[step, 1]
        a, b = instructions[step, 2], instructions[step, 3]
        if op == LEVEL:
            level = levels[combination, a]
            if previous < 0 or level != levels[previous, a]:
                line_registers[target, :] = level
                line_changed[first_line + target] = True
        elif op <= COMPARE:
            if line_changed[a] or line_changed[b]:
                x = lines[line_rows[combination, a]] if a < first_line else line_registers[a - first_line]
                y = lines[line_rows[combination, b]] if b < first_line else line_registers[b - first_line]
                if op == COMPARE:
                    compare(x, y, truth_registers[target], truth_registers[target + 1], truth_registers[target + 2])
                    for made in range(first_truth + target, first_truth + target + 3):
                        truth_changed[made] = True
                else:
                    calculate(op, x, y, line_registers[target])
                    line_changed[first_line + target] = True
        elif truth_changed[a] or truth_changed[b]:
            p = truths[truth_rows[combination, a]] if a < first_truth else truth_registers[a - first_truth]
            q = truths[truth_rows[combination, b]] if b < first_truth else truth_registers[b - first_truth]
            join(op, p, q, truth_registers[target])
            truth_changed[first_truth + target] = True


@compiled()
def _past(known: Words, start: int, truth: Words) -> None:
    whole = start // 64
    for word in range(truth.size):
        truth[word] = known[word] if word >= whole else np.uint64(0)
    if start % 64:
        truth[whole] &= ~np.uint64(0) << np.uint64(start % 64)


@compiled()
def decided(code: Code, registers: Registers, combination: int, root: int, truth: Words) -> None:
    """Where a condition is true and past its own warm-up, shape (W,); nowhere if there is no such condition."""
    operand, rows = code.roots[root], code.truth_rows.shape[1]
    if operand < 0:
        truth[:] = np.uint64(0)
        return
    start = min(code.starts[combination, root], 64 * truth.size)
    if operand < rows:
        _past(code.truths[code.truth_rows[combination, operand]], start, truth)
    else:
        _past(registers.truths[operand - rows], start, truth)
