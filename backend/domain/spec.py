"""A strategy as data: what is proposed, tested, shown, edited and saved."""

from typing import Literal, Self

from pydantic import Field, model_validator

from backend.domain.record import Record, Text

MAX_PARAMETERS = 8
MAX_SERIES = 12

CONDITION_FIELDS = ("long_entry", "long_exit", "short_entry", "short_exit")
"""The expressions that trade, in the order in which they are shown."""

Name = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")


class Parameter(Record):
    """A number that the tuner may move within its bounds."""

    name: str = Name
    kind: Literal["int", "float"]
    value: float
    low: float
    high: float

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"parameter {self.name}: its low {self.low:g} is above its high {self.high:g}")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"parameter {self.name}: value {self.value:g} is not within {self.low:g}..{self.high:g}")
        if self.kind == "int" and not all(float(x).is_integer() for x in (self.value, self.low, self.high)):
            raise ValueError(f"parameter {self.name}: an int parameter needs whole numbers")
        return self


class Series(Record):
    """A named intermediate line that later expressions may use."""

    name: str = Name
    expression: str


class Sizing(Record):
    """How large a position is, fixed at entry.

    ``fraction``: share of equity, 0..1. ``risk_per_trade``: share of equity lost at the stop (needs a stop loss).
    ``volatility_target``: yearly volatility aimed at, leverage at most 1.
    """

    kind: Literal["fraction", "volatility_target", "risk_per_trade"] = "fraction"
    value: float = Field(default=1.0, gt=0, le=1)


class Risk(Record):
    """Exits that need no expression; prices as fractions of the fill price, each may be null."""

    stop_loss: float | None = Field(default=None, gt=0, lt=1)
    take_profit: float | None = Field(default=None, gt=0, le=10)
    trailing_stop: float | None = Field(default=None, gt=0, lt=1)
    max_holding_bars: int | None = Field(default=None, ge=1, le=5000)


class Rotation(Record):
    """Holds the best few of several symbols, chosen anew every so many bars.

    Attributes:
        rank: series expression; the symbols with the highest values are held, one without a value is not.
        top: how many are held.
        every: bars from one choice to the next.
    """

    rank: str
    top: int = Field(ge=1, le=1000)
    every: int = Field(ge=1, le=5000)


class StrategySpec(Record):
    """A strategy; its expressions are checked by the language, not here.

    With ``rotation`` the ranking enters; ``long_entry`` may then be null, or a condition that a symbol must meet to be
    chosen, and ``long_exit`` leaves between two choices. There is no short side.
    """

    version: Literal[1] = 1
    name: Text = Field(min_length=1, max_length=80)
    rationale: Text = Field(default="", max_length=2000)
    parameters: tuple[Parameter, ...] = Field(default=(), max_length=MAX_PARAMETERS)
    series: tuple[Series, ...] = Field(default=(), max_length=MAX_SERIES)
    long_entry: str | None = None
    long_exit: str | None = None
    short_entry: str | None = None
    short_exit: str | None = None
    sizing: Sizing = Sizing()
    risk: Risk = Risk()
    rotation: Rotation | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.rotation is None and self.long_entry is None and self.short_entry is None:
            raise ValueError("a strategy needs a long_entry or a short_entry")
        if self.rotation is not None and (self.short_entry is not None or self.short_exit is not None):
            raise ValueError("a rotation holds the best symbols long; leave short_entry and short_exit out")
        names = [p.name for p in self.parameters] + [s.name for s in self.series]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"the name {doubled[0]} is used twice among parameters and series")
        if self.sizing.kind == "risk_per_trade" and self.risk.stop_loss is None:
            raise ValueError("sizing risk_per_trade needs a stop_loss")
        return self

    def with_values(self, values: dict[str, float]) -> "StrategySpec":
        """The same strategy with other parameter values."""
        parameters = tuple(p.model_copy(update={"value": values.get(p.name, p.value)}) for p in self.parameters)
        return self.model_copy(update={"parameters": parameters})
