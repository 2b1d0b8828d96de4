"""Lines and truths of a plan for distinct parameter values, computed once and kept as rows of two matrices."""

from typing import Any

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame
from backend.engine.sweep.program import LEAD, WORD, Indices, Words, words_for
from backend.language.evaluate import MEMO_BYTES, numbers
from backend.language.plan import FRAME_SLOT, Plan
from backend.language.table import Names, Table

Key = tuple[Any, ...]

ROWS_AHEAD = 64
"""Rows for which there is room before they are needed."""


class Rows:
    """Rows of lines and of truths, each for one slot of a plan and one tuple of the parameters that it reads.

    Args:
        plan: what is calculated.
        frame: what it reads.
        reads: parameters that each slot depends on.
        first: first simulated bar.
        bars: N, how many are simulated.
    """

    def __init__(self, plan: Plan, frame: Frame, reads: dict[int, Names], first: int, bars: int) -> None:
        self._frame, self._reads, self._plan = frame, reads, plan
        self._made_by = {calculation.slot: calculation for calculation in plan.series}
        # bars read by column: those before the first bar of the data do not exist
        self._missing = max(0, LEAD - first)
        self._read = slice(max(0, first - LEAD), first - 1 + bars)
        self.width = words_for(bars) * WORD
        self.lines: Floats = np.empty((0, self.width))
        self.truths: Words = np.empty((0, self.width // WORD), dtype=np.uint64)
        self._line_of: dict[Key, int] = {}
        self._truth_of: dict[Key, int] = {}
        self._kept: dict[Key, Any] = {}
        self._kept_bytes = 0

    def make_room(self, lines: int, truths: int, limit: int) -> None:
        """Have room for so many more rows; forget the earlier ones where together they would pass ``limit`` bytes."""
        taken = self._taken(len(self._line_of) + lines, len(self._truth_of) + truths)
        if taken > limit:
            self._line_of.clear()
            self._truth_of.clear()
        ahead = ROWS_AHEAD if taken + self._taken(ROWS_AHEAD, ROWS_AHEAD) <= limit else 0
        self.lines = _with_room(self.lines, len(self._line_of), lines, ahead)
        self.truths = _with_room(self.truths, len(self._truth_of), truths, ahead)

    def _taken(self, lines: int, truths: int) -> int:
        """Bytes of so many rows."""
        return lines * self.width * 8 + truths * self.width // 8

    def lines_of(self, slot: int, table: Table) -> Indices:
        """The row of ``lines`` that holds ``slot`` for each combination, shape (C,)."""
        places, group = table.groups(self._reads[slot])
        found = []
        for place in places:
            values = table.values(int(place))
            key = self._key(slot, values)
            if key not in self._line_of:
                self._line_of[key] = number = len(self._line_of)
                self._write(self.lines[number], np.nan, self._value(slot, values))
            found.append(self._line_of[key])
        rows: Indices = np.array(found, dtype=np.int64)[group]
        return rows

    def truths_of(self, slot: int, wanted: bool, table: Table) -> Indices:
        """The row of ``truths`` that holds where ``slot`` is true, or where false, for each combination, shape (C,)."""
        places, group = table.groups(self._reads[slot])
        found = []
        for place in places:
            values = table.values(int(place))
            key = (wanted, *self._key(slot, values))
            if key not in self._truth_of:
                self._truth_of[key] = number = len(self._truth_of)
                bits = np.empty(self.width, dtype=np.bool_)
                self._write(bits, 0, self._value(slot, values) == (1 if wanted else -1))
                self.truths[number] = np.packbits(bits, bitorder="little").view("<u8")
            found.append(self._truth_of[key])
        rows: Indices = np.array(found, dtype=np.int64)[group]
        return rows

    def _write(self, row: Any, nothing: Any, values: Any) -> None:
        """Fill a row with values of all bars, shape (T,), and with nothing in the columns that no bar belongs to."""
        stop = self._missing + self._read.stop - self._read.start
        row[: self._missing] = nothing
        row[self._missing : stop] = values[self._read]
        row[stop:] = nothing

    def _value(self, slot: int, values: dict[str, float]) -> Any:
        made, slots = self._made_by[slot], numbers(self._plan, values)
        return made.run(*[self._input(i, values, slots) for i in made.inputs])

    def _input(self, slot: int, values: dict[str, float], slots: list[Any]) -> Any:
        """What a slot holds; inputs are kept as far as the bound allows, since several windows share theirs."""
        if slot == FRAME_SLOT:
            return self._frame
        if slot not in self._made_by:
            return slots[slot]
        key = self._key(slot, values)
        if key not in self._kept:
            made = self._made_by[slot]
            result = made.run(*[self._input(i, values, slots) for i in made.inputs])
            result.setflags(write=False)
            if self._kept_bytes + result.nbytes > MEMO_BYTES:
                self._kept.clear()
                self._kept_bytes = 0
            self._kept[key] = result
            self._kept_bytes += result.nbytes
        return self._kept[key]

    def _key(self, slot: int, values: dict[str, float]) -> Key:
        return (slot, *[values[name] for name in self._reads[slot]])


def _with_room(matrix: Any, used: int, coming: int, ahead: int) -> Any:
    """The matrix, or a copy with room for ``coming`` more rows than are used and for some ``ahead``."""
    if used + coming <= len(matrix):
        return matrix
    larger = np.empty((used + coming + ahead, matrix.shape[1]), dtype=matrix.dtype)
    larger[:used] = matrix[:used]
    return larger
