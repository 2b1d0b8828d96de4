"""The fill rules as one compiled pass over the bars; it imports numba, so only a running backtest imports it.

Prices are compared times the side (1 long, -1 short): negation is exact, so one set of lines serves both sides.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import boolean, float64, from_dtype, int64
from numba.core.types import Array, UniTuple

from backend.domain.arrays import Floats
from backend.engine.kernel import compiled
from backend.engine.simulation.records import (
    FRACTION,
    LIQUIDATION,
    NOTHING,
    OPEN,
    POSITION,
    RISK_PER_TRADE,
    SIGNAL,
    STOP,
    TARGET,
    TERMS,
    TIME,
    TRAILING,
    Positions,
    TermsRow,
)

VOLATILITY_BARS = 20
ENTER_LONG, ENTER_SHORT, LEAVE_LONG, LEAVE_SHORT = 1, 2, 4, 8

_four: Any = UniTuple  # untyped in numba
_prices = _four(Array(float64, 1, "C", readonly=True), 4)
_signals = _four(Array(boolean, 1, "C", readonly=True), 4)
_terms = from_dtype(TERMS)[::1]
_positions = from_dtype(POSITION)[::1]


class Prices(NamedTuple):
    """Prices of the simulated bars; shape (N,) each."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats


@compiled()
def _orders(signals: Any, first: int, bars: int) -> Any:
    """Market orders that wait for the open of each bar, as bits; shape (bars,).

    An entry needs its own side alone, without its own exit; a valid entry also ends a position of the other side.
    """
    undecided = 1 if first == 0 else 0  # no close comes before the very first bar
    decided = slice(first + undecided - 1, first + bars - 1)  # the one place where a decision meets the bar it fills on
    enter_longs, leave_longs = signals[0][decided], signals[1][decided]
    enter_shorts, leave_shorts = signals[2][decided], signals[3][decided]
    orders = np.zeros(bars, np.uint8)
    filled = orders[undecided:]
    for row in range(filled.size):
        enter_long = enter_longs[row] & (not leave_longs[row]) & (not enter_shorts[row])
        enter_short = enter_shorts[row] & (not leave_shorts[row]) & (not enter_longs[row])
        enter = np.uint8(enter_long) * ENTER_LONG | np.uint8(enter_short) * ENTER_SHORT
        leave_long, leave_short = leave_longs[row] | enter_short, leave_shorts[row] | enter_long
        filled[row] = enter | np.uint8(leave_long) * LEAVE_LONG | np.uint8(leave_short) * LEAVE_SHORT
    return orders


@compiled()
def _stay_flat(orders: Any, bar: int, cash: float, equity: Floats) -> int:
    """Write cash as equity up to the next bar whose open has an entry order; the number of bars when none has."""
    while bar < orders.size and not orders[bar] & (ENTER_LONG | ENTER_SHORT):
        equity[bar] = cash
        bar += 1
    return bar


