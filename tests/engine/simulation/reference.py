"""The fill rules once more, slow and obvious: plain Python, one bar and one step at a time."""

import math
import statistics
from dataclasses import dataclass, field
from itertools import pairwise

from backend.domain.bars import Bars
from backend.domain.execution import Execution
from backend.domain.results import ExitReason, Side
from backend.domain.signals import Signals
from backend.engine.simulation import Rules

YEAR = 252


@dataclass
class Position:
    side: Side
    entry_bar: int
    units: float
    entry_price: float
    paid_in: float
    costs: float
    reference: float
    closes: list[float] = field(default_factory=list)
    borrowed: float = 0.0
    exit_bar: int | None = None
    exit_price: float = math.nan
    reason: ExitReason | None = None
    pnl: float = math.nan


@dataclass
class Reference:
    """Plays bars ``first .. stop - 1``; ``positions`` and ``equity`` are the outcome."""

    bars: Bars
    signals: Signals
    rules: Rules
    execution: Execution
    first: int
    stop: int

    def play(self) -> "Reference":
        self.cash, self.held = self.execution.capital, None
        self.equity: list[float] = []
        self.positions: list[Position] = []
        self.interest, self.unfilled = 0.0, 0
        for bar in range(self.first, self.stop):
            if self.execution.profile == "vectorbt":
                held_before = self.held
                if held_before:
                    self.within_the_bar(bar)
                if self.held or not held_before:  # a stop drops the orders of the same open
                    self.at_the_open(bar)
            else:
                self.at_the_open(bar)
                self.within_the_bar(bar)
            self.at_the_close(bar)
        self.mark_the_end()
        return self

    held: Position | None = None

    def at_the_open(self, bar: int) -> None:
        entry, leave_long, leave_short = self.decided(bar - 1)
        held_before = self.held.side if self.held else None
        if self.held:
            if leave_long if self.held.side == "long" else leave_short:
                self.leave(bar, self.bars.open[bar], "signal")
            elif bar - self.held.entry_bar == self.rules.risk.max_holding_bars:
                self.leave(bar, self.bars.open[bar], "time")
        if entry and entry != held_before and not self.held:
            self.enter(bar, entry)

    def decided(self, bar: int) -> tuple[Side | None, bool, bool]:
        if bar < 0:
            return None, False, False
        s = self.signals
        long_in, long_out, short_in, short_out = (
            bool(x[bar]) for x in (s.long_entry, s.long_exit, s.short_entry, s.short_exit)
        )
        go_long = long_in and not long_out and not short_in
        go_short = short_in and not short_out and not long_in
        entry: Side | None = "long" if go_long else "short" if go_short else None
        return entry, long_out or go_short, short_out or go_long

    def enter(self, bar: int, side: Side) -> None:
        costs, open_ = self.execution.costs, float(self.bars.open[bar])
        price = open_ * (1 + costs.slippage if side == "long" else 1 - costs.slippage)
        units = self.affordable(bar, side, price)
        if self.execution.whole_shares:
            adjustment = float(self.bars.adjustment[bar])
            units = math.floor(units * adjustment) / adjustment
        if not units > 0:
            self.unfilled += self.share(bar) is not None
            return
        fee = units * price * costs.commission_rate + costs.commission_fixed
        self.cash += -units * price - fee if side == "long" else units * price - fee
        reference = float(self.bars.close[bar - 1]) if self.execution.profile == "backtesting" else price
        self.held = Position(side, bar, units, price, units * price + fee, fee + units * abs(price - open_), reference)
        self.positions.append(self.held)

    def affordable(self, bar: int, side: Side, price: float) -> float:
        costs, sizing = self.execution.costs, self.rules.sizing
        unit_price = price * (1 + costs.commission_rate)
        share = self.share(bar)
        if share is None:
            return 0.0
        affordable = (self.cash * share - costs.commission_fixed) / unit_price
        if sizing.kind != "risk_per_trade":
            return affordable
        at_risk = (self.cash * sizing.value - 2 * costs.commission_fixed) / self.loss_at_the_stop(side, price)
        return min(at_risk, affordable)

    def share(self, bar: int) -> float | None:
        """Of the cash that may be spent; None while volatility is not known."""
        sizing = self.rules.sizing
        if sizing.kind != "volatility_target":
            return sizing.value if sizing.kind == "fraction" else 1.0
        closes = self.bars.close[max(0, bar - 21) : bar].tolist()
        if len(closes) < 21:
            return None
        volatility = statistics.stdev([b / a - 1 for a, b in pairwise(closes)]) * math.sqrt(YEAR)
        return min(1.0, sizing.value / volatility) if volatility > 0 else 1.0

    def loss_at_the_stop(self, side: Side, price: float) -> float:
        """Of one unit, without fixed commissions."""
        costs, distance = self.execution.costs, self.rules.risk.stop_loss
        assert distance is not None
        if side == "long":
            out = price * (1 - distance) * (1 - costs.slippage)
            return price * (1 + costs.commission_rate) - out * (1 - costs.commission_rate)
        out = price * (1 + distance) * (1 + costs.slippage)
        return out * (1 + costs.commission_rate) - price * (1 - costs.commission_rate)

    def within_the_bar(self, bar: int) -> None:
        if self.held is None:
            return
        open_, high, low = (float(x[bar]) for x in (self.bars.open, self.bars.high, self.bars.low))
        level, reason, target = self.levels(self.held)
        target_first = self.execution.profile == "default"
        if self.held.side == "long":
            if open_ >= target and (target_first or low > level):
                self.leave(bar, open_, "target")
            elif low <= level:
                self.leave(bar, min(open_, level), reason)
            elif high >= target:
                self.leave(bar, target, "target")
        elif open_ <= target and (target_first or high < level):
            self.leave(bar, open_, "target")
        elif high >= level:
            self.leave(bar, max(open_, level), reason)
        elif low <= target:
            self.leave(bar, target, "target")

    def levels(self, held: Position) -> tuple[float, ExitReason, float]:
        """The nearer stop, its name, and the target; infinitely far when absent."""
        risk, fill = self.rules.risk, held.reference
        stop, trailing, target = risk.stop_loss, risk.trailing_stop, risk.take_profit
        if held.side == "long":
            fixed = fill * (1 - stop) if stop else -math.inf
            moving = max([fill, *held.closes]) * (1 - trailing) if trailing else -math.inf
            goal = fill * (1 + target) if target else math.inf
            return max(fixed, moving), "stop" if fixed >= moving else "trailing", goal
        fixed = fill * (1 + stop) if stop else math.inf
        moving = min([fill, *held.closes]) * (1 + trailing) if trailing else math.inf
        goal = fill * (1 - target) if target else -math.inf
        return min(fixed, moving), "stop" if fixed <= moving else "trailing", goal

    def at_the_close(self, bar: int) -> None:
        close = float(self.bars.close[bar])
        if self.held and self.held.side == "short":
            fee = self.held.units * close * self.execution.borrow_rate / YEAR
            self.cash -= fee
            self.held.borrowed += fee
        if self.held and self.worth(self.held, close) <= 0:
            self.leave(bar, close, "liquidation")
        idle = self.worth(self.held, close) if self.held and self.held.side == "short" else self.cash
        earned = max(idle, 0.0) * self.execution.interest_rate / YEAR
        self.cash += earned
        self.interest += earned
        if self.held:
            self.held.closes.append(close)
        self.equity.append(self.worth(self.held, close) if self.held else self.cash)

    def worth(self, held: Position, close: float) -> float:
        return self.cash + (held.units if held.side == "long" else -held.units) * close

    def leave(self, bar: int | None, price: float, reason: ExitReason | None) -> None:
        held, costs = self.held, self.execution.costs
        assert held is not None
        sign = 1 if held.side == "long" else -1
        fill = price if reason == "target" else price * (1 - sign * costs.slippage)
        fee = held.units * fill * costs.commission_rate + costs.commission_fixed
        self.cash += sign * held.units * fill - fee
        entry_fee = held.paid_in - held.units * held.entry_price
        held.pnl = sign * held.units * (fill - held.entry_price) - entry_fee - fee - held.borrowed
        held.costs += held.borrowed + fee + held.units * abs(fill - price)
        held.exit_bar, held.exit_price, held.reason = bar, fill, reason
        self.held = None

    def mark_the_end(self) -> None:
        if self.held:
            self.leave(None, float(self.bars.close[self.stop - 1]), None)
            self.equity[-1] = self.cash
