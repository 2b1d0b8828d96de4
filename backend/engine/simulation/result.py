"""What a simulation yields: equity at each close, and the positions behind it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backend.domain.arrays import Dates, Floats
from backend.domain.bars import Bars
from backend.domain.results import Financing, OpenPosition, Trade
from backend.engine.simulation.records import Positions
from backend.engine.simulation.trade_list import Stamps, at_open, closed_columns, closed_trades, open_positions


@dataclass(frozen=True, eq=False)
class Simulation:
    """A strategy traded over N bars; arrays are read-only.

    Attributes:
        bars: all bars, of which ``rows`` were simulated.
        rows: start and stop, N bars.
        capital: cash before the first bar.
        equity: cash + units x close at each close, shape (N,); the last one after the cost of leaving there.
        positions: rows of ``POSITION`` in the order of entry; only the last one can be open.
        trade_count: closed trades.
        unfilled: entries decided while nothing was held that bought nothing, for the money was too little.
        bars_held: closes at which a position was held.
        interest_earned: on money that was not invested.
        borrow_paid: for being short; it is part of the costs and results of the positions.
    """

    bars: Bars
    rows: slice
    capital: float
    equity: Floats
    positions: Positions
    trade_count: int
    unfilled: int
    bars_held: int
    interest_earned: float
    borrow_paid: float

    @property
    def session(self) -> Dates:
        """Trading session of each bar, shape (N,)."""
        return self.bars.session[self.rows]

    @property
    def benchmark(self) -> Floats:
        """What buying and holding is worth at each close, in any unit; shape (N,)."""
        return self.bars.close[self.rows]

    @property
    def benchmark_start(self) -> float:
        """What buying and holding costs before the first close: the first open."""
        return float(self.bars.open[self.rows.start])

    @property
    def financing(self) -> Financing:
        """Money that came and went without a trade."""
        return Financing(interest_earned=self.interest_earned, borrow_paid=self.borrow_paid)

    @cached_property
    def returns(self) -> Floats:
        """Return of each bar, the first against the capital; shape (N,)."""
        from backend.engine.simulation.returns import bar_returns

        return bar_returns(self.equity, self.capital)

    @cached_property
    def weight(self) -> Floats:
        """Signed units x close / equity held at each close, shape (N,); 0 where flat."""
        value = self._units_held() * self.bars.close[self.rows]
        weight = np.divide(value, self.equity, out=np.zeros_like(value), where=self.equity != 0.0)
        weight.flags.writeable = False
        return weight

    @property
    def closed(self) -> Positions:
        """The positions that were left, in the order of entry and exit."""
        return self.positions[: self.trade_count]

    @property
    def longest_holding(self) -> int:
        """Closes at which the longest position was held, the open one included; 0 without positions."""
        return int((self.positions["exit_bar"] - self.positions["entry_bar"]).max(initial=0))

    @property
    def costs_paid(self) -> float:
        """Commission, slippage and fees for borrowing in money, the cost of leaving at the end included."""
        return float(self.positions["costs"].sum())

    @property
    def traded_value(self) -> float:
        """Money value of all fills, bought and sold; leaving at the end is not a fill."""
        entries, exits = self.positions, self.closed
        return float(entries["units"] @ entries["entry_price"] + exits["units"] @ exits["exit_price"])

    def trades(self) -> tuple[Trade, ...]:
        """The closed trades in the order of entry and exit."""
        return closed_trades(self.closed, self._stamps(self.closed))

    def trade_columns(self) -> dict[str, Any]:
        """The same by the names of ``Trade``, of each column one value a trade; times as ``datetime64[s]``."""
        return closed_columns(self.closed, self._stamps(self.closed))

    def open_positions(self) -> tuple[OpenPosition, ...]:
        """The position held after the last bar, if there is one."""
        held = self.positions[self.trade_count :]
        return open_positions(held, self._stamps(held))

    def _stamps(self, positions: Positions) -> Stamps:
        """When the positions were entered and left; what is still held has only been entered."""
        bars, entries = self.bars, self.rows.start + positions["entry_bar"]
        exits = np.minimum(self.rows.start + positions["exit_bar"], len(bars) - 1)
        return Stamps(
            symbols=(bars.symbol,) * len(positions),
            entered=bars.start[entries],
            left=np.where(at_open(positions), bars.start[exits], bars.end[exits]),
            bars_held=positions["exit_bar"] - positions["entry_bar"],
        )

    def _units_held(self) -> Floats:
        """Signed units at each close, shape (N,): stretches of flat and held take turns."""
        edges = np.stack([self.positions["entry_bar"], self.positions["exit_bar"]], axis=1).ravel()
        units = np.zeros(edges.size + 1)
        units[1::2] = self.positions["side"] * self.positions["units"]
        return np.repeat(units, np.diff(edges, prepend=0, append=self.equity.size))
