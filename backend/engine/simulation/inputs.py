"""Bars, decisions and rows as the compiled pass takes them: checked against each other and contiguous."""

import numpy as np

from backend.domain.arrays import Bools, Floats
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.signals import Signals

Prices = tuple[Floats, Floats, Floats, Floats]
"""Open, high, low, close; shape (T,) each."""
Decisions = tuple[Bools, Bools, Bools, Bools]
"""Long entry and exit, short entry and exit; shape (T,) each."""


def stretch(bars: Bars, rows: slice) -> tuple[int, int]:
    """First bar of ``rows`` and the bar after its last.

    Raises:
        InvalidInput: ``rows`` has a step, is empty or reaches outside the bars.
    """
    first = 0 if rows.start is None else int(rows.start)
    stop = len(bars) if rows.stop is None else int(rows.stop)
    if rows.step not in (None, 1) or not 0 <= first < stop <= len(bars):
        raise InvalidInput(
            f"Rows {first}..{stop} are not a stretch of the {len(bars)} bars of {bars.symbol}.",
            "choose a period in which there are bars",
        )
    return first, stop


def prices_of(bars: Bars) -> Prices:
    """The four prices of each bar; copied only where they are not contiguous."""
    return (
        np.ascontiguousarray(bars.open),
        np.ascontiguousarray(bars.high),
        np.ascontiguousarray(bars.low),
        np.ascontiguousarray(bars.close),
    )


def decisions_of(signals: Signals, bars: Bars) -> Decisions:
    """The four decisions of each bar; copied only where they are not contiguous.

    Raises:
        InvalidInput: they are not one decision for each bar.
    """
    decisions = (
        np.ascontiguousarray(signals.long_entry),
        np.ascontiguousarray(signals.long_exit),
        np.ascontiguousarray(signals.short_entry),
        np.ascontiguousarray(signals.short_exit),
    )
    if any(decision.shape != bars.close.shape for decision in decisions):
        raise InvalidInput(
            f"The signals are not one decision for each of the {len(bars)} bars of {bars.symbol}.",
            "compute them on the same bars",
        )
    return decisions
