"""Direct backtests: one in full, many as a list, several side by side."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backend.cli.render.format import coloured, count, moment, money, percent, ratio, signed_percent, span
from backend.cli.render.metrics import metrics_table
from backend.cli.render.notices import notices_view
from backend.cli.render.sparkline import sparkline
from backend.cli.render.spec import costs_text, spec_view
from backend.cli.render.tables import facts, nothing_yet, section, table
from backend.domain.results import BacktestRun
from backend.domain.timeframes import Timeframe

SPARKLINE_WIDTH = 50


def run_report(run: BacktestRun, *, trades: bool) -> RenderableType:
    """Metrics, equity, strategy and facts; the trades if wanted."""
    parts: list[RenderableType] = [_headline(run)]
    if run.notices:
        parts.append(section("Notices", notices_view(run.notices)))
    if run.equity_value:
        parts.append(section("Equity", _equity(run)))
    parts.append(section("Results", metrics_table([(", ".join(run.symbols), run.metrics)])))
    if trades:
        parts.append(section("Trades", trades_table(run)))
    parts.append(section("Strategy", spec_view(run.spec)))
    parts.append(section("Run", _facts(run)))
    return Group(*parts)


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
    grid = table("side", "entered", "entry", "left", *numeric[1:], "why", numeric=numeric, tight=True)
    for trade in run.trades:
        fills = write(trade.entry_time), money(trade.entry_price), write(trade.exit_time), money(trade.exit_price)
        gain = coloured(trade.pnl, money(trade.pnl)), coloured(trade.return_, signed_percent(trade.return_))
        grid.add_row(trade.side, *fills, *gain, count(trade.bars_held), trade.exit_reason)
    for held in run.open_positions:
        fills = write(held.entry_time), money(held.entry_price), "still held", money(held.marked_price)
        grid.add_row(held.side, *fills, coloured(held.pnl, money(held.pnl)), "", count(held.bars_held), "")
    return grid


def _headline(run: BacktestRun) -> Text:
    return Text.assemble(
        (run.spec.name, "bold"), f"\n{_subject(run)}", (f", {run.bars:,} bars from {run.source}", "dim")
    )


def _subject(run: BacktestRun) -> str:
    return f"{', '.join(run.symbols)} {run.timeframe} {span(run.start, run.end)}"


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _equity(run: BacktestRun) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    line = sparkline(run.equity_value, SPARKLINE_WIDTH)
    grid.add_row(money(run.execution.capital), Text(line, style="cyan"), money(run.metrics.final_equity))
    return grid


def _facts(run: BacktestRun) -> Table:
    rows = [("id", run.run_id), ("profile", run.execution.profile), ("costs", costs_text(run.execution.costs))]
    rows += [("strategy hash", run.spec_hash), ("data hash", run.data_hash), ("engine", run.engine_version)]
    return facts(rows)
