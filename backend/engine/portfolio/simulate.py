"""Run a strategy's decisions over several symbols with one account."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backend.domain.arrays import Bools, Floats
from backend.domain.execution import Execution
from backend.engine.portfolio.books import Book, RotationRules, check_books, slots_of
from backend.engine.portfolio.records import Plan
from backend.engine.portfolio.result import PortfolioSimulation
from backend.engine.portfolio.timeline import Timeline, timeline_of
from backend.engine.simulation.inputs import decisions_of
from backend.engine.simulation.rules import Rules, terms_of


def simulate_portfolio(
    books: Sequence[Book], rules: Rules, execution: Execution, rotation: RotationRules | None = None
) -> PortfolioSimulation:
    """Trade several symbols from flat with one cash account, all over the same period.

    A decision at the close of a symbol's bar fills at the open of its next one, whenever that is; the decision at the
    last bar before ``Book.rows`` may fill at its first open, and the one at the last bar never trades.

    Args:
        books: one for each symbol, in the order in which they enter at the same open.
        rules: the strategy's sizing and risk; a size is a share of the slot.
        execution: capital, costs, rates, whole shares, profile, and how many positions are held at once.
        rotation: the choices that enter and leave; without it the decisions do.

    Raises:
        InvalidInput: no symbol, or one that is named twice, is of another timeframe, has no bars in the period, or
            rows, decisions or ranks that do not match its bars; ``max_positions`` above the number of symbols.
    """
    from backend.engine.portfolio.run import run

    check_books(books, rotation)
    slots, timeline = slots_of(books, execution, rotation), timeline_of(books)
    columns = _columns(books, timeline)
    equity, exposure, positions, account = run(
        columns,
        _decisions(books, timeline, rotation),
        _ranks(books, timeline) if rotation else np.empty(0),
        timeline.lines,
        terms_of(rules, execution, books[0].bars.timeframe),
        Plan(slots, rotation.top if rotation else 0, rotation.every if rotation else 1),
    )
    for array in (equity, exposure, positions, account):
        array.flags.writeable = False
    return PortfolioSimulation(
        tuple(books),
        timeline,
        slots,
        execution.capital,
        equity,
        exposure,
        positions,
        account[0],
        columns[0],
        columns[3],
    )


def _columns(books: Sequence[Book], timeline: Timeline) -> tuple[Floats, ...]:
    """Open, high, low, close and adjustment of all rows."""
    names = ("open", "high", "low", "close", "adjustment")
    return tuple(_end_to_end([getattr(book.bars, name) for book in books], timeline) for name in names)


def _decisions(books: Sequence[Book], timeline: Timeline, rotation: RotationRules | None) -> tuple[Bools, ...]:
    """The four decisions of all rows; of a rotation that filters nothing, ``long_entry`` is true everywhere."""
    each = [decisions_of(book.signals, book.bars) for book in books]
    columns = [_end_to_end([decisions[number] for decisions in each], timeline) for number in range(4)]
    if rotation is not None and not rotation.filtered:
        columns[0] = np.ones_like(columns[0])
    return tuple(columns)


def _ranks(books: Sequence[Book], timeline: Timeline) -> Floats:
    """The rank of all rows."""
    ranks: Floats = _end_to_end([book.rank for book in books], timeline)
    return ranks


def _end_to_end(columns: Sequence[Any], timeline: Timeline) -> Any:
    """The values of all symbols as one contiguous array, each up to its last bar of the period."""
    sizes = (timeline.lines.stop - timeline.lines.first).tolist()
    return np.concatenate([column[:size] for column, size in zip(columns, sizes, strict=True)])
