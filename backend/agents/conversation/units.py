"""Numbers as an answer tells them, by their unit; what is undefined is said to be so."""

from collections.abc import Callable
from typing import Any, Literal

Unit = Literal[
    "text", "plain", "count", "share", "signed", "rate", "ratio", "money", "p", "number", "seconds", "usd", "days"
]
"""``share`` and ``signed`` are fractions told in percent, ``rate`` one with all of its digits."""

METRIC_UNITS: dict[str, Unit] = {
    "final_equity": "money",
    "total_return": "signed",
    "cagr": "signed",
    "volatility": "share",
    "sharpe": "ratio",
    "sortino": "ratio",
    "calmar": "ratio",
    "max_drawdown": "share",
    "longest_drawdown_days": "days",
    "trades": "count",
    "win_rate": "share",
    "profit_factor": "ratio",
    "average_trade": "signed",
    "best_trade": "signed",
    "worst_trade": "signed",
    "exposure": "share",
    "turnover": "ratio",
    "costs_paid": "money",
    "benchmark_return": "signed",
    "alpha": "signed",
    "beta": "ratio",
}

METRIC_LABELS: dict[str, str] = {
    "final_equity": "final equity",
    "total_return": "total return",
    "cagr": "yearly return",
    "volatility": "volatility",
    "sharpe": "Sharpe ratio",
    "sortino": "Sortino ratio",
    "calmar": "Calmar ratio",
    "max_drawdown": "maximum drawdown",
    "longest_drawdown_days": "longest drawdown",
    "trades": "number of closed trades",
    "win_rate": "win rate",
    "profit_factor": "profit factor",
    "average_trade": "average trade",
    "best_trade": "best trade",
    "worst_trade": "worst trade",
    "exposure": "share of time in the market",
    "turnover": "yearly turnover",
    "costs_paid": "costs paid",
    "benchmark_return": "return of buy and hold, without costs",
    "alpha": "yearly alpha",
    "beta": "beta",
}


def in_words(value: Any, unit: Unit) -> str:
    """A value as an answer tells it."""
    if value is None:
        return "undefined"
    return _WRITERS[unit](value)


def _signed(value: float) -> str:
    text = f"{value * 100:+,.1f} %"
    return "0.0 %" if text in ("+0.0 %", "-0.0 %") else text


_WRITERS: dict[Unit, Callable[[Any], str]] = {
    "text": str,
    "plain": str,
    "count": lambda value: f"{value:,.0f}",
    "share": lambda value: f"{value * 100:,.1f} %",
    "signed": _signed,
    "rate": lambda value: f"{value * 100:.4g} %",
    "ratio": lambda value: f"{value:,.2f}",
    "money": lambda value: f"{value:,.2f}",
    "p": lambda value: f"{value:.4f}",
    "number": lambda value: f"{value:,.4g}",
    "seconds": lambda value: f"{value:,.1f} s",
    "usd": lambda value: f"${value:,.4f}",
    "days": lambda value: f"{value:,.0f} days",
}
