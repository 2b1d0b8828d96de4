"""A dozen strategies that a sensible model might propose, each with the words of a request that it suits."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Structure:
    """A strategy in the fields of its spec; what is left out is null or empty.

    Attributes:
        words: of a request, in small letters, that it suits.
    """

    words: tuple[str, ...]
    spec: dict[str, Any]

    @property
    def name(self) -> str:
        """As it is shown."""
        return str(self.spec["name"])


def whole(name: str, value: int, low: int, high: int) -> dict[str, Any]:
    """A parameter that is a whole number."""
    return {"name": name, "kind": "int", "value": value, "low": low, "high": high}


def broken(name: str, value: float, low: float, high: float) -> dict[str, Any]:
    """A parameter that is any number."""
    return {"name": name, "kind": "float", "value": value, "low": low, "high": high}


def line(name: str, expression: str) -> dict[str, Any]:
    """A named series."""
    return {"name": name, "expression": expression}


STRUCTURES = (
    Structure(
        ("momentum", "trend", "cross"),
        {
            "name": "Averages in order",
            "rationale": "A market whose short average is above its long one tends to go on.",
            "parameters": [whole("fast", 20, 5, 60), whole("slow", 120, 60, 250)],
            "long_entry": "sma(close, fast) > sma(close, slow) and close > sma(close, fast)",
            "long_exit": "sma(close, fast) < sma(close, slow)",
            "sizing": {"kind": "volatility_target", "value": 0.2},
        },
    ),
    Structure(
        ("reversion", "dip", "oversold", "mean"),
        {
            "name": "Dip within a rise",
            "rationale": "Short losses in a rising market are often bought back.",
            "parameters": [whole("window", 3, 2, 10), broken("depth", 25.0, 5.0, 40.0), whole("trend", 200, 100, 250)],
            "long_entry": "close > sma(close, trend) and rsi(close, window) < depth",
            "long_exit": "rsi(close, window) > 65",
            "risk": {"max_holding_bars": 10},
        },
    ),
    Structure(
        ("sentiment", "reddit", "posts", "crowd"),
        {
            "name": "Mood turns up with the price",
            "rationale": "Posts that grow friendlier while the price rises tell of new buyers.",
            "parameters": [whole("window", 10, 3, 40), whole("trend", 50, 20, 150)],
            "series": [line("mood", 'sma(fill(sentiment("all"), 0), window)')],
            "long_entry": "mood > 0 and close > sma(close, trend)",
            "long_exit": "mood < 0 or close < sma(close, trend)",
        },
    ),
    Structure(
        ("breakout", "momentum", "trend"),
        {
            "name": "New high, trailing stop",
            "rationale": "A close above the range of months starts moves; the stop lets them run.",
            "parameters": [whole("range", 55, 20, 120), whole("left", 20, 5, 60)],
            "long_entry": "close > lag(highest(high, range), 1)",
            "long_exit": "close < lag(lowest(low, left), 1)",
            "risk": {"trailing_stop": 0.15},
        },
    ),
    Structure(
        ("momentum", "trend", "drawdown"),
        {
            "name": "Half a year's gain in calm days",
            "rationale": "Gains last longer where the days are calm.",
            "parameters": [whole("months", 120, 40, 250), broken("calm", 0.02, 0.008, 0.04)],
            "long_entry": "change(close, months) > 0 and std(change(close, 1), 20) < calm",
            "long_exit": "change(close, months) < 0",
        },
    ),
    Structure(
        ("reversion", "bollinger", "mean"),
        {
            "name": "Back inside the bands",
            "rationale": "A close under the lower band that comes back goes on to the middle.",
            "parameters": [whole("window", 20, 10, 60), broken("width", 2.0, 1.0, 3.0)],
            "long_entry": "cross_above(close, bollinger_lower(close, window, width))",
            "long_exit": "close > sma(close, window)",
            "risk": {"stop_loss": 0.1, "max_holding_bars": 30},
        },
    ),
    Structure(
        ("sentiment", "contrarian", "reddit"),
        {
            "name": "Gloom without a falling price",
            "rationale": "When posts are gloomy and the price holds, sellers are done.",
            "parameters": [whole("window", 20, 5, 60), broken("gloom", -0.5, -2.0, 0.0)],
            "series": [line("mood", 'zscore(fill(sentiment("all"), 0), 60)')],
            "long_entry": "mood < gloom and close > lowest(close, window)",
            "long_exit": "mood > 0.5",
            "risk": {"max_holding_bars": 20},
        },
    ),
    Structure(
        ("trend", "macd", "momentum"),
        {
            "name": "Convergence above its signal",
            "rationale": "The faster average pulls away from the slower one.",
            "parameters": [whole("trend", 100, 50, 250)],
            "long_entry": "macd(close, 12, 26) > macd_signal(close, 12, 26, 9) and close > sma(close, trend)",
            "long_exit": "cross_below(macd(close, 12, 26), macd_signal(close, 12, 26, 9))",
        },
    ),
    Structure(
        ("attention", "posts", "reddit"),
        {
            "name": "Attention with a rising price",
            "rationale": "Many posts on a day of gains bring in those who read them.",
            "parameters": [broken("crowd", 1.5, 1.0, 4.0), whole("held", 10, 3, 40)],
            "long_entry": 'attention("all", 20) > crowd and change(close, 1) > 0',
            "long_exit": "close < sma(close, held)",
            "risk": {"max_holding_bars": 20},
        },
    ),
    Structure(
        ("volatility", "squeeze", "breakout"),
        {
            "name": "Out of a quiet range",
            "rationale": "Quiet days end in large ones; the side of the break is the side to take.",
            "parameters": [whole("window", 20, 10, 60), broken("quiet", 0.3, 0.1, 0.6)],
            "series": [line("spread", "std(change(close, 1), window)")],
            "long_entry": "percentile_rank(lag(spread, 1), 120) < quiet and close > lag(highest(close, window), 1)",
            "long_exit": "close < sma(close, window)",
        },
    ),
    Structure(
        ("volume", "momentum"),
        {
            "name": "Volume on the rising side",
            "rationale": "Volume on rising days leads the price.",
            "parameters": [whole("window", 20, 10, 80)],
            "series": [line("flow", "obv()")],
            "long_entry": "flow > sma(flow, window) and close > sma(close, window)",
            "long_exit": "flow < sma(flow, window)",
        },
    ),
    Structure(
        ("momentum", "rsi"),
        {
            "name": "Strength that stays",
            "rationale": "Strength above the middle that has not run too far goes on.",
            "parameters": [whole("window", 14, 7, 40), broken("strong", 55.0, 50.0, 70.0)],
            "long_entry": "rsi(close, window) > strong and rsi(close, window) < 80",
            "long_exit": "rsi(close, window) < 45",
        },
    ),
)
