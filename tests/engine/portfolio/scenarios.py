"""Short ways to write a portfolio down in a test."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution
from backend.domain.spec import Risk, Sizing
from backend.engine.portfolio import Book, PortfolioSimulation, RotationRules, simulate_portfolio
from backend.engine.simulation import Rules
from tests.engine.simulation.scenarios import FREE, signals
from tests.samples import make_bars


def pick(bars: Bars, rows: Sequence[int]) -> Bars:
    """Only some of the bars."""
    return replace(bars, **{name: array[list(rows)] for name, array in bars.arrays().items()})


def bars_of(symbol: str, prices: Sequence[Any]) -> Bars:
    """One bar a day: a price that stands all day, a row of ``[open, high, low, close]``, or None for no bar."""
    rows = [[price] * 4 if isinstance(price, int | float) else price or [1.0] * 4 for price in prices]
    return pick(make_bars(rows, symbol), [day for day, price in enumerate(prices) if price is not None])


def book(
    symbol: str, prices: Sequence[Any], *, start: int = 0, rank: Sequence[float] | None = None, **decisions: Any
) -> Book:
    """A symbol whose period begins at its own bar ``start``; decisions are numbers of its own bars."""
    bars = bars_of(symbol, prices)
    ranks = None if rank is None else np.array(rank, dtype=np.float64)
    return Book(bars, signals(bars, **decisions), slice(start, len(bars)), ranks)


def play(
    *books: Book,
    rotation: RotationRules | None = None,
    risk: Risk | None = None,
    sizing: Sizing | None = None,
    costs: Costs = FREE,
    capital: float = 1000.0,
    **execution: Any,
) -> PortfolioSimulation:
    """Simulate; free of costs by default."""
    terms = Execution(capital=capital, costs=costs, **execution)
    return simulate_portfolio(books, Rules(sizing or Sizing(), risk or Risk()), terms, rotation)


def fills(simulation: PortfolioSimulation) -> list[tuple[Any, ...]]:
    """Symbol, moment and price of entry, moment and price of exit, reason of each closed trade in the order of exit."""
    rows = simulation.closed
    moments: Mapping[str, list[int]] = {name: rows[name].tolist() for name in ("entry_bar", "exit_bar")}
    columns = zip(moments["entry_bar"], moments["exit_bar"], simulation.trades(), strict=True)
    return [(t.symbol, entry, t.entry_price, leave, t.exit_price, t.exit_reason) for entry, leave, t in columns]


def held(simulation: PortfolioSimulation) -> list[tuple[str, int, float]]:
    """Symbol, moment of entry and units of each position held at the end."""
    rows = simulation.positions[simulation.trade_count :]
    moments = rows["entry_bar"].tolist()
    return [(p.symbol, at, p.units) for at, p in zip(moments, simulation.open_positions(), strict=True)]
