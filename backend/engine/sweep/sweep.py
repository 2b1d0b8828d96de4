"""Many combinations of parameter values over the same bars, each reduced to one row of numbers."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.spec import Risk
from backend.engine.simulation import Rules
from backend.engine.simulation.inputs import prices_of, stretch
from backend.engine.simulation.records import POSITION
from backend.engine.simulation.rules import terms_of
from backend.engine.sweep.columns import MEASURED
from backend.engine.sweep.program import FILLS_AT_ONCE, WORD, Indices, Program, words_for
from backend.engine.sweep.result import SweepResult

Observe = Callable[[Floats], None]

BLOCK = 256
"""Combinations that a thread takes at once."""
OBSERVED = 16
"""Combinations that are computed before their bar returns are handed out."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What all combinations have in common; the numbers of each are those of ``simulate`` and ``measure``.

    Its risk-free rate is the interest that idle cash earns.

    Attributes:
        bars: all bars, T of them.
        rules: sizing and risk.
        execution: capital, costs and rules of filling.
        rows: the simulated stretch, N >= 1 bars.
        periods_per_year: bars in a year, e.g. 252 daily.

    Raises:
        InvalidInput: as ``simulate`` does.
    """

    bars: Bars
    rules: Rules
    execution: Execution
    rows: slice
    periods_per_year: float

    def __post_init__(self) -> None:
        stretch(self.bars, self.rows)

    def over(self, programs: Iterable[Program], threads: int = 1) -> SweepResult:
        """Measure every combination of the programs, which are taken one at a time.

        Without stops and with all money in each position a combination costs what its conditions cost, and then
        O(trades): positions are measured by segments. Otherwise its bars are simulated one by one. Memory is bounded by
        the bars, one program, and one row of numbers for each combination.

        Args:
            programs: conditions of combinations over ``rows``.
            threads: how many combinations are measured at the same time; the result is the same for any number.

        Raises:
            InvalidInput: no threads, or a program over other rows.
        """
        if threads < 1:
            raise InvalidInput(f"A sweep cannot run on {threads} threads.", "give it one or more")
        return self._joined([self._measured(self._checked(program), threads) for program in programs])

    def observed(self, programs: Iterable[Program], observe: Observe) -> SweepResult:
        """Measure every combination bar by bar and hand out its bar returns.

        Args:
            programs: conditions of combinations over ``rows``.
            observe: is handed the bar returns of each combination, shape (N,), in their order, at most ``OBSERVED``
                combinations after they were computed; they are its to keep. What it raises ends the sweep.
        """
        parts = []
        for program in programs:
            measured = np.empty((len(self._checked(program)), MEASURED))
            for first in range(0, len(program), OBSERVED):
                chosen = np.arange(first, min(first + OBSERVED, len(program)), dtype=np.int64)
                block = self._simulated(program, chosen, measured, np.empty((len(chosen), program.bars)))
                block.flags.writeable = False
                for returns in block:
                    observe(returns)
            parts.append(measured)
        return self._joined(parts)

    def _checked(self, program: Program) -> Program:
        first, stop = stretch(self.bars, self.rows)
        if program.bars != stop - first:
            raise InvalidInput(
                f"The conditions are over {program.bars} bars, but {stop - first} are simulated.",
                "make the program for the same rows",
            )
        return program

    def _measured(self, program: Program, threads: int) -> Floats:
        measured = np.empty((len(program), MEASURED))
        blocks = [np.arange(a, min(a + BLOCK, len(program)), dtype=np.int64) for a in range(0, len(program), BLOCK)]

        def measure(chosen: Indices) -> None:
            if self._in_segments and program.long_only:
                chosen = self._by_segments(program, chosen, measured)
            if chosen.size:
                self._simulated(program, chosen, measured, np.empty((0, program.bars)))

        if threads == 1 or len(blocks) == 1:
            for block in blocks:
                measure(block)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(measure, blocks))
        return measured

    def _by_segments(self, program: Program, chosen: Indices, measured: Floats) -> Indices:
        from backend.engine.sweep import kernel

        code, scratch = code_of(program)
        segments = (*self._ranges, self._terms)
        left: Indices = kernel.sweep_segments(code, scratch, chosen, self._market, segments, measured)
        return left

    def _simulated(self, program: Program, chosen: Indices, measured: Floats, returns: Floats) -> Floats:
        from backend.engine.sweep.kernel import sweep_curves

        code, scratch = code_of(program)
        sweep_curves(code, scratch, chosen, self._market, self._terms, (measured, returns))
        return returns

    def _joined(self, parts: list[Floats]) -> SweepResult:
        first, stop = stretch(self.bars, self.rows)
        table = np.concatenate([np.empty((0, MEASURED)), *parts])
        capital, risk_free = self.execution.capital, float(self._terms[0]["interest_per_bar"])
        return SweepResult.of(table, stop - first, capital, self.periods_per_year, risk_free)

    @cached_property
    def _in_segments(self) -> bool:
        """Whether a long position holds all money until a signal, and idle money earns nothing."""
        sizing, execution = self.rules.sizing, self.execution
        all_in = sizing.kind == "fraction" and sizing.value == 1.0 and not execution.whole_shares
        plain = execution.interest_rate == 0.0 and execution.profile == "default"
        return all_in and plain and self.rules.risk == Risk()

    @cached_property
    def _terms(self) -> Any:
        return terms_of(self.rules, self.execution, self.bars.timeframe)

    @cached_property
    def _market(self) -> Any:
        from backend.engine.sweep.kernel import Market

        first, stop = stretch(self.bars, self.rows)
        opens, highs, lows, closes = prices_of(self.bars)
        rows, adjustment = slice(first, stop), np.ascontiguousarray(self.bars.adjustment)
        days = self.bars.session[rows].view(np.int64)
        return Market(opens[rows], highs[rows], lows[rows], closes[rows], adjustment[rows], closes, first, days)

    @cached_property
    def _ranges(self) -> Any:
        from backend.engine.sweep.ranges import ranges_of

        return tuple(ranges_of(self._market.close))


def code_of(program: Program) -> Any:
    """The arrays of a program, and room to run it in."""
    from backend.engine.metrics.curves import CHUNK
    from backend.engine.sweep.interpreter import Code
    from backend.engine.sweep.kernel import Scratch

    words = words_for(program.bars)
    scratch = Scratch(
        lines=np.empty((program.line_registers, WORD * words)),
        truths=np.empty((program.truth_registers, words), dtype=np.uint64),
        line_changed=np.empty(program.line_rows.shape[1] + program.line_registers, dtype=np.bool_),
        truth_changed=np.empty(program.truth_rows.shape[1] + program.truth_registers, dtype=np.bool_),
        decisions=np.empty((len(program.roots), words), dtype=np.uint64),
        fills=np.empty(WORD * words + FILLS_AT_ONCE, dtype=np.int64),
        orders=np.empty(WORD * words, dtype=np.uint8),
        equity=np.empty(program.bars),
        chunk=np.empty(CHUNK),
        positions=np.empty(program.bars, dtype=POSITION),
    )
    return Code(*(getattr(program, name) for name in Code._fields)), scratch
