"""The metrics that a target may name: their words, how their numbers are written, and what values they can take."""

from dataclasses import dataclass
from math import inf
from typing import Literal

from backend.agents.understanding.reading import Lexicon
from backend.domain.errors import InvalidInput

Writing = Literal["share", "rate", "ratio", "count", "days"]
"""``share``: 0..1, also in percent. ``rate``: a fraction, in percent above 1. ``ratio``: plain. ``count``: whole."""


@dataclass(frozen=True)
class Number:
    """A number as written, with or without a percent sign."""

    text: str
    percent: bool

    def in_percent(self) -> "Number":
        """The same number with the sign, which may have been written once for two numbers."""
        return Number(self.text, percent=True)

    def value(self) -> float:
        """What was written.

        Raises:
            InvalidInput: it can be read in two ways, or in none.
        """
        plain = self.text.replace("\u2212", "-")
        whole, comma, decimals = plain.partition(",")
        if "," in decimals or (comma and "." in plain) or plain.count(".") > 1 or len(plain) > 12:
            raise InvalidInput(f"{self.text[:40]} is not a number.", "write it like 1500 or 0.15")
        if comma and len(decimals) == 3:
            raise InvalidInput(
                f"{self.text} can be read in two ways.", f"write {whole}{decimals} or {whole}.{decimals}"
            )
        return float(plain.replace(",", "."))


@dataclass(frozen=True)
class Measure:
    """A metric with the values it can take; ``trivial`` is the one that only a strategy without trades reaches."""

    metric: str
    label: str
    writing: Writing
    low: float = -inf
    high: float = inf
    trivial: float | None = None

    def read(self, number: Number) -> float:
        """The number in the metric's own unit.

        Raises:
            InvalidInput: the number is ambiguous, or no such value exists.
        """
        value = self._converted(number)
        if not self.low <= value <= self.high:
            shown = f"{number.text} %" if number.percent else number.text
            raise InvalidInput(f"A {self.label} of {shown} is impossible.", self._range())
        return value

    def _converted(self, number: Number) -> float:
        value = number.value()
        if self.writing in ("share", "rate"):
            return self._fraction(number, value)
        if number.percent:
            raise InvalidInput(f"A {self.label} is not measured in percent.", f"write {number.text} without the sign")
        if self.writing in ("count", "days") and not value.is_integer():
            raise InvalidInput(f"A {self.label} is a whole number, not {number.text}.", "leave out the decimals")
        return value

    def _fraction(self, number: Number, value: float) -> float:
        if number.percent:
            return float(f"{value / 100:.12g}")
        if abs(value) < 1 or value == 0:
            return value
        if self.writing == "share" and 1 < value <= 100:
            return float(f"{value / 100:.12g}")
        raise InvalidInput(
            f"A {self.label} of {number.text} can be read in two ways.", f"write {number.text} % or a fraction like 0.1"
        )

    def _range(self) -> str:
        scale, sign = (100, " %") if self.writing in ("share", "rate") else (1, "")
        if self.high < inf:
            return f"it lies between {self.low * scale:g}{sign} and {self.high * scale:g}{sign}"
        return f"it is at least {self.low * scale:g}{sign}"


MEASURES: dict[str, Measure] = {
    m.metric: m
    for m in (
        Measure("max_drawdown", "drawdown", "share", 0.0, 1.0, trivial=0.0),
        Measure("win_rate", "win rate", "share", 0.0, 1.0),
        Measure("exposure", "share of time in the market", "share", 0.0, 1.0, trivial=0.0),
        Measure("total_return", "return", "rate", -1.0),
        Measure("cagr", "yearly return", "rate", -1.0),
        Measure("volatility", "volatility", "rate", 0.0, trivial=0.0),
        Measure("average_trade", "average trade", "rate", -1.0),
        Measure("alpha", "alpha", "rate"),
        Measure("sharpe", "Sharpe ratio", "ratio"),
        Measure("sortino", "Sortino ratio", "ratio"),
        Measure("calmar", "Calmar ratio", "ratio"),
        Measure("profit_factor", "profit factor", "ratio", 0.0),
        Measure("beta", "beta", "ratio"),
        Measure("trades", "number of trades", "count", 0.0, trivial=0.0),
        Measure("longest_drawdown_days", "longest drawdown", "days", 0.0, trivial=0.0),
    )
}

_WORDS = {
    "max_drawdown": "drawdown drawdowns max~drawdown maximum~drawdown maximal~drawdown worst~drawdown draw~down dd"
    " max~dd mdd largest~drawdown",
    "win_rate": "win~rate winrate win~ratio winning~rate hit~rate hit~ratio success~rate",
    "exposure": "exposure time~in~market time~in~the~market",
    "total_return": "return returns total~return total~returns net~return profit profits gains overall~return",
    "cagr": "cagr annual~return annual~returns annualised~return annualized~return annualised~returns"
    " annualized~returns yearly~return yearly~returns return~per~year returns~per~year return~a~year"
    " return~per~annum compound~annual~growth~rate annual~profit",
    "volatility": "volatility annual~volatility annualised~volatility annualized~volatility yearly~volatility vol",
    "average_trade": "average~trade average~return~per~trade return~per~trade mean~trade",
    "alpha": "alpha",
    "sharpe": "sharpe sharpe~ratio sharpes",
    "sortino": "sortino sortino~ratio",
    "calmar": "calmar calmar~ratio",
    "profit_factor": "profit~factor",
    "beta": "beta",
    "trades": "trades closed~trades round~trips number~of~trades trade~count",
    "longest_drawdown_days": "longest~drawdown drawdown~duration drawdown~length",
}
MEASURE_PHRASES: Lexicon[Measure] = Lexicon(
    {phrase.replace("~", " "): MEASURES[metric] for metric, phrases in _WORDS.items() for phrase in phrases.split()}
)

EARNING: Lexicon[Measure] = Lexicon(
    dict.fromkeys(("make", "makes", "earn", "earns", "gain", "gaining", "yield"), MEASURES["total_return"])
)
"""Verbs that stand for a return when a percentage follows: "make at least 10 % a year"."""

EACH: Lexicon[str] = Lexicon(
    dict.fromkeys(
        ("a year", "per year", "yearly", "annually", "pa", "per annum", "each year", "every year", "annualised",
         "annualized"), "year"
    )
    | {"per trade": "trade", "a trade": "trade"}
    | dict.fromkeys(
        ("a month", "per month", "monthly", "each month", "every month", "a week", "per week", "weekly", "each week",
         "a day", "per day", "each day", "every day", "a quarter", "per quarter", "quarterly"), "other"
    )
)  # fmt: skip
"""What a number is counted by: ``year``, ``trade`` or ``other``, which has no metric of its own."""

PERCENT: Lexicon[None] = Lexicon(dict.fromkeys(("%", "percent", "pct", "per cent")))
