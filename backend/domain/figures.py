"""Numbers as people read them, in tables and in sentences alike, and in what unit each metric is."""

from typing import Literal

MetricUnit = Literal["share", "signed", "ratio", "count", "days", "money"]
"""``share`` and ``signed`` are fractions told in percent, the second with its sign."""

METRIC_UNITS: dict[str, MetricUnit] = {
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

METRIC_HEADINGS: dict[str, str] = {
    "total_return": "Total return",
    "benchmark_return": "Buy and hold, no costs",
    "cagr": "Yearly return",
    "volatility": "Volatility",
    "sharpe": "Sharpe ratio",
    "sortino": "Sortino ratio",
    "calmar": "Calmar ratio",
    "max_drawdown": "Max drawdown",
    "longest_drawdown_days": "Longest drawdown, days",
    "trades": "Trades",
    "win_rate": "Win rate",
    "profit_factor": "Profit factor",
    "average_trade": "Average trade",
    "best_trade": "Best trade",
    "worst_trade": "Worst trade",
    "exposure": "Time in the market",
    "turnover": "Turnover a year",
    "alpha": "Alpha a year",
    "beta": "Beta",
    "costs_paid": "Costs paid",
    "final_equity": "Final equity",
}
"""What each metric is called in a table, in the order in which a reader wants them."""


def percent(fraction: float) -> str:
    """``0.1534`` as ``15.3 %``."""
    return f"{_unsigned_zero(fraction * 100, 1):,.1f} %"


def signed_percent(fraction: float) -> str:
    """``0.1534`` as ``+15.3 %``; zero has no sign."""
    value = _unsigned_zero(fraction * 100, 1)
    return f"{value:+,.1f} %" if value else "0.0 %"


def ratio(value: float) -> str:
    """Two decimals, thousands marked; money is written the same way."""
    return f"{_unsigned_zero(value, 2):,.2f}"


def count(value: float) -> str:
    """A whole number with thousands marked."""
    return f"{value:,.0f}"


def number(value: float) -> str:
    """A value in a unit of its own: whole numbers as such, others with four significant digits."""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:,.4g}"


def _unsigned_zero(value: float, decimals: int) -> float:
    return round(value, decimals) + 0.0
