"""A portfolio as one compiled pass over its moments; it imports numba, so only a running backtest imports it.

Symbols are numbered in the stated order. One value for each bar stands at the row that ``Lines`` names.
"""

from typing import Any, NamedTuple

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.engine.borrowed import borrowed
from backend.engine.kernel import compiled
from backend.engine.portfolio.records import ABSENT, FLAT, Lines
from backend.engine.simulation.fills import Means, charge_borrow, enter, interest_on, leave, share_of_equity
from backend.engine.simulation.orders import ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT
from backend.engine.simulation.records import LIQUIDATION, OPEN, SIGNAL, TIME, VECTORBT, Positions
from backend.engine.simulation.stops import level_reference, levels_at, touched


class Market(NamedTuple):
    """Bars and what waits for their opens; one value for each row."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adjustment: Floats
    orders: Any
    """Bits; those that an exit used up are erased."""
    place: Integers
    """Entries of one moment fill in this order, equal ones in the stated order."""


class Holdings(NamedTuple):
    """What is held, and what is written while the moments pass."""

    account: Any
    """A row of ``ACCOUNT``."""
    states: Any
    """Rows of ``STATE``, one for each symbol."""
    positions: Positions
    """In the order of entry."""
    left: Any
    """Rows of ``positions`` in the order of exit; those that are still held at the end come last."""
    queue: Any
    """Symbols that are about to enter, shape (S,)."""


@compiled()
def _lent(market: Market) -> Market:
    """The same arrays, lent to all that the pass calls by whoever called it."""
    return Market(
        borrowed(market.open),
        borrowed(market.high),
        borrowed(market.low),
        borrowed(market.close),
        borrowed(market.adjustment),
        borrowed(market.orders),
        borrowed(market.place),
    )


@compiled()
def _leave(terms: Any, holdings: Holdings, symbol: int, price: float, reason: int) -> None:
    """Leave a symbol that is held, at ``price`` before slippage."""
    account, state = holdings.account, holdings.states[symbol]
    position = holdings.positions[state.position]
    account.cash = leave(position, terms, price, reason, account.cash)
    position.exit_bar = account.moment
    holdings.left[account.entered - account.held] = state.position
    account.held -= 1
    account.closed += reason != OPEN
    state.position = FLAT


@compiled()
def _leave_all(terms: Any, holdings: Holdings, reason: int) -> None:
    """Leave all that is held at its last close."""
    for symbol in range(holdings.states.size):
        if holdings.states[symbol].position != FLAT:
            _leave(terms, holdings, symbol, holdings.states[symbol].last, reason)


@compiled()
def _touch(market: Market, terms: Any, holdings: Holdings, symbol: int, at: int) -> Any:
    """Reason and price before slippage of the stop or target of a held symbol that its bar ``at`` fills."""
    state = holdings.states[symbol]
    side = float(holdings.positions[state.position].side)
    levels = levels_at(terms, side, state.reference)
    return touched(terms, levels, state.best, market.open[at], market.high[at], market.low[at])


@compiled()
def _leave_at_the_open(market: Market, terms: Any, holdings: Holdings, here: Any) -> None:
    """Fill the market exits; in the profile vectorbt a stop or target of this bar comes before all its orders."""
    orders = market.orders
    for symbol in range(here.size):
        at, state = here[symbol], holdings.states[symbol]
        if at == ABSENT or state.position == FLAT:
            continue
        side = holdings.positions[state.position].side
        if terms.profile == VECTORBT:
            state.reason, state.price = _touch(market, terms, holdings, symbol, at)
            if state.reason != OPEN:
                continue
        if orders[at] & (LEAVE_LONG if side > 0 else LEAVE_SHORT):
            _leave(terms, holdings, symbol, market.open[at], SIGNAL)
        elif state.closes >= terms.max_holding_bars:
            _leave(terms, holdings, symbol, market.open[at], TIME)
        if state.position == FLAT:
            orders[at] &= ENTER_SHORT if side > 0 else ENTER_LONG  # at this open, only reversing trades again


@compiled()
def _line_up(market: Market, holdings: Holdings, here: Any) -> int:
    """Queue the symbols that enter at this open, in the order in which they do; how many there are."""
    queue, count = holdings.queue, 0
    for symbol in range(here.size):
        at = here[symbol]
        if at == ABSENT or not market.orders[at] & (ENTER_LONG | ENTER_SHORT):
            continue
        if holdings.states[symbol].position != FLAT:
            continue
        place = count
        while place > 0 and market.place[at] < market.place[here[queue[place - 1]]]:
            queue[place] = queue[place - 1]
            place -= 1
        queue[place] = symbol
        count += 1
    return count


@compiled()
def _value_at_the_open(market: Market, holdings: Holdings, here: Any) -> Any:
    """Signed value of what is held at the opens of a moment, and the part that is held short, above zero.

    A symbol without a bar is worth its last close.
    """
    value, short = 0.0, 0.0
    for symbol in range(here.size):
        state = holdings.states[symbol]
        if state.position != FLAT:
            position = holdings.positions[state.position]
            price = state.last if here[symbol] == ABSENT else market.open[here[symbol]]
            value += position.side * position.units * price
            if position.side < 0:
                short += position.units * price
    return value, short


@compiled()
def _enter(market: Market, terms: Any, holdings: Holdings, here: Any, symbol: int) -> None:
    """Enter a symbol for a slot scaled by the sizing, but never for more than is free.

    Free is the equity less the gross value held: of a book without shorts the cash.
    """
    at, account, state = here[symbol], holdings.account, holdings.states[symbol]
    share = share_of_equity(terms, market.close[state.first :], at - state.first)
    if np.isnan(share):
        return
    _, short = _value_at_the_open(market, holdings, here)
    slot = account.slot
    budget = min(slot * share, account.cash - 2.0 * short)
    position = holdings.positions[account.entered]
    position.symbol, position.entry_bar = symbol, account.moment
    position.side = 1 if market.orders[at] & ENTER_LONG else -1
    account.cash = enter(position, terms, market.open[at], Means(slot, budget, market.adjustment[at]), account.cash)
    if not position.units > 0.0:
        account.unfilled += 1
        return
    state.position, state.closes, state.reason = account.entered, 0, OPEN
    state.reference = level_reference(terms, position.entry_price, market.close[at - 1])
    state.best = position.side * state.reference
    account.entered += 1
    account.held += 1


@compiled()
def _enter_at_the_open(market: Market, terms: Any, holdings: Holdings, here: Any) -> None:
    """Fill the entries in their order, each for an equal share of the equity, until no slot is free."""
    waiting = _line_up(market, holdings, here)
    if waiting == 0:
        return
    account, queue = holdings.account, holdings.queue
    value, _ = _value_at_the_open(market, holdings, here)
    account.slot = (account.cash + value) / account.slots
    for place in range(waiting):
        if account.held == account.slots:
            account.crowded_out += waiting - place
            return
        _enter(market, terms, holdings, here, queue[place])


@compiled()
def _leave_within(market: Market, terms: Any, holdings: Holdings, here: Any) -> None:
    """Fill the stops and targets that the bars of this moment reach."""
    for symbol in range(here.size):
        at, state = here[symbol], holdings.states[symbol]
        if at == ABSENT or state.position == FLAT:
            continue
        reason, price = state.reason, state.price
        if terms.profile != VECTORBT:
            reason, price = _touch(market, terms, holdings, symbol, at)
        if reason != OPEN:
            _leave(terms, holdings, symbol, price, reason)


@compiled()
def _close(market: Market, terms: Any, holdings: Holdings, here: Any) -> Any:
    """Charge, liquidate and pay interest at the close of a moment, in this order; the equity and the value held."""
    account, value, short = holdings.account, 0.0, 0.0
    for symbol in range(here.size):
        at, state = here[symbol], holdings.states[symbol]
        if state.position == FLAT:
            continue
        position = holdings.positions[state.position]
        if at != ABSENT:
            state.last = market.close[at]
            state.closes += 1
            state.best = max(state.best, position.side * state.last)
        fee = charge_borrow(position, terms, state.last)
        account.cash -= fee
        account.borrow += fee
        value += position.side * position.units * state.last
        if position.side < 0:
            short += position.units * state.last
    if account.held > 0 and account.cash + value <= 0.0:
        _leave_all(terms, holdings, LIQUIDATION)
        value, short = 0.0, 0.0
    account.bars_held += account.held > 0
    earned = interest_on(terms, account.cash - short)
    account.cash += earned
    account.interest += earned
    return account.cash + value, value


@compiled()
def trade(market: Market, lines: Lines, terms: Any, holdings: Holdings, equity: Floats, exposure: Floats) -> None:
    """Simulate N moments from flat: exits at the open, entries at the open, stops and targets, then the close.

    Args:
        market: of all rows.
        lines: which row is where.
        terms: a row of ``TERMS``.
        holdings: filled; needs a position for each row with an entry order.
        equity: filled, shape (N,), N >= 1.
        exposure: filled with the signed value that is held at each close, shape (N,).
    """
    market, row, account, left = _lent(market), borrowed(lines.row), holdings.account, borrowed(holdings.left)
    holdings = Holdings(
        account, borrowed(holdings.states), borrowed(holdings.positions), left, borrowed(holdings.queue)
    )
    for moment in range(equity.size):
        here = row[moment]
        account.moment = moment
        _leave_at_the_open(market, terms, holdings, here)
        _enter_at_the_open(market, terms, holdings, here)
        _leave_within(market, terms, holdings, here)
        equity[moment], exposure[moment] = _close(market, terms, holdings, here)
    account.moment = equity.size
    if account.held > 0:
        _leave_all(terms, holdings, OPEN)
        equity[-1] = account.cash
