"""Sizes and fills of one position, and what it costs to hold it; only a running backtest imports it, for numba."""

from typing import Any, NamedTuple

import numpy as np

from backend.domain.arrays import Floats
from backend.engine.kernel import compiled
from backend.engine.simulation.records import FRACTION, RISK_PER_TRADE, TARGET

VOLATILITY_BARS = 20


class Means(NamedTuple):
    """What an entry may be bought with."""

    slot: float
    """Equity that the position is a part of; all of it with one symbol."""
    budget: float
    """Money that may be spent, commissions included; NaN when it is not known."""
    adjustment: float
    """Adjusted over raw price of the bar; whole shares are whole at the raw price."""


@compiled()
def share_of_equity(terms: Any, closes: Floats, bar: int) -> float:
    """Share of the money that an entry at the open of ``bar`` may spend; NaN when it needs volatility not yet known.

    Volatility is the yearly standard deviation (ddof 1) of the returns of the 20 bars before ``bar``.

    Args:
        terms: a row of ``TERMS``.
        closes: of all bars, shape (T,), warm-up included.
        bar: counted from the first of them.
    """
    if terms.sizing == RISK_PER_TRADE:
        return 1.0
    if terms.sizing == FRACTION:
        return float(terms.sizing_value)
    start = bar - VOLATILITY_BARS
    if start < 1:
        return np.nan
    mean, squares = 0.0, 0.0
    for row in range(start, bar):
        mean += (closes[row] / closes[row - 1] - 1.0) / VOLATILITY_BARS
    for row in range(start, bar):
        squares += (closes[row] / closes[row - 1] - 1.0 - mean) ** 2
    volatility = np.sqrt(squares / (VOLATILITY_BARS - 1) * terms.periods_per_year)
    return 1.0 if volatility <= terms.sizing_value else float(terms.sizing_value / volatility)


@compiled()
def units_for(terms: Any, side: int, price: float, means: Means) -> float:
    """Units to buy or sell short at ``price``; NaN or not above zero when there is nothing to trade.

    The risk of a trade is measured from the fill in every profile, so that only the stop decides where it leaves.

    Args:
        terms: a row of ``TERMS``.
        side: 1 long, -1 short.
        price: of the fill, slippage included.
        means: what may be spent.
    """
    rate, fixed = terms.commission_rate, terms.commission_fixed
    units = (means.budget - fixed) / (price * (1.0 + rate))
    if terms.sizing == RISK_PER_TRADE:
        stopped = price * (1.0 - side * terms.stop_loss) * (1.0 - side * terms.slippage)
        loss = side * (price - stopped) + rate * (price + stopped)
        units = min(units, (means.slot * terms.sizing_value - 2.0 * fixed) / loss)
    if terms.whole_shares:
        return float(np.floor(units * means.adjustment) / means.adjustment)
    return float(units)


@compiled()
def enter(position: Any, terms: Any, reference: float, means: Means, cash: float) -> float:
    """Fill an entry at ``reference`` made worse by slippage, on the side of ``position``; the cash after it.

    A position of no units stands for an entry that did not fill.
    """
    side = position.side
    price = reference * (1.0 + side * terms.slippage)
    units = units_for(terms, side, price, means)
    if not units > 0.0:
        position.units = 0.0
        return cash
    commission = units * price * terms.commission_rate + terms.commission_fixed
    position.units = units
    position.entry_price = price
    position.paid_in = units * price + commission
    position.pnl = 0.0
    position.costs = units * abs(price - reference) + commission
    return float(max(0.0, cash - side * units * price - commission))  # all-in may round to a hair below zero


@compiled()
def leave(position: Any, terms: Any, reference: float, reason: int, cash: float) -> float:
    """Fill an exit at ``reference``, made worse by slippage unless it is a target; the cash after it."""
    side, units = position.side, position.units
    price = reference if reason == TARGET else reference * (1.0 - side * terms.slippage)
    commission = units * price * terms.commission_rate + terms.commission_fixed
    entry_commission = position.paid_in - units * position.entry_price
    position.reason = reason
    position.exit_price = price
    position.pnl += side * units * (price - position.entry_price) - entry_commission - commission
    position.costs += units * abs(price - reference) + commission
    return float(cash + side * units * price - commission)


@compiled()
def charge_borrow(position: Any, terms: Any, close: float) -> float:
    """Charge a position for having been short up to this close: the money that it pays, 0 of a long one."""
    if position.side > 0:
        return 0.0
    fee = position.units * close * terms.borrow_per_bar
    position.pnl -= fee
    position.costs += fee
    return float(fee)


@compiled()
def interest_on(terms: Any, idle: float) -> float:
    """Interest of one bar on money that is not invested: cash less the value held short; debt earns nothing."""
    return float(max(0.0, idle) * terms.interest_per_bar)
