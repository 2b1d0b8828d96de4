"""What a portfolio yields: equity at each moment, the positions behind it, and who held how much."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backend.domain.arrays import Dates, Floats, Instants, Integers
from backend.domain.results import Financing, OpenPosition, Trade
from backend.engine.portfolio.benchmark import evenly_held
from backend.engine.portfolio.books import Book
from backend.engine.portfolio.records import ABSENT, Record
from backend.engine.portfolio.timeline import Timeline
from backend.engine.simulation.records import Positions
from backend.engine.simulation.trade_list import Stamps, at_open, closed_trades, open_positions


@dataclass(frozen=True, eq=False)
class PortfolioSimulation:
    """A strategy traded over S symbols and the N moments at which a bar of one of them ended; arrays are read-only.

    Attributes:
        books: in the stated order.
        timeline: the moments.
        slots: positions that could be held at once; of a rotation there may be more than symbols, and then the share
            of the others stays in cash.
        capital: cash before the first moment.
        equity: cash + value held at each close, shape (N,); the last one after the cost of leaving there.
        exposure: signed value held at each close, shape (N,).
        positions: rows of ``POSITION``: the closed ones in the order of exit, then those that are still held in the
            stated order. Their bars count moments, ``symbol`` is the place in the stated order.
        account: a row of ``ACCOUNT``.
        opens, closes: of all rows of the timeline.
    """

    books: tuple[Book, ...]
    timeline: Timeline
    slots: int
    capital: float
    equity: Floats
    exposure: Floats
    positions: Positions
    account: Record
    opens: Floats
    closes: Floats

    @property
    def symbols(self) -> tuple[str, ...]:
        """In the stated order."""
        return tuple(book.bars.symbol for book in self.books)

    @property
    def end(self) -> Instants:
        """The moments, shape (N,)."""
        return self.timeline.end

    @property
    def session(self) -> Dates:
        """Trading session of each moment, shape (N,)."""
        return self.timeline.session

    @cached_property
    def returns(self) -> Floats:
        """Return up to each moment, the first against the capital; shape (N,)."""
        from backend.engine.simulation.returns import bar_returns

        return bar_returns(self.equity, self.capital)

    @cached_property
    def weight(self) -> Floats:
        """Signed value held / equity at each close, shape (N,); 0 where flat."""
        return _read_only(_share(self.exposure, self.equity))

    @cached_property
    def weights(self) -> Floats:
        """Signed value of each symbol / equity at each close, shape (S, N); 0 where it is not held."""
        values = np.zeros((len(self.books), self.equity.size))
        for position in self.positions:
            symbol, held = position["symbol"], slice(position["entry_bar"], position["exit_bar"])
            closes = self.closes[self.timeline.latest[held, symbol]]
            values[symbol, held] = position["side"] * position["units"] * closes
        return _read_only(_share(values, self.equity))

    @cached_property
    def benchmark(self) -> Floats:
        """The capital spread evenly over the symbols, each bought at its first open and held; shape (N,)."""
        return _read_only(evenly_held(self.timeline, self.opens, self.closes, self.capital))

    @property
    def benchmark_start(self) -> float:
        """What the benchmark was worth before the first moment."""
        return self.capital

    @property
    def trade_count(self) -> int:
        """Closed trades."""
        return int(self.account["closed"])

    @property
    def closed(self) -> Positions:
        """The positions that were left, in the order of exit."""
        return self.positions[: self.trade_count]

    @property
    def bars_held(self) -> int:
        """Moments at whose close something was held."""
        return int(self.account["bars_held"])

    @property
    def longest_holding(self) -> int:
        """Own closes at which the longest position was held, the open ones included; 0 without positions."""
        return int(self._bars_held(self.positions).max(initial=0))

    @property
    def costs_paid(self) -> float:
        """Commission, slippage and fees for borrowing in money, the cost of leaving at the end included."""
        return float(self.positions["costs"].sum())

    @property
    def traded_value(self) -> float:
        """Money value of all fills, bought and sold; leaving at the end is not a fill."""
        entries, exits = self.positions, self.closed
        return float(entries["units"] @ entries["entry_price"] + exits["units"] @ exits["exit_price"])

    @property
    def financing(self) -> Financing:
        """Interest earned, and what borrowing for shorts cost."""
        return Financing(interest_earned=float(self.account["interest"]), borrow_paid=float(self.account["borrow"]))

    @property
    def unfilled(self) -> int:
        """Entries that bought nothing, for the money was too little."""
        return int(self.account["unfilled"])

    @property
    def crowded_out(self) -> int:
        """Entries that found every slot taken."""
        return int(self.account["crowded_out"])

    def trades(self) -> tuple[Trade, ...]:
        """The closed trades in the order of exit."""
        return closed_trades(self.closed, self._stamps(self.closed))

    def open_positions(self) -> tuple[OpenPosition, ...]:
        """The positions held after the last moment, in the stated order."""
        held = self.positions[self.trade_count :]
        return open_positions(held, self._stamps(held))

    def _stamps(self, positions: Positions) -> Stamps:
        """Whose positions they are and when: market orders at the start of the symbol's bar, others at its end."""
        entered, left = (np.empty(positions.size, dtype=self.end.dtype) for _ in range(2))
        left[:] = self.end[np.minimum(positions["exit_bar"], self.equity.size - 1)]
        for symbol, book in enumerate(self.books):
            own = positions["symbol"] == symbol
            entered[own] = book.bars.start[self._own_rows(positions[own]["entry_bar"], symbol)]
            traded = own & at_open(positions)
            left[traded] = book.bars.start[self._own_rows(positions[traded]["exit_bar"], symbol)]
        names = [self.symbols[symbol] for symbol in positions["symbol"].tolist()]
        return Stamps(names, entered, left, self._bars_held(positions))

    def _own_rows(self, moments: Integers, symbol: int) -> Integers:
        rows: Integers = self.timeline.lines.row[moments, symbol] - self.timeline.lines.first[symbol]
        return rows

    def _bars_held(self, positions: Positions) -> Integers:
        """Own closes of its symbol at which each position was held."""
        counted = np.zeros((self.equity.size + 1, len(self.books)), dtype=np.int64)
        np.cumsum(self.timeline.lines.row != ABSENT, axis=0, out=counted[1:])
        symbol = positions["symbol"]
        held: Integers = counted[positions["exit_bar"], symbol] - counted[positions["entry_bar"], symbol]
        return held


def _share(values: Floats, equity: Floats) -> Floats:
    return np.divide(values, equity, out=np.zeros_like(values), where=equity != 0.0)


def _read_only(array: Floats) -> Floats:
    array.flags.writeable = False
    return array
