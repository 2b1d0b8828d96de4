"""Direct backtests: one in full, many as a list."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backend.cli.render.format import coloured, count, moment, money, percent, ratio, signed_percent, span
from backend.cli.render.metrics import metrics_table
from backend.cli.render.notices import notices_view
from backend.cli.render.periods import periods_table
from backend.cli.render.sparkline import sparkline
from backend.cli.render.spec import spec_view, terms_rows
from backend.cli.render.tables import facts, nothing_yet, section, table
from backend.domain.results import BacktestRun, Financing
from backend.domain.timeframes import Timeframe
from backend.services.reports.contribution import contributions

SPARKLINE_WIDTH = 50


NAMED = 6
"""Symbols that are named before the others are counted."""


def run_report(run: BacktestRun, *, trades: bool, months: bool = False) -> RenderableType:
    """Metrics, equity, years or months, strategy and facts; the trades if wanted."""
    parts: list[RenderableType] = [_headline(run)]
    if run.notices:
        parts.append(section("Notices", notices_view(run.notices)))
    if run.equity_value:
        parts.append(section("Equity", _equity(run)))
    parts.append(section("Results", metrics_table([(_heading(run), run.metrics)])))
    if len(run.symbols) > 1:
        parts.append(section("Symbols", contribution_table(run)))
    if run.financing != Financing():
        parts.append(section("Financing", _financing(run)))
    if run.equity_value:
        parts.append(section("Months" if months else "Years", periods_table(run, monthly=months)))
    if trades:
        parts.append(section("Trades", trades_table(run)))
    parts.append(section("Strategy", spec_view(run.spec)))
    parts.append(section("Run", _facts(run)))
    return Group(*parts)


def contribution_table(run: BacktestRun) -> RenderableType:
    """What each symbol earned; the shares of the capital and the interest sum to the total return."""
    numeric = ("trades", "won", "held", "profit", "of the capital")
    grid = table("symbol", *numeric, numeric=numeric)
    for row in contributions(run):
        gain = coloured(row.pnl, money(row.pnl)), coloured(row.share, signed_percent(row.share))
        grid.add_row(row.symbol, count(row.trades), percent(row.win_rate), count(row.held), *gain)
    return grid


def runs_table(runs: Sequence[BacktestRun]) -> RenderableType:
    """One row a run."""
    if not runs:
        return nothing_yet("No backtests yet; begin with `backproof backtest run --spec FILE --symbols AAPL`.")
    numeric = ("return", "Sharpe", "max DD")
    grid = table("run", "strategy", *numeric, numeric=numeric, wrapped=("strategy",))
    for run in runs:
        result = run.metrics
        total = coloured(result.total_return, signed_percent(result.total_return))
        what = Text(run.spec.name).append(f"\n{_subject(run)}", style="dim")
        grid.add_row(run.run_id, what, total, ratio(result.sharpe), percent(result.max_drawdown))
    return grid


def trades_table(run: BacktestRun) -> RenderableType:
    """Closed trades in order, then what was still held; bars of a day show dates, shorter ones the time in UTC."""
    if not run.trades and not run.open_positions:
        return nothing_yet("No trades.")
    write = _day if run.timeframe is Timeframe.DAY else moment
    numeric = ("entry", "exit", "profit", "return", "bars")
    several = len(run.symbols) > 1
    columns = ("side", "entered", "entry", "left", *numeric[1:], "why")
    grid = table(*(("symbol",) if several else ()), *columns, numeric=numeric, tight=True)
    for trade in run.trades:
        fills = write(trade.entry_time), money(trade.entry_price), write(trade.exit_time), money(trade.exit_price)
        gain = coloured(trade.pnl, money(trade.pnl)), coloured(trade.return_, signed_percent(trade.return_))
        named = (trade.symbol,) if several else ()
        grid.add_row(*named, trade.side, *fills, *gain, count(trade.bars_held), trade.exit_reason)
    for held in run.open_positions:
        fills = write(held.entry_time), money(held.entry_price), "still held", money(held.marked_price)
        named = (held.symbol,) if several else ()
        grid.add_row(*named, held.side, *fills, coloured(held.pnl, money(held.pnl)), "", count(held.bars_held), "")
    return grid


def _headline(run: BacktestRun) -> Text:
    return Text.assemble(
        (run.spec.name, "bold"), f"\n{_subject(run)}", (f", {run.bars:,} bars from {run.source}", "dim")
    )


def _subject(run: BacktestRun) -> str:
    more = f" and {len(run.symbols) - NAMED} more" if len(run.symbols) > NAMED else ""
    return f"{', '.join(run.symbols[:NAMED])}{more} {run.timeframe} {span(run.start, run.end)}"


def _heading(run: BacktestRun) -> str:
    return run.symbols[0] if len(run.symbols) == 1 else f"{len(run.symbols)} symbols"


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _equity(run: BacktestRun) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    line = sparkline(run.equity_value, SPARKLINE_WIDTH)
    grid.add_row(money(run.execution.capital), Text(line, style="cyan"), money(run.metrics.final_equity))
    return grid


def _financing(run: BacktestRun) -> Table:
    """Money that came and went without a trade, each only if there was any."""
    paid, terms = run.financing, run.execution
    rows = []
    if paid.interest_earned:
        rows.append(("interest earned", f"{money(paid.interest_earned)} at {terms.interest_rate * 100:g} % a year"))
    if paid.borrow_paid:
        rows.append(("borrowing paid", f"{money(paid.borrow_paid)} at {terms.borrow_rate * 100:g} % a year"))
    return facts(rows)


def _facts(run: BacktestRun) -> Table:
    rows = [("id", run.run_id), ("profile", run.execution.profile), *terms_rows(run.execution)]
    rows += [("strategy hash", run.spec_hash), ("data hash", run.data_hash), ("engine", run.engine_version)]
    return facts(rows)
