"""The figures of the report: a few large ones, and all of them beside buy and hold."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.figures import METRIC_HEADINGS, METRIC_UNITS, MetricUnit
from backend.domain.results import BacktestRun
from backend.services.reports.page.formats import MISSING, number, percent, signed_percent, tone
from backend.services.reports.tables import Tables

Write = Callable[[float | None], str]


@dataclass(frozen=True)
class Figure:
    """A large number with what to hold it against below it."""

    label: str
    text: str
    tone: str
    beside: str


@dataclass(frozen=True)
class MetricRow:
    """A metric of the strategy, and of buy and hold where it means something."""

    label: str
    strategy: str
    benchmark: str
    tone: str = ""


def key_figures(run: BacktestRun, tables: Tables) -> tuple[Figure, ...]:
    """What a reader looks for first."""
    found, held = run.metrics, tables.benchmark.model_dump() if tables.benchmark is not None else {}

    def beside(name: str, write: Write) -> str:
        return f"buy and hold {write(held[name])}" if held.get(name) is not None else ""

    won = f"{percent(found.win_rate, 0)} won" if found.trades else "none closed"
    total, yearly = found.total_return, found.cagr
    return (
        Figure("Total return", signed_percent(total), tone(total), beside("total_return", signed_percent)),
        Figure("Yearly return", signed_percent(yearly), tone(yearly), beside("cagr", signed_percent)),
        Figure("Sharpe ratio", number(found.sharpe), "", beside("sharpe", number)),
        Figure("Max drawdown", percent(found.max_drawdown), "", beside("max_drawdown", percent)),
        Figure("Trades", number(found.trades, 0), "", won),
        Figure("Time in the market", percent(found.exposure), "", f"costs paid {number(found.costs_paid, 0)}"),
    )


def metric_rows(run: BacktestRun, tables: Tables) -> tuple[MetricRow, ...]:
    """Every metric in the order in which a reader wants them."""
    measured, held = run.metrics.model_dump(), tables.benchmark
    compared = held.model_dump() if held is not None else {}
    rows = [_row(name, label, write, measured[name], compared) for name, label, write in _METRICS]
    earned, borrowed = run.financing.interest_earned, run.financing.borrow_paid
    rows += [MetricRow("Interest earned", number(earned), "")] if earned else []
    return (*rows, MetricRow("Borrowing paid", number(borrowed), "")) if borrowed else tuple(rows)


def _row(name: str, label: str, write: Write, value: float | None, compared: dict[str, float | None]) -> MetricRow:
    beside = write(compared[name]) if name in compared else ""
    return MetricRow(label, write(value), beside, tone(value) if write is signed_percent else "")


def _whole(value: float | None) -> str:
    return MISSING if value is None else number(value, 0)


_WRITERS: dict[MetricUnit, Write] = {
    "share": percent, "signed": signed_percent, "ratio": number, "count": _whole, "days": _whole, "money": number,
}  # fmt: skip

_SHOWN = (
    "total_return",
    "cagr",
    "volatility",
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown",
    "longest_drawdown_days",
    "alpha",
    "beta",
    "trades",
    "win_rate",
    "profit_factor",
    "average_trade",
    "best_trade",
    "worst_trade",
    "exposure",
    "turnover",
    "costs_paid",
    "final_equity",
)
"""In the order in which they are shown."""

_METRICS = tuple((name, METRIC_HEADINGS[name], _WRITERS[METRIC_UNITS[name]]) for name in _SHOWN)
