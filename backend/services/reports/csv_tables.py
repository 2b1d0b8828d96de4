"""Tables of a run as CSV for a spreadsheet; to add one, write its rows and a line in ``CSV_TABLES``."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import TextIOWrapper
from typing import Any, BinaryIO

from backend.domain.results import BacktestRun
from backend.services.reports.curves import curves_of
from backend.services.reports.drawdowns import drawdowns
from backend.services.reports.periods import PeriodResult, by_month, by_year

Rows = Iterable[Mapping[str, Any]]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Texts that a spreadsheet would take for a formula; as OWASP lists them under CSV injection."""


def write_table(run: BacktestRun, table: str, out: BinaryIO) -> None:
    """Write one table of ``CSV_TABLES`` with a line of headings; what is undefined is an empty cell."""
    columns, rows = CSV_TABLES[table]
    text = TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows(run):
        writer.writerow([cell(row[column]) for column in columns])
    text.detach()


def cell(value: Any) -> Any:
    """Numbers as they are, in their shortest exact form; a text that looks like a formula behind an apostrophe."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value.isoformat() if hasattr(value, "isoformat") else value


TRADE_COLUMNS = (
    "strategy", "symbol", "side", "entry_time", "entry_price", "exit_time", "exit_price", "units", "pnl", "return",
    "bars_held", "exit_reason",
)  # fmt: skip


def _trades(run: BacktestRun) -> Iterator[dict[str, Any]]:
    """Closed trades in order, then what was still held: without an exit time and at the price it is marked at."""
    for trade in run.trades:
        yield {"strategy": run.spec.name, **trade.model_dump(by_alias=True)}
    for held in run.open_positions:
        kept = held.model_dump()
        open_yet = {"exit_time": None, "exit_price": kept.pop("marked_price"), "return": None, "exit_reason": "open"}
        yield {"strategy": run.spec.name, **kept, **open_yet}


def _equity(run: BacktestRun) -> Iterator[dict[str, Any]]:
    drawdown = curves_of(run).drawdown.tolist()
    for row, (time, value) in enumerate(zip(run.equity_time, run.equity_value, strict=True)):
        yield {
            "time": time,
            "equity": value,
            "benchmark": run.benchmark_value[row] if run.benchmark_value else None,
            "exposure": run.exposure_value[row] if run.exposure_value else None,
            "drawdown": drawdown[row],
        }


def _dumped(rows: Iterable[PeriodResult]) -> Rows:
    return (row.model_dump(by_alias=True) for row in rows)


PERIOD_COLUMNS = ("label", "start", "end", "bars", "return", "benchmark_return", "max_drawdown", "trades")

CSV_TABLES: dict[str, tuple[tuple[str, ...], Callable[[BacktestRun], Rows]]] = {
    "trades": (TRADE_COLUMNS, _trades),
    "equity": (("time", "equity", "benchmark", "exposure", "drawdown"), _equity),
    "months": (PERIOD_COLUMNS, lambda run: _dumped(by_month(curves_of(run), run.trades))),
    "years": (PERIOD_COLUMNS, lambda run: _dumped(by_year(curves_of(run), run.trades))),
    "drawdowns": (
        ("peak", "trough", "recovery", "depth", "days"),
        lambda run: (row.model_dump() for row in drawdowns(curves_of(run))),
    ),
}
"""Columns and rows of each table; the first three are written unless one is named."""

USUAL = ("trades", "equity", "months")
