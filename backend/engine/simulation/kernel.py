"""The simulation of one symbol as one compiled pass; it imports numba, so only a running backtest imports it."""

from typing import Any, NamedTuple

import numpy as np
from numba import boolean, float64, from_dtype, int64, types

from backend.domain.arrays import Floats
from backend.engine.borrowed import borrowed
from backend.engine.kernel import compiled
from backend.engine.simulation.fills import Means, enter, interest_on, leave, share_of_equity
from backend.engine.simulation.holding import Course, hold
from backend.engine.simulation.orders import ENTER_LONG, ENTER_SHORT, count_entries, market_orders, next_order
from backend.engine.simulation.records import NOTHING, OPEN, POSITION, SIGNAL, TERMS, TIME, Positions, TermsRow

_floats, _flags = (types.Array(kind, 1, "C", readonly=True) for kind in (float64, boolean))
_equity, _positions = float64[::1], from_dtype(POSITION)[::1]
_terms = types.Array(from_dtype(TERMS), 1, "C", readonly=True)
_four: Any = types.UniTuple
_tuple: Any = types.Tuple
_result: Any = _tuple((_equity, _positions, int64, int64, int64, float64, float64))


class Outcome(NamedTuple):
    """What a simulation counted."""

    entered: int
    """Positions; the last one has the reason ``OPEN`` when it is still held."""
    closed: int
    unfilled: int
    """Entries that bought nothing, for the money was too little."""
    bars_held: int
    interest: float
    borrow: float


@compiled(inline=True)
def begin(position: Any, bar: int, order: int) -> None:
    """Make ``position`` one that is about to be entered at ``bar`` by ``order``."""
    position.symbol = 0
    position.side = 1 if order & ENTER_LONG else -1
    position.entry_bar = bar


@compiled(inline=True)
def stay_flat(orders: Any, terms: Any, bar: int, cash: float, equity: Floats) -> Any:
    """Write cash and its interest as equity up to the next bar whose open has an entry order.

    Returns:
        That bar, or the number of bars when there is none, and the cash.
    """
    until = next_order(orders, bar, ENTER_LONG | ENTER_SHORT)
    if terms.interest_per_bar == 0.0:
        value = equity[bar:until]
        for row in range(value.size):
            value[row] = cash
        return until, cash
    for idle in range(bar, until):
        cash += interest_on(terms, cash)
        equity[idle] = cash
    return until, cash


@compiled(inline=True)
def _close_flat(terms: Any, bar: int, cash: float, equity: Floats) -> Any:
    """Write the equity of a bar that nothing is held at the close of; a position that outlived the last is marked."""
    if bar < equity.size:
        cash += interest_on(terms, cash)
    equity[min(bar, equity.size - 1)] = cash
    return bar + 1, cash


@compiled()
def trade(course: Course, terms: Any, closes: Floats, first: int, positions: Positions) -> Outcome:
    """Simulate N bars from flat, their orders given; all arrays are best ``borrowed``.

    Args:
        course: the simulated bars; orders are used up and equity is filled.
        terms: a row of ``TERMS``.
        closes: of all bars, shape (T,).
        first: the first simulated bar, counted from the first of all.
        positions: filled from the front; needs a row for each bar with an entry order.
    """
    orders, equity = course.orders, course.equity
    bars, count, unfilled, held, reason = equity.size, 0, 0, 0, NOTHING
    bar, cash = stay_flat(orders, terms, 0, terms.capital, equity)
    interest, borrow = cash - terms.capital, 0.0
    while bar < bars:
        position, share = positions[count], share_of_equity(terms, closes, first + bar)
        begin(position, bar, orders[bar])
        cash = enter(position, terms, course.open[bar], Means(cash, cash * share, course.adjustment[bar]), cash)
        reason = NOTHING
        if position.units > 0.0:
            ending = hold(course, terms, position, closes[first + bar - 1], cash)
            bar, reason = ending.bar, ending.reason
            cash = leave(position, terms, ending.reference, reason, ending.cash)
            position.exit_bar = bar
            count, held = count + 1, held + bar - position.entry_bar
            interest, borrow = interest + ending.interest, borrow + ending.borrow
        elif not np.isnan(share):
            unfilled += 1
        before = cash
        if reason in (SIGNAL, TIME):
            orders[bar] &= ENTER_SHORT if position.side > 0 else ENTER_LONG  # at this open, only reversing trades again
        else:
            bar, cash = _close_flat(terms, bar, cash, equity)
        bar, cash = stay_flat(orders, terms, bar, cash, equity)
        interest += cash - before
    return Outcome(count, count - (reason == OPEN), unfilled, held, interest, borrow)


@compiled()
def _run(prices: Any, adjustments: Floats, one_term: TermsRow, first: int, orders: Any, filled: Any) -> Outcome:
    """Lend all arrays to ``trade``; ``filled`` are equity and positions."""
    lent, equity, rows = borrowed(prices[3]), borrowed(filled[0]), slice(first, first + orders.size)
    course = Course(
        borrowed(prices[0])[rows],
        borrowed(prices[1])[rows],
        borrowed(prices[2])[rows],
        lent[rows],
        borrowed(adjustments)[rows],
        borrowed(orders),
        equity,
    )
    return trade(course, one_term[0], lent, first, borrowed(filled[1]))


@compiled(_result(_four(_floats, 4), _four(_flags, 4), _floats, _terms, int64, int64))
def run(prices: Any, signals: Any, adjustments: Floats, one_term: TermsRow, first: int, bars: int) -> Any:
    """Simulate the bars ``first .. first + bars - 1``, starting flat.

    Args:
        prices: open, high, low, close of all bars, shape (T,) each.
        signals: the four decisions of all bars, shape (T,) each.
        adjustments: adjusted over raw price of all bars, shape (T,).
        one_term: one row of ``TERMS``.
        first: the first simulated bar.
        bars: N >= 1 of them.

    Returns:
        Equity, shape (N,); rows of ``POSITION``; closed ones, entries that bought nothing, closes with a position,
        interest and fees for borrowing.
    """
    orders = market_orders(signals, first, bars)
    equity, positions = np.empty(bars), np.empty(count_entries(orders), POSITION)
    outcome = _run(prices, adjustments, one_term, first, orders, (equity, positions))
    return equity, positions[: outcome.entered], *outcome[1:]
