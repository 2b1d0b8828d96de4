"""Chosen combinations of a program one after the other; it imports numba, so only a running sweep imports it."""

from typing import Any, NamedTuple

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.borrowed import borrowed
from backend.engine.kernel import compiled
from backend.engine.simulation.holding import Course
from backend.engine.simulation.kernel import trade
from backend.engine.simulation.returns import write_returns
from backend.engine.sweep.columns import TRADES
from backend.engine.sweep.curves import measure_curve, measure_positions, orders_of
from backend.engine.sweep.interpreter import (
    LONG_ENTRY,
    LONG_EXIT,
    SHORT_ENTRY,
    SHORT_EXIT,
    Code,
    Registers,
    decided,
    run_program,
)
from backend.engine.sweep.program import Indices, Words
from backend.engine.sweep.segments import fills_of, trade_segments


class Scratch(NamedTuple):
    """What one thread works in; it is made outside, for what is lent has to outlive the kernel."""

    lines: Floats
    truths: Words
    line_changed: Any
    truth_changed: Any
    decisions: Words
    """Where each condition is true, shape (4, W)."""
    fills: Indices
    """Bars of entry and exit, shape (64 W + 4,)."""
    orders: Any
    """Bits for the open of each bar, shape (64 W,)."""
    equity: Floats
    chunk: Floats
    positions: Any
    """A row for each entry that there may be; what is never touched takes no memory."""


class Market(NamedTuple):
    """The simulated bars: N prices of each kind, and what ``trade`` and ``measure_curve`` take besides."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adjustment: Floats
    closes: Floats
    first: int
    days: Integers


@compiled()
def _lent(code: Code) -> Code:
    """The same arrays without their reference counts."""
    return Code(
        borrowed(code.lines),
        borrowed(code.truths),
        borrowed(code.line_rows),
        borrowed(code.truth_rows),
        borrowed(code.levels),
        borrowed(code.instructions),
        borrowed(code.roots),
        borrowed(code.starts),
    )


@compiled()
def _registers(scratch: Scratch) -> Registers:
    return Registers(
        borrowed(scratch.lines),
        borrowed(scratch.truths),
        borrowed(scratch.line_changed),
        borrowed(scratch.truth_changed),
    )


@compiled()
def sweep_segments(
    code: Code, scratch: Scratch, chosen: Indices, market: Market, segments: Any, measured: Floats
) -> Any:
    """Measure the chosen combinations by segments; they enter long only.

    Args:
        code: the program.
        scratch: overwritten.
        chosen: places of combinations.
        market: the simulated bars.
        segments: fields of ``Ranges`` of their closes, and one row of ``TERMS``.
        measured: filled in the rows of the chosen, shape (C, MEASURED).

    Returns:
        Those of the chosen that have to be simulated instead.
    """
    left, untold, previous = 0, np.empty_like(chosen), -1
    lent, registers = _lent(code), _registers(scratch)
    decisions, fills, rows = borrowed(scratch.decisions), borrowed(scratch.fills), borrowed(measured)
    prices = borrowed(market.open), borrowed(market.close)
    ranges = borrowed(segments[0]), borrowed(segments[1]), borrowed(segments[2])
    trading = borrowed(segments[3])[0], borrowed(scratch.positions)[0]
    for combination in chosen:
        run_program(lent, registers, combination, previous)
        previous = combination
        decided(lent, registers, combination, LONG_ENTRY, decisions[0])
        decided(lent, registers, combination, LONG_EXIT, decisions[1])
        count = fills_of(decisions[0], decisions[1], fills)
        if not trade_segments(prices, ranges, fills, count, trading, rows[combination]):
            untold[left] = combination
            left += 1
    return untold[:left]


@compiled()
def sweep_curves(code: Code, scratch: Scratch, chosen: Indices, market: Market, one_term: Any, curves: Any) -> None:
    """Simulate the chosen combinations bar by bar and measure their equity curves.

    Args:
        code: the program.
        scratch: overwritten.
        chosen: places of combinations.
        market: the simulated bars.
        one_term: one row of ``TERMS``.
        curves: what is filled: the rows of the chosen among what is measured, shape (C, MEASURED), and the bar returns
            of the chosen, shape (len(chosen), N) or (0, N) where nobody wants them.
    """
    previous, lent, registers = -1, _lent(code), _registers(scratch)
    decisions, orders, equity = borrowed(scratch.decisions), borrowed(scratch.orders), borrowed(scratch.equity)
    closes, terms, positions = borrowed(market.closes), borrowed(one_term)[0], borrowed(scratch.positions)
    measured, returns = borrowed(curves[0]), borrowed(curves[1])
    days, chunk = borrowed(market.days), borrowed(scratch.chunk)
    course = Course(
        borrowed(market.open),
        borrowed(market.high),
        borrowed(market.low),
        borrowed(market.close),
        borrowed(market.adjustment),
        orders[1 : equity.size + 1],
        equity,
    )
    for place in range(chosen.size):
        combination = chosen[place]
        run_program(lent, registers, combination, previous)
        previous = combination
        for root in (LONG_ENTRY, LONG_EXIT, SHORT_ENTRY, SHORT_EXIT):
            decided(lent, registers, combination, root, decisions[root])
        orders_of(decisions, orders)
        outcome = trade(course, terms, closes, market.first, positions)
        told = False
        if terms.interest_per_bar == 0.0 and returns.shape[0] == 0:
            told = measure_positions(equity, terms.capital, positions, outcome.entered, measured[combination])
        if not told:
            measure_curve(equity, terms.capital, days, chunk, measured[combination])
        measured[combination, TRADES] = outcome.closed
        if place < returns.shape[0]:
            write_returns(equity, terms.capital, returns[place])
