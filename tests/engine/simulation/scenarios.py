"""Short ways to write a simulation down in a test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution
from backend.domain.results import Trade
from backend.domain.signals import Signals
from backend.domain.spec import Risk, Sizing
from backend.engine.simulation import Rules, Simulation, simulate
from tests.samples import flat_bars, make_bars

FREE = Costs(commission_rate=0, commission_fixed=0, slippage=0)


def free(**costs: float) -> Costs:
    """Costs of which only the named ones are charged."""
    return FREE.model_copy(update=costs)


def signals(
    bars: Bars,
    *,
    long_entry: Iterable[int] = (),
    long_exit: Iterable[int] = (),
    short_entry: Iterable[int] = (),
    short_exit: Iterable[int] = (),
) -> Signals:
    """Decisions that are true at the given bars only."""
    columns = []
    for decided in (long_entry, long_exit, short_entry, short_exit):
        column = np.zeros(len(bars), dtype=np.bool_)
        column[list(decided)] = True
        columns.append(column)
    return Signals(*columns)


def play(
    prices: Sequence[Any],
    *,
    costs: Costs = FREE,
    capital: float = 1000.0,
    risk: Risk | None = None,
    sizing: Sizing | None = None,
    rows: slice = slice(None),
    terms: Mapping[str, Any] | None = None,
    adjustment: Sequence[float] = (),
    **decisions: Any,
) -> Simulation:
    """Simulate closes of flat bars, or rows of ``[open, high, low, close]``; free of costs by default.

    Args:
        terms: further fields of ``Execution``.
        adjustment: adjusted over raw price of each bar, 1 by default.
    """
    bars = make_bars(prices) if isinstance(prices[0], Sequence) else flat_bars(prices)
    bars = replace(bars, adjustment=np.array(adjustment, dtype=np.float64))
    execution = Execution(capital=capital, costs=costs, **(terms or {}))
    return simulate(bars, signals(bars, **decisions), Rules(sizing or Sizing(), risk or Risk()), execution, rows)


def fills(simulation: Simulation) -> list[tuple[Any, ...]]:
    """Entry bar, entry price, exit bar, exit price, reason of each closed trade; bars count from the first row."""
    closed = simulation.closed
    bars = zip(closed["entry_bar"].tolist(), closed["exit_bar"].tolist(), simulation.trades(), strict=True)
    return [(entry, t.entry_price, leave, t.exit_price, t.exit_reason) for entry, leave, t in bars]


def only_trade(simulation: Simulation) -> Trade:
    """The one closed trade."""
    (trade,) = simulation.trades()
    return trade
