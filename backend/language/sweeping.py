"""A strategy and a table of parameter values made into programs for a sweep, without an object for each combination."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.errors import InvalidInput
from backend.domain.frames import Frame
from backend.domain.spec import CONDITION_FIELDS
from backend.engine.simulation.inputs import stretch
from backend.engine.sweep import Program
from backend.language.compiled import CompiledSpec
from backend.language.lowering import Lowering
from backend.language.rows import Rows
from backend.language.table import Table

MOST_COMBINATIONS = 10_000_000
"""Combinations of one sweep; a row of its result takes some 100 bytes."""
ROW_BYTES = 2**27
"""Bound on the lines that one program holds."""
COMBINATIONS_AT_ONCE = 2**16
"""Combinations of one program at most."""


class Sweeping:
    """A compiled strategy on a frame, ready to be swept over tables of parameter values.

    What depends on no parameter is computed once; what depends on one, or on several through a window function, once
    for each distinct value of them and kept for the next table; what is left, arithmetic, comparisons, crossings, ``and
    or not``, becomes instructions that the sweep runs for each combination.

    Args:
        compiled: a strategy without rotation.
        frame: T bars and the channels that the strategy reads.
        rows: the simulated stretch, N >= 1 bars.
        row_bytes: bound on the lines held at the same time; a larger table is swept in parts.

    Raises:
        InvalidInput: the strategy rotates between symbols, or ``rows`` is not a stretch of the bars.
    """

    def __init__(self, compiled: CompiledSpec, frame: Frame, rows: slice, row_bytes: int = ROW_BYTES) -> None:
        if compiled.spec.rotation is not None:
            raise InvalidInput(
                "A rotation ranks several symbols and cannot be swept over one.",
                "sweep a strategy with entry conditions",
            )
        first, stop = stretch(frame.bars, rows)
        self._compiled = compiled
        self._first, self._stop, self._bars = first, stop, stop - first
        self._lowering = Lowering(compiled.plan)
        operands = [
            self._lowering.true(compiled.roots[name]) if name in compiled.roots else None for name in CONDITION_FIELDS
        ]
        self._roots = np.array([-1 if o is None else self._lowering.root(o) for o in operands], dtype=np.int64)
        self._instructions = np.array(self._lowering.instructions(), dtype=np.int64).reshape(-1, 4)
        self._rows = Rows(compiled.plan, frame, self._lowering.reads, first, self._bars)
        self._row_bytes = row_bytes

    def programs(
        self, values: Mapping[str, Sequence[float] | Floats], most: int = MOST_COMBINATIONS
    ) -> Iterator[Program]:
        """Programs that together hold every combination, in order.

        Args:
            values: values by name of parameter, one for each of C combinations; the others keep their own.
            most: combinations that are accepted.

        Returns:
            Each program holds until the next one is asked for.

        Raises:
            InvalidInput: an unknown parameter, a value that a window cannot have, columns of different lengths, more
                combinations than ``most``, a combination that needs more bars to warm up than there are, or so many
                bars that the lines of a single one pass the bound.
        """
        table = Table.of(self._compiled, values, most)
        waiting = [
            table.part(a, min(a + COMBINATIONS_AT_ONCE, len(table))) for a in range(0, len(table), COMBINATIONS_AT_ONCE)
        ][::-1]
        while waiting:
            part = waiting.pop()
            needed = self._bytes(part)
            if needed <= self._row_bytes:
                yield self._program(part)
            elif len(part) > 1:
                half = len(part) // 2
                waiting += [part.part(half, len(part)), part.part(0, half)]
            else:
                raise InvalidInput(
                    f"One combination needs {needed:,} bytes of lines over {self._bars:,} bars; "
                    f"{self._row_bytes:,} are allowed.",
                    "sweep fewer bars or allow more bytes",
                )

    def _counts(self, part: Table) -> tuple[int, int]:
        """Rows of lines and of truths that a part needs at most."""
        lowering = self._lowering
        lines = sum(part.count(lowering.reads[slot]) for slot in lowering.lines)
        return lines, sum(part.count(lowering.reads[slot]) for slot, _ in lowering.truths)

    def _bytes(self, part: Table) -> int:
        lines, truths = self._counts(part)
        lowering = self._lowering
        bits = (lines + lowering.line_registers) * 64 + truths + lowering.truth_registers
        return bits * self._rows.width // 8

    def _program(self, part: Table) -> Program:
        lowering, rows = self._lowering, self._rows
        rows.make_room(*self._counts(part), self._row_bytes)
        line_rows = [rows.lines_of(slot, part) for slot in lowering.lines]
        truth_rows = [rows.truths_of(slot, wanted, part) for slot, wanted in lowering.truths]
        levels = [part.numbers(slot) for slot in lowering.levels]
        return Program(
            bars=self._bars,
            lines=rows.lines,
            truths=rows.truths,
            line_rows=_columns(line_rows, len(part), np.int64),
            truth_rows=_columns(truth_rows, len(part), np.int64),
            levels=_columns(levels, len(part), np.float64),
            instructions=self._instructions,
            line_registers=lowering.line_registers,
            truth_registers=lowering.truth_registers,
            roots=self._roots,
            starts=self._starts(part),
        )

    def _starts(self, part: Table) -> Any:
        """First column at which each condition may be true; column 0 decides nothing."""
        warmups = part.warmups()
        made = [warmups[self._compiled.roots[name]] if name in self._compiled.roots else 0 for name in CONDITION_FIELDS]
        bars = _columns([np.broadcast_to(np.asarray(m), len(part)) for m in made], len(part), np.int64)
        self._refuse_cold(part, bars.max(axis=1))
        return np.maximum(bars - self._first + 2, 1)

    def _refuse_cold(self, part: Table, warmups: Any) -> None:
        """Refuse combinations that a single run refuses: those that never know all their conditions."""
        cold = np.flatnonzero(warmups >= self._stop)
        if cold.size:
            first = int(cold[0])
            values = ", ".join(f"{name} = {value:g}" for name, value in part.values(first).items())
            raise InvalidInput(
                f"The strategy needs {warmups[first]} bars to warm up with {values}, but only {self._stop} are there.",
                "sweep shorter windows or a longer history",
            )


def _columns(columns: list[Any], size: int, kind: type) -> Any:
    table: Any = np.empty((size, len(columns)), dtype=kind)
    for place, column in enumerate(columns):
        table[:, place] = column
    return table
