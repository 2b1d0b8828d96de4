"""Where stops and targets lie, and whether a bar fills them; only a running backtest imports it, for numba.

Prices are compared times the side (1 long, -1 short): negation is exact, so one set of lines serves both sides.
"""

from typing import Any, NamedTuple

from backend.engine.kernel import compiled
from backend.engine.simulation.records import BACKTESTING, DEFAULT, OPEN, STOP, TARGET, TRAILING


class Levels(NamedTuple):
    """Of one position, fixed at its entry; prices times the side."""

    side: float
    """1 long, -1 short."""
    stop: float
    target: float
    kept: float
    """The trailing level is this times the best close so far."""
    start: float
    """The best close before there is one."""


@compiled()
def level_reference(terms: Any, fill: float, signal_close: float) -> float:
    """The price that stops and targets are measured from."""
    return signal_close if terms.profile == BACKTESTING else fill


@compiled()
def levels_at(terms: Any, side: float, reference: float) -> Levels:
    """Stop and target of a position; infinitely far away where the strategy has none."""
    return Levels(
        side,
        side * (reference * (1.0 - side * terms.stop_loss)),
        side * (reference * (1.0 + side * terms.take_profit)),
        1.0 - side * terms.trailing_stop,
        side * reference,
    )


@compiled()
def touched(terms: Any, levels: Levels, best: float, opening: float, high: float, low: float) -> Any:
    """Which of stop and target a bar fills, and where before slippage; ``OPEN`` when neither.

    A target that the open has passed fills before the stop; in the profiles of other backtesters the stop is first.

    Args:
        terms: a row of ``TERMS``.
        levels: of the position.
        best: the highest of the start and of all closes before this bar, times the side.
        opening: first price of the bar.
        high: its highest.
        low: its lowest.
    """
    side = levels.side
    adverse, favourable = (low, high) if side > 0.0 else (-high, -low)
    first, level = side * opening, max(levels.stop, best * levels.kept)
    if first >= levels.target and (terms.profile == DEFAULT or adverse > level):
        return TARGET, opening
    if adverse <= level:
        return TRAILING if level > levels.stop else STOP, side * min(first, level)
    if favourable >= levels.target:
        return TARGET, side * levels.target
    return OPEN, opening
