"""What the user asked for, as far as it was understood."""

from datetime import date
from typing import Literal

from pydantic import Field

from backend.domain.record import Record
from backend.domain.sentiment import ALL_CHANNELS, Channel
from backend.domain.timeframes import Timeframe

Operator = Literal["<", "<=", ">", ">="]
Direction = Literal["long", "short", "both"]
DIRECTION_WORDS: dict[Direction, str] = {"long": "long only", "short": "short only", "both": "long and short"}


class Target(Record):
    """A predicate over a metric, e.g. ``max_drawdown <= 0.15``; false when the metric is null."""

    metric: str
    op: Operator
    value: float

    def holds(self, measured: float | None) -> bool:
        """Whether ``measured`` satisfies the predicate; an undefined metric never does."""
        if measured is None:
            return False
        return {
            "<": measured < self.value,
            "<=": measured <= self.value,
            ">": measured > self.value,
            ">=": measured >= self.value,
        }[self.op]

    def __str__(self) -> str:
        return f"{self.metric} {self.op} {self.value:g}"


RETURN_METRICS = ("total_return", "cagr", "final_equity")
NET_PROFIT = Target(metric="total_return", op=">", value=0.0)
"""Implied where no return is asked for: a strategy that loses money meets no goal."""


class Goal(Record):
    """A request as a record.

    Attributes:
        start, end: None until the data says how far it reaches.
        maximum_complexity: parameters, joined conditions, series and risk rules that a strategy may have together.
        style: family hints in the words of the search grammar, e.g. ``momentum``.
        not_understood: phrases of the request that no rule could use.
    """

    request: str
    symbols: tuple[str, ...]
    timeframe: Timeframe = Timeframe.DAY
    start: date | None = None
    end: date | None = None
    channels: tuple[Channel, ...] = ()
    targets: tuple[Target, ...] = ()
    style: tuple[str, ...] = ()
    direction: Direction = "long"
    minimum_trades: int | None = Field(default=None, ge=1)
    maximum_trades: int | None = Field(default=None, ge=1)
    maximum_complexity: int | None = Field(default=None, ge=1)
    not_understood: tuple[str, ...] = ()

    @property
    def readable_channels(self) -> tuple[str, ...]:
        """What a strategy may read: its channels, and under ``"all"`` several of them together."""
        return (*self.channels, ALL_CHANNELS) if len(self.channels) > 1 else self.channels

    @property
    def effective_targets(self) -> tuple[Target, ...]:
        """What a strategy is held against: stated targets, the limit on trades, a profit where no return is named."""
        limit = self.maximum_trades
        most = () if limit is None else (Target(metric="trades", op="<=", value=float(limit)),)
        named = any(target.metric in RETURN_METRICS and target.op in (">", ">=") for target in self.targets)
        return tuple(dict.fromkeys((*self.targets, *most, *(() if named else (NET_PROFIT,)))))


class Question(Record):
    """What must be answered before a session can go on."""

    text: str
    goal: Goal
