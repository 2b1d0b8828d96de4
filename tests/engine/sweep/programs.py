"""Programs made of decisions, and decisions read out of programs."""

from collections.abc import Sequence

import numpy as np

from backend.domain.arrays import Bools
from backend.domain.signals import Signals
from backend.engine.sweep import Program
from backend.engine.sweep.program import WORD, words_for
from backend.engine.sweep.sweep import code_of


def program_of(decisions: Sequence[Signals], first: int, bars: int) -> Program:
    """A program without instructions whose combinations are the given decisions; no short conditions if never true."""
    width = words_for(bars) * WORD
    columns = [[d.long_entry, d.long_exit, d.short_entry, d.short_exit] for d in decisions]
    bits = np.zeros((4 * len(decisions), width), dtype=np.bool_)
    for row, decided in enumerate(column for four in columns for column in four):
        missing = max(0, 2 - first)
        bits[row, missing : bars + 1] = decided[first - 2 + missing : first - 1 + bars]
    short = any(d.short_entry.any() for d in decisions)
    return Program(
        bars=bars,
        lines=np.empty((0, width)),
        truths=np.packbits(bits, axis=1, bitorder="little").view("<u8"),
        line_rows=np.empty((len(decisions), 0), dtype=np.int64),
        truth_rows=np.arange(4 * len(decisions), dtype=np.int64).reshape(-1, 4),
        levels=np.empty((len(decisions), 0)),
        instructions=np.empty((0, 4), dtype=np.int64),
        line_registers=0,
        truth_registers=0,
        roots=np.array([0, 1, 2, 3] if short else [0, 1, -1, -1], dtype=np.int64),
        starts=np.ones((len(decisions), 4), dtype=np.int64),
    )


def decisions_of(program: Program, order: Sequence[int] | None = None) -> list[Bools]:
    """What each combination decides at the bars -1 .. N - 2, counted from the first simulated one; shape (4, N) each.

    Args:
        order: combinations in the order in which they are run; all from the first by default.
    """
    from backend.engine.sweep.interpreter import Registers, decided, run_program

    code, scratch = code_of(program)
    registers = Registers(scratch.lines, scratch.truths, scratch.line_changed, scratch.truth_changed)
    found: dict[int, Bools] = {}
    previous = -1
    for combination in range(len(program)) if order is None else order:
        run_program(code, registers, combination, previous)
        previous = combination
        for root in range(4):
            decided(code, registers, combination, root, scratch.decisions[root])
        bits = np.unpackbits(scratch.decisions.view(np.uint8), axis=1, bitorder="little")
        assert not bits[:, 0].any()
        assert not bits[:, program.bars + 1 :].any()
        found[combination] = bits[:, 1 : program.bars + 1] == 1
    return [found[combination] for combination in sorted(found)]
