"""Numbers as an answer tells them, by their unit; what is undefined is said to be so."""

from collections.abc import Callable
from typing import Any, Literal

from backend.domain import figures

Unit = Literal[
    "text", "plain", "count", "share", "signed", "rate", "ratio", "money", "p", "number", "seconds", "usd", "days"
]
"""``share`` and ``signed`` are fractions told in percent, ``rate`` one with all of its digits."""

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


_WRITERS: dict[Unit, Callable[[Any], str]] = {
    "text": str,
    "plain": str,
    "count": figures.count,
    "share": figures.percent,
    "signed": figures.signed_percent,
    "rate": lambda value: f"{value * 100:.4g} %",
    "ratio": figures.ratio,
    "money": figures.ratio,
    "p": lambda value: f"{value:.4f}",
    "number": figures.number,
    "seconds": lambda value: f"{value:,.1f} s",
    "usd": lambda value: f"${value:,.4f}",
    "days": lambda value: f"{value:,.0f} days",
}
