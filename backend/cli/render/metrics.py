"""Metrics side by side, one column a period or run."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from backend.cli.render.format import Formatter, coloured, count, money, percent, ratio, signed_percent
from backend.cli.render.tables import table
from backend.domain.results import Metrics

FORMATS: dict[str, tuple[str, Formatter]] = {
    "total_return": ("Total return", signed_percent),
    "benchmark_return": ("Buy and hold, no costs", signed_percent),
    "cagr": ("Yearly return", signed_percent),
    "volatility": ("Volatility", percent),
    "sharpe": ("Sharpe ratio", ratio),
    "sortino": ("Sortino ratio", ratio),
    "calmar": ("Calmar ratio", ratio),
    "max_drawdown": ("Max drawdown", percent),
    "longest_drawdown_days": ("Longest drawdown, days", count),
    "trades": ("Trades", count),
    "win_rate": ("Win rate", percent),
    "profit_factor": ("Profit factor", ratio),
    "average_trade": ("Average trade", signed_percent),
    "best_trade": ("Best trade", signed_percent),
    "worst_trade": ("Worst trade", signed_percent),
    "exposure": ("Time in the market", percent),
    "turnover": ("Turnover a year", ratio),
    "alpha": ("Alpha a year", signed_percent),
    "beta": ("Beta", ratio),
    "costs_paid": ("Costs paid", money),
    "final_equity": ("Final equity", money),
}
"""How each metric is named and written, in the order in which a reader wants them."""


def metrics_table(columns: Sequence[tuple[str, Metrics | None]]) -> Table:
    """One row a metric; a column without metrics is dashed."""
    headings = [heading for heading, _ in columns]
    grid = table("", *headings, numeric=headings)
    for name, (label, _) in FORMATS.items():
        grid.add_row(label, *(metric_text(metrics, name) for _, metrics in columns))
    return grid


def metric_text(metrics: Metrics | None, name: str) -> Text:
    """One metric; returns are coloured by their sign."""
    value = getattr(metrics, name) if metrics else None
    write = FORMATS[name][1]
    return coloured(value, write(value)) if write is signed_percent else Text(write(value))
