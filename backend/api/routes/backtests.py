"""Direct backtests: run, listed, shown whole and in parts, compared and exported."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from backend.api.answers import Answer
from backend.api.deps import Gated, Keeping, Served
from backend.api.documents.runs import (
    BacktestBody,
    Chart,
    RunComparison,
    RunDocument,
    RunEquity,
    RunLine,
    RunPage,
    TradePage,
)
from backend.api.paging import Page, Paged
from backend.api.paths import path_of
from backend.api.reference.problem_statuses import problems
from backend.bootstrap import Application, done_before
from backend.domain.errors import InvalidInput
from backend.domain.results import BacktestRun, Trade
from backend.services.documents import run_document, run_line
from backend.services.run_results import BacktestRequest
from backend.services.stored_runs import StoredRuns

router = APIRouter(prefix="/backtest", tags=["backtests"])

REPORT_POLICY = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:"
)
"""A report is one page with its own script, and needs nothing of this server."""

Trades = Annotated[bool, Query(description="With every trade, and what was held at the end.")]
Equity = Annotated[bool, Query(description="With the curves.")]


@router.post("", operation_id="run_backtest", response_model=RunDocument, openapi_extra=problems(404, 424))
async def run_backtest(body: BacktestBody, application: Served, gates: Gated) -> Response:
    """Run a strategy as it is, and store the run; the period that it shows counts as looked at.

    Two run at the same time, and others wait for them.
    """
    run = await gates.backtests.run(lambda: _run(body, application))
    document = run_document(run, trades=body.trades, equity=body.equity)
    return Answer(document, location=path_of("backtest", run.run_id))


def _run(body: BacktestBody, application: Application) -> BacktestRun:
    known = done_before("run", lambda run_id: application.runs.load(application.owner, run_id))
    if known is not None:
        return known
    if (body.spec is None) == (body.strategy_id is None):
        raise InvalidInput("A backtest runs one strategy.", "send a spec, or the strategy_id of a kept one")
    kept = application.strategies.load(application.owner, body.strategy_id) if body.strategy_id else None
    spec = kept.spec if kept else body.spec
    assert spec is not None
    return application.backtests.run(
        BacktestRequest(
            owner=application.owner,
            spec=spec,
            symbols=body.symbols,
            timeframe=body.timeframe,
            start=body.start,
            end=body.end,
            execution=body.execution,
        )
    )


@router.get("", operation_id="list_backtests", response_model=RunPage)
def list_backtests(page: Paged, application: Served, kept: Keeping) -> Answer:
    """List backtests, newest first."""
    owner = application.owner
    runs = application.backtests.list(owner, page.wanted, page.after)
    return kept.answer(
        owner,
        ("runs", page.limit, page.after),
        [(run.run_id, run.created_at) for run in runs],
        lambda: page.document("runs", runs, run_line, lambda run: run.run_id),
    )


@router.get("/compare", operation_id="compare_backtests", response_model=RunComparison, openapi_extra=problems(404))
def compare_backtests(
    application: Served,
    id: Annotated[list[str], Query(min_length=2, max_length=6, description="Ids of two to six runs.")],
) -> Answer:
    """Put runs side by side: settings, results and years, and what differs in the strategy."""
    from backend.services.reports.comparison import comparison_document

    return Answer(comparison_document([application.runs.load(application.owner, run_id) for run_id in id]))


@router.get("/{run_id}", operation_id="show_backtest", response_model=RunDocument)
def show_backtest(run_id: str, application: Served, trades: Trades = False, equity: Equity = False) -> Answer:
    """Show a backtest: results, strategy, terms, hashes and what must be known about its data."""
    return Answer(application.runs.document(application.owner, run_id, trades=trades, equity=equity))


@router.get("/{run_id}/summary", operation_id="summarise_backtest", response_model=RunLine)
def summarise_backtest(run_id: str, application: Served) -> Answer:
    """Show a backtest as a list shows it."""
    return Answer(run_line(application.runs.summary(application.owner, run_id)))


@router.get("/{run_id}/trades", operation_id="list_trades", response_model=TradePage)
def list_trades(
    run_id: str,
    page: Paged,
    application: Served,
    kept: Keeping,
    all: Annotated[bool, Query(description="Every trade at once, instead of a page.")] = False,
) -> Answer:
    """List the trades of a backtest in the order of exit; on the first page also what was held at the end."""
    after = 0 if all else _behind(page)
    limit = None if all else page.limit
    run = application.runs.summary(application.owner, run_id)
    return kept.answer(
        run.owner,
        ("trades", run_id, after, limit),
        run.created_at,
        lambda: _trades_document(run, application.runs, after, limit),
    )


def _trades_document(run: BacktestRun, runs: StoredRuns, after: int, limit: int | None) -> dict[str, Any]:
    trades = runs.trades(run.owner, run.run_id, None if limit is None else limit + 1, after)
    held = [position.model_dump(mode="json") for position in run.open_positions] if after == 0 else None
    page = Page(len(trades) if limit is None else limit)
    rows = list(enumerate(trades, start=after + 1))
    listed = page.document("trades", rows, lambda row: _trade(row[1]), lambda row: str(row[0]))
    return {"run_id": run.run_id, "trades": listed["trades"], "open_positions": held, "next": listed["next"]}


def _behind(page: Page) -> int:
    """Number of the trade behind which a page begins."""
    after = page.after or "0"
    if not (after.isascii() and after.isdigit() and len(after) <= 12):
        raise InvalidInput("The cursor is not one of this list.", "take `next` of the page before, or leave it out")
    return int(after)


def _trade(trade: Trade) -> dict[str, Any]:
    return trade.model_dump(mode="json", by_alias=True)


@router.get("/{run_id}/equity", operation_id="show_equity", response_model=RunEquity)
def show_equity(run_id: str, application: Served, kept: Keeping) -> Answer:
    """Show the lines of a backtest: equity, benchmark, exposure and drawdown."""
    run = application.runs.summary(application.owner, run_id)
    return kept.answer(run.owner, ("equity", run_id), run.created_at, lambda: application.runs.equity_document(run))


@router.get("/{run_id}/chart", operation_id="show_chart", response_model=Chart)
def show_chart(
    run_id: str,
    application: Served,
    kept: Keeping,
    symbol: Annotated[
        str | None, Query(max_length=40, description="The only symbol to show; the first five unless stated.")
    ] = None,
) -> Answer:
    """Show what a chart needs: bars, trades, curves, the lines and the sentiment that the strategy reads, and periods.

    The bars are read again from what is stored. Where they are no longer those of the run, its own closes are shown
    and a notice says so. Nothing after the end of the run is shown.
    """
    run = application.runs.summary(application.owner, run_id)
    periods = application.sessions.periods_behind(run.owner, run.symbols, run.spec_hash)
    seen = application.charts.seen(run, symbol)
    return kept.answer(
        run.owner,
        ("chart", run_id, seen.symbols),
        (run.created_at, periods, seen.told_by),
        lambda: application.charts.chart(seen, periods),
    )


@router.get(
    "/{run_id}/report",
    operation_id="export_backtest",
    response_class=Response,
    responses={
        200: {
            "description": "The report, or the file that is asked for.",
            "content": {
                "text/html": {"schema": {"type": "string"}},
                "text/csv": {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
            },
        }
    },
)
def export_backtest(
    run_id: str,
    application: Served,
    format: Annotated[
        Literal["html", "csv", "json"] | None,
        Query(description="A file to keep: the report, a table, or all data. Without it the report is shown."),
    ] = None,
    table: Annotated[
        Literal["trades", "equity", "months", "years", "drawdowns"] | None,
        Query(description="The table that is wanted as CSV; the trades unless stated."),
    ] = None,
) -> Response:
    """Export a backtest: a report to look at, a table for a spreadsheet, or all data."""
    from backend.services.reports.files import Wanted, render_run

    wanted = Wanted(format or "html", table=table or ("trades" if format == "csv" else None))
    run = application.runs.load(application.owner, run_id)
    shaded = wanted.format == "html"
    periods = application.sessions.periods_behind(run.owner, run.symbols, run.spec_hash) if shaded else None
    file = render_run(run, wanted, periods)
    kind = "attachment" if format else "inline"
    headers = {"Content-Disposition": f'{kind}; filename="{file.name}"', "Content-Security-Policy": REPORT_POLICY}
    return Response(file.content, headers=headers, media_type=file.media_type)
