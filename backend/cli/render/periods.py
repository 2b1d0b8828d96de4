"""What a run earned year by year or month by month."""

from collections.abc import Sequence

from rich.console import RenderableType

from backend.cli.render.format import coloured, count, percent, signed_percent
from backend.cli.render.tables import nothing_yet, table
from backend.domain.results import BacktestRun
from backend.services.reports.curves import curves_of
from backend.services.reports.periods import PeriodResult, by_month, by_year

COLUMNS = ("return", "buy and hold", "drawdown", "trades")


def periods_table(run: BacktestRun, *, monthly: bool = False) -> RenderableType:
    """One row a calendar year or month: return, benchmark, deepest fall within it, trades closed in it."""
    rows = (by_month if monthly else by_year)(curves_of(run), run.trades)
    if not rows:
        return nothing_yet("No equity is stored with this run.")
    grid = table("month" if monthly else "year", *COLUMNS, numeric=COLUMNS)
    for row in rows:
        grid.add_row(row.label, *_cells(row))
    return grid


def _cells(row: PeriodResult) -> Sequence[RenderableType]:
    strategy = coloured(row.return_, signed_percent(row.return_))
    benchmark = coloured(row.benchmark_return, signed_percent(row.benchmark_return))
    return strategy, benchmark, percent(row.max_drawdown), count(row.trades)
