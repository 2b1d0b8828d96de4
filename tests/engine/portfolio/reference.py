"""The rules of a portfolio once more, slow and obvious: plain Python, one moment, one symbol and one step at a time."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from backend.domain.execution import Execution
from backend.domain.results import ExitReason, Side
from backend.engine.portfolio import Book, RotationRules
from backend.engine.simulation import Rules

YEAR = 252


@dataclass
class Position:
    symbol: int
    side: Side
    entry: int
    units: float
    entry_price: float
    paid_in: float
    costs: float
    measured_from: float
    closes: list[float] = field(default_factory=list)
    leaves_within: tuple[ExitReason, float] | None = None
    exit: int | None = None
    exit_price: float = math.nan
    reason: ExitReason | None = None
    pnl: float = 0.0

    @property
    def sign(self) -> int:
        return 1 if self.side == "long" else -1


@dataclass
class Reference:
    """Plays all moments; ``equity``, ``values`` (by symbol), ``entered`` and ``closed`` are the outcome."""

    books: Sequence[Book]
    rules: Rules
    execution: Execution
    rotation: RotationRules | None = None

    def play(self) -> "Reference":
        self.cash, self.interest, self.borrowed = self.execution.capital, 0.0, 0.0
        self.unfilled = self.crowded_out = 0
        self.equity: list[float] = []
        self.values: list[list[float]] = []
        self.entered: list[Position] = []
        self.closed: list[Position] = []
        self.held: dict[int, Position] = {}
        self.waiting: dict[
            int, int | None
        ] = {}  # what a choice told a symbol to do at its next open: a place, or leave
        ends = [book.bars.end.tolist() for book in self.books]
        self.rows = [
            {end[r]: r for r in range(b.rows.start, b.rows.stop)} for end, b in zip(ends, self.books, strict=True)
        ]
        self.moments = sorted({end for rows in self.rows for end in rows})
        self.last = [math.nan] * len(self.books)
        largest = self.execution.max_positions or len(self.books)
        self.slots = largest if self.rotation is None else min(self.rotation.top, self.execution.max_positions or 1000)
        self.choose_before_the_first()
        for moment in range(len(self.moments)):
            self.at = moment
            self.here = {
                s: rows[self.moments[moment]] for s, rows in enumerate(self.rows) if self.moments[moment] in rows
            }
            self.leave_at_the_open()
            self.enter_at_the_open()
            self.leave_within()
            self.close()
            self.choose(moment + self.shift, self.here)
        self.mark_the_end()
        return self

    def choose_before_the_first(self) -> None:
        before = {s: b.rows.start - 1 for s, b in enumerate(self.books) if b.rows.start > 0}
        self.shift = 1 if before else 0
        if before:
            latest = max(self.books[s].bars.end[row] for s, row in before.items())
            self.choose(0, {s: row for s, row in before.items() if self.books[s].bars.end[row] == latest})

    def choose(self, number: int, here: dict[int, int]) -> None:
        if self.rotation is None or number % self.rotation.every:
            return
        ranked = []
        for s, row in here.items():
            rank, signals = self.books[s].rank, self.books[s].signals
            assert rank is not None
            meets = signals.long_entry[row] or not self.rotation.filtered
            if meets and not signals.long_exit[row] and not math.isnan(rank[row]):
                ranked.append((-rank[row], s))
        best = [s for _, s in sorted(ranked)][: self.rotation.top]
        self.waiting = {s: best.index(s) if s in best else None for s in range(len(self.books))}

    def decided(self, s: int) -> tuple[Side | None, bool, bool]:
        """Entry, long exit and short exit that wait for this open of a symbol."""
        row, signals = self.here[s] - 1, self.books[s].signals
        if self.rotation is not None:
            leave = row >= 0 and bool(signals.long_exit[row])
            place = self.waiting.get(s, -1)
            return ("long" if place is not None and place >= 0 else None), leave or place is None, False
        if row < 0:
            return None, False, False
        columns = (signals.long_entry, signals.long_exit, signals.short_entry, signals.short_exit)
        long_in, long_out, short_in, short_out = (bool(column[row]) for column in columns)
        go_long = long_in and not long_out and not short_in
        go_short = short_in and not short_out and not long_in
        return "long" if go_long else "short" if go_short else None, long_out or go_short, short_out or go_long

    def leave_at_the_open(self) -> None:
        self.just_left: dict[int, Side] = {}
        for s in sorted(self.held):
            if s not in self.here:
                continue
            held, (_, leave_long, leave_short) = self.held[s], self.decided(s)
            if self.execution.profile == "vectorbt":
                held.leaves_within = self.touched(held)
                if held.leaves_within:
                    continue
            if leave_long if held.side == "long" else leave_short:
                self.leave(held, self.price(s, "open"), "signal")
            elif len(held.closes) == self.rules.risk.max_holding_bars:
                self.leave(held, self.price(s, "open"), "time")
            if s not in self.held:
                self.just_left[s] = held.side

    def enter_at_the_open(self) -> None:
        worth = self.cash + sum(h.sign * h.units * self.open_or_last(h.symbol) for h in self.held.values())
        sides = {s: self.decided(s)[0] for s in self.here}
        wanted = [s for s, side in sides.items() if side and side != self.just_left.get(s) and s not in self.held]
        if self.rotation is not None:
            wanted.sort(key=lambda s: (self.waiting[s], s))
        for s in wanted:
            side = sides[s]
            assert side is not None
            if len(self.held) == self.slots:
                self.crowded_out += 1
            else:
                self.enter(s, side, worth / self.slots)
        for s in self.here:
            self.waiting.pop(s, None)

    def enter(self, s: int, side: Side, slot: float) -> None:
        costs, reference, bars = self.execution.costs, self.price(s, "open"), self.books[s].bars
        price = reference * (1 + costs.slippage if side == "long" else 1 - costs.slippage)
        short = sum(h.units * self.open_or_last(h.symbol) for h in self.held.values() if h.side == "short")
        share = self.share(s)
        if share is None:
            return
        units = self.affordable(side, price, slot, slot * share, self.cash - 2 * short)
        if self.execution.whole_shares:
            adjustment = bars.adjustment[self.here[s]]
            units = math.floor(units * adjustment) / adjustment
        if not units > 0:
            self.unfilled += 1
            return
        fee = units * price * costs.commission_rate + costs.commission_fixed
        self.cash += -units * price - fee if side == "long" else units * price - fee
        measured = bars.close[self.here[s] - 1] if self.execution.profile == "backtesting" else price
        cost = fee + units * abs(price - reference)
        self.held[s] = Position(s, side, self.at, units, price, units * price + fee, cost, float(measured))
        self.entered.append(self.held[s])

    def share(self, s: int) -> float | None:
        """Of the slot that may be spent; None while the volatility is not known."""
        sizing, row = self.rules.sizing, self.here[s]
        if sizing.kind == "risk_per_trade":
            return 1.0
        if sizing.kind == "fraction":
            return sizing.value
        closes = self.books[s].bars.close[max(0, row - 21) : row].tolist()
        if len(closes) < 21:
            return None
        volatility = statistics.stdev([b / a - 1 for a, b in pairwise(closes)]) * math.sqrt(YEAR)
        return min(1.0, sizing.value / volatility) if volatility > 0 else 1.0

    def affordable(self, side: Side, price: float, slot: float, wanted: float, free: float) -> float:
        costs, sizing = self.execution.costs, self.rules.sizing
        units = (min(wanted, free) - costs.commission_fixed) / (price * (1 + costs.commission_rate))
        if sizing.kind == "risk_per_trade":
            at_risk = slot * sizing.value - 2 * costs.commission_fixed
            return min(units, at_risk / self.loss_at_the_stop(side, price))
        return units

    def loss_at_the_stop(self, side: Side, price: float) -> float:
        costs, distance = self.execution.costs, self.rules.risk.stop_loss
        assert distance is not None
        if side == "long":
            out = price * (1 - distance) * (1 - costs.slippage)
            return price * (1 + costs.commission_rate) - out * (1 - costs.commission_rate)
        out = price * (1 + distance) * (1 + costs.slippage)
        return out * (1 + costs.commission_rate) - price * (1 - costs.commission_rate)

    def leave_within(self) -> None:
        for s in sorted(self.held):
            if s in self.here:
                held = self.held[s]
                filled = held.leaves_within if self.execution.profile == "vectorbt" else self.touched(held)
                if filled:
                    self.leave(held, filled[1], filled[0])

    def touched(self, held: Position) -> tuple[ExitReason, float] | None:
        """Why and where stop or target fill on the bar of this moment; a short is a long in prices below zero."""
        sign, stop, reason, target = held.sign, *self.levels(held)
        open_ = sign * self.price(held.symbol, "open")
        worst, best = sorted((sign * self.price(held.symbol, "low"), sign * self.price(held.symbol, "high")))
        stop, target = sign * stop, sign * target
        if self.execution.profile == "default" and open_ >= target:
            return "target", sign * open_
        if worst <= stop:
            return reason, sign * min(open_, stop)
        if best >= target:
            return "target", sign * max(open_, target)
        return None

    def levels(self, held: Position) -> tuple[float, ExitReason, float]:
        """The nearer stop, its name, and the target; infinitely far when absent."""
        risk, sign, base = self.rules.risk, held.sign, held.measured_from
        fixed = base * (1 - sign * risk.stop_loss) if risk.stop_loss else -sign * math.inf
        best = max(sign * price for price in (base, *held.closes)) * sign
        moving = best * (1 - sign * risk.trailing_stop) if risk.trailing_stop else -sign * math.inf
        target = base * (1 + sign * risk.take_profit) if risk.take_profit else sign * math.inf
        nearer: ExitReason = "stop" if sign * fixed >= sign * moving else "trailing"
        return (fixed if nearer == "stop" else moving), nearer, target

    def close(self) -> None:
        for s in self.here:
            self.last[s] = self.price(s, "close")
        self.charge_for_shorts()
        if self.held and self.worth() <= 0:
            for s in sorted(self.held):
                self.leave(self.held[s], self.last[s], "liquidation")
        idle = self.cash - sum(h.units * self.last[h.symbol] for h in self.held.values() if h.side == "short")
        earned = max(0.0, idle) * self.execution.interest_rate / YEAR
        self.cash += earned
        self.interest += earned
        for s in set(self.here) & set(self.held):
            self.held[s].closes.append(self.last[s])
        self.equity.append(self.worth())
        self.values.append([self.value(s) for s in range(len(self.books))])

    def charge_for_shorts(self) -> None:
        for held in self.held.values():
            if held.side == "short":
                paid = held.units * self.last[held.symbol] * self.execution.borrow_rate / YEAR
                held.costs += paid
                held.pnl -= paid
                self.cash -= paid
                self.borrowed += paid

    def worth(self) -> float:
        return self.cash + sum(self.value(s) for s in self.held)

    def value(self, s: int) -> float:
        held = self.held.get(s)
        return held.sign * held.units * self.last[s] if held else 0.0

    def leave(self, held: Position, price: float, reason: ExitReason | None) -> None:
        costs, sign = self.execution.costs, held.sign
        fill = price if reason == "target" else price * (1 - sign * costs.slippage)
        fee = held.units * fill * costs.commission_rate + costs.commission_fixed
        self.cash += sign * held.units * fill - fee
        held.pnl += sign * held.units * (fill - held.entry_price) - (held.paid_in - held.units * held.entry_price) - fee
        held.costs += fee + held.units * abs(fill - price)
        held.exit_price, held.reason = fill, reason
        if reason is not None:
            held.exit = self.at
            self.closed.append(held)
        del self.held[held.symbol]

    def mark_the_end(self) -> None:
        self.open = [self.held[s] for s in sorted(self.held)]
        for held in self.open:
            self.leave(held, self.last[held.symbol], None)
        self.equity[-1] = self.cash

    def price(self, s: int, name: str) -> float:
        return float(getattr(self.books[s].bars, name)[self.here[s]])

    def open_or_last(self, s: int) -> float:
        return self.price(s, "open") if s in self.here else self.last[s]