@compiled()
def _share(terms: Any, closes: Floats, bar: int) -> float:
    """Share of the cash that an entry at the open of ``bar`` may spend; NaN when it needs volatility not yet known.

    Volatility is the yearly standard deviation (ddof 1) of the returns of the 20 bars before ``bar``.
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
def _units(terms: Any, side: int, price: float, cash: float, share: float) -> float:
    """Units to buy or sell short at ``price``; NaN or not above zero when there is nothing to trade."""
    rate, fixed = terms.commission_rate, terms.commission_fixed
    units = (cash * share - fixed) / (price * (1.0 + rate))
    if terms.sizing == RISK_PER_TRADE:
        stopped = price * (1.0 - side * terms.stop_loss) * (1.0 - side * terms.slippage)
        loss = side * (price - stopped) + rate * (price + stopped)
        units = min(units, (cash * terms.sizing_value - 2.0 * fixed) / loss)
    return float(np.floor(units)) if terms.whole_shares else float(units)


@compiled()
def _enter(position: Any, terms: Any, reference: float, cash: float, share: float) -> float:
    """Fill an entry at ``reference`` made worse by slippage, on the side of ``position``; the cash after it."""
    side = position.side
    price = reference * (1.0 + side * terms.slippage)
    units = _units(terms, side, price, cash, share)
    if not units > 0.0:
        position.units = 0.0
        return cash
    commission = units * price * terms.commission_rate + terms.commission_fixed
    position.units = units
    position.entry_price = price
    position.paid_in = units * price + commission
    position.costs = units * abs(price - reference) + commission
    return float(max(0.0, cash - side * units * price - commission))  # all-in may round to a hair below zero


@compiled()
def _touch(opening: float, adverse: float, favourable: float, level: float, target: float) -> Any:
    """Which of stop and target a bar fills and where, all prices times the side; ``OPEN`` when neither."""
    if opening >= target:
        return TARGET, opening
    if adverse <= level:
        return STOP, min(opening, level)
    if favourable >= target:
        return TARGET, target
    return OPEN, opening


@compiled()
def _hold(market: Prices, orders: Any, terms: Any, position: Any, cash: float, equity: Floats) -> Any:
    """Carry a position from its entry bar to its exit, writing the equity of each close in between.

    Returns:
        The bar of the exit (the number of bars when there is none), the price before slippage, the reason.
    """
    side, entered, opens, closes = float(position.side), position.entry_bar, market.open, market.close
    adverse, favourable = market.low, market.high
    if side < 0.0:
        adverse, favourable = market.high, market.low
    leave = LEAVE_LONG if side > 0.0 else LEAVE_SHORT
    fill, units, longest = position.entry_price, side * position.units, terms.max_holding_bars
    stop = side * (fill * (1.0 - side * terms.stop_loss))
    target = side * (fill * (1.0 + side * terms.take_profit))
    kept, best = 1.0 - side * terms.trailing_stop, side * fill
    for bar in range(entered, equity.size):
        if orders[bar] & leave:
            return bar, opens[bar], SIGNAL
        if bar - entered >= longest:
            return bar, opens[bar], TIME
        level = max(stop, best * kept)
        reason, price = _touch(side * opens[bar], side * adverse[bar], side * favourable[bar], level, target)
        if reason != OPEN:
            return bar, side * price, TRAILING if reason == STOP and level > stop else reason
        equity[bar] = cash + units * closes[bar]
        if equity[bar] <= 0.0:
            return bar, closes[bar], LIQUIDATION
        best = max(best, side * closes[bar])
    return equity.size, closes[-1], OPEN


@compiled()
def _leave(position: Any, terms: Any, reference: float, reason: int, cash: float) -> float:
    """Fill an exit at ``reference``, made worse by slippage unless it is a target; the cash after it."""
    side, units = position.side, position.units
    price = reference if reason == TARGET else reference * (1.0 - side * terms.slippage)
    commission = units * price * terms.commission_rate + terms.commission_fixed
    entry_commission = position.paid_in - units * position.entry_price
    position.reason = reason
    position.exit_price = price
    position.pnl = side * units * (price - position.entry_price) - entry_commission - commission
    position.costs += units * abs(price - reference) + commission
    return float(cash + side * units * price - commission)


@compiled(int64(_prices, _signals, _terms, int64, float64[::1], _positions))
def run(prices: Any, signals: Any, one_term: TermsRow, first: int, equity: Floats, positions: Positions) -> int:
    """Simulate the bars ``first .. first + N - 1``, starting flat.

    Args:
        prices: open, high, low, close of all bars, shape (T,) each.
        signals: the four decisions of all bars, shape (T,) each.
        one_term: one row of ``TERMS``.
        first: the first simulated bar.
        equity: filled, shape (N,), N >= 1.
        positions: filled from the front; needs a row for each bar with an entry signal.

    Returns:
        How many positions were entered; the last one has the reason ``OPEN`` when it is still held.
    """
    bars, terms, closes = equity.size, one_term[0], prices[3]
    opens, highs, lows, _ = prices
    stop = first + bars
    market = Prices(opens[first:stop], highs[first:stop], lows[first:stop], closes[first:stop])
    orders = _orders(signals, first, bars)
    cash, count = terms.capital, 0
    bar = _stay_flat(orders, 0, cash, equity)
    while bar < bars:
        position = positions[count]
        position.symbol = 0
        position.side = 1 if orders[bar] & ENTER_LONG else -1
        position.entry_bar = bar
        cash = _enter(position, terms, market.open[bar], cash, _share(terms, closes, first + bar))
        reason = NOTHING
        if position.units > 0.0:
            bar, reference, reason = _hold(market, orders, terms, position, cash, equity)
            cash = _leave(position, terms, reference, reason, cash)
            position.exit_bar = bar
            count += 1
        if reason in (SIGNAL, TIME):
            orders[bar] &= ENTER_SHORT if position.side > 0 else ENTER_LONG  # at this open, only reversing trades again
        else:
            equity[min(bar, bars - 1)] = cash  # a position that outlived the last bar is marked there
            bar += 1
        bar = _stay_flat(orders, bar, cash, equity)
    return count
