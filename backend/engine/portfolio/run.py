"""Orders, then trading, as one call with one signature; it imports numba, so only a running backtest imports it."""

from typing import Any

import numpy as np
from numba import boolean, float64, from_dtype, int64, types

from backend.domain.arrays import Floats
from backend.engine.kernel import compiled
from backend.engine.portfolio.kernel import Holdings, Market, trade
from backend.engine.portfolio.records import ACCOUNT, FLAT, STATE, Lines, Plan
from backend.engine.portfolio.rotation import rotate
from backend.engine.simulation.orders import count_entries, market_orders
from backend.engine.simulation.records import OPEN, POSITION, TERMS, TermsRow

_floats, _flags, _rows = (types.Array(kind, 1, "C", readonly=True) for kind in (float64, boolean, int64))
_terms = types.Array(from_dtype(TERMS), 1, "C", readonly=True)
_tuple: Any = types.UniTuple
_named: Any = types.NamedTuple
_alike: Any = types.NamedUniTuple
_types: Any = types.Tuple
_lines = _named((_rows, _rows, _rows, types.Array(int64, 2, "C", readonly=True), _rows), Lines)
_plan = _alike(int64, 3, Plan)
_result = _types((float64[::1], float64[::1], from_dtype(POSITION)[::1], from_dtype(ACCOUNT)[::1]))


@compiled()
def _states(lines: Lines) -> Any:
    """All symbols flat; rows of ``STATE``."""
    states = np.zeros(lines.first.size, STATE)
    for symbol in range(states.size):
        state = states[symbol]
        state.first, state.position, state.reason = lines.first[symbol], FLAT, OPEN
    return states


@compiled(_result(_tuple(_floats, 5), _tuple(_flags, 4), _floats, _lines, _terms, _plan))
def run(columns: Any, signals: Any, ranks: Floats, lines: Lines, one_term: TermsRow, plan: Plan) -> Any:
    """Simulate a portfolio from flat.

    Args:
        columns: open, high, low, close and adjustment of all rows.
        signals: the four decisions of all rows.
        ranks: of all rows; not looked at without a rotation.
        lines: which row is where.
        one_term: one row of ``TERMS``.
        plan: how much is held and chosen at once.

    Returns:
        Equity and the value held at each close, shape (N,); rows of ``POSITION``, closed ones first in the order of
        exit; one row of ``ACCOUNT``.
    """
    bars, moments, symbols = columns[3].size, lines.row.shape[0], lines.first.size
    orders, place = np.zeros(bars, np.uint8), np.zeros(bars, np.int64)
    for symbol in range(symbols):
        first, start, stop = lines.first[symbol], lines.start[symbol], lines.stop[symbol]
        own = (signals[0][first:stop], signals[1][first:stop], signals[2][first:stop], signals[3][first:stop])
        orders[start:stop] = market_orders(own, start - first, stop - start)
    if plan.top > 0:
        rotate(ranks, signals, lines, plan, orders, place)
    market = Market(columns[0], columns[1], columns[2], columns[3], columns[4], orders, place)
    equity, exposure, entries = np.empty(moments), np.empty(moments), count_entries(orders)
    account, entered, left = np.zeros(1, ACCOUNT), np.empty(entries, POSITION), np.empty(entries, np.int64)
    account[0].cash, account[0].slots = one_term[0].capital, plan.slots
    holdings = Holdings(account[0], _states(lines), entered, left, np.empty(symbols, np.int64))
    trade(market, lines, one_term[0], holdings, equity, exposure)
    positions = np.empty(account[0].entered, POSITION)
    for position in range(positions.size):
        positions[position] = entered[left[position]]
    return equity, exposure, positions, account
