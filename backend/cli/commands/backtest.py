"""``backproof backtest``: run one strategy on one or several symbols, and look at earlier runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.commands.backtest_export import export
from backend.cli.executions import MaxPositions, Profile, Terms
from backend.cli.opening import open_application
from backend.cli.options import Json, Limit, TimeframeName, as_date, as_named, as_timeframe, spread
from backend.cli.output import Output
from backend.domain.errors import InvalidInput

if TYPE_CHECKING:
    from backend.bootstrap import Application
    from backend.domain.results import BacktestRun
    from backend.domain.spec import StrategySpec

app = typer.Typer(no_args_is_help=True)

RunId = Annotated[str, typer.Argument(metavar="ID", help="Id of the run, run_...")]
Trades = Annotated[bool, typer.Option("--trades", help="Show every trade.")]
Months = Annotated[bool, typer.Option("--months", help="Show months instead of years; both in the JSON document.")]

COMPILING = "Compiling the engine for this computer: once, and up to a minute ..."
"""Told to people while the first backtest of an installation waits for its machine code."""


@dataclass(frozen=True)
class RunOptions:
    """What a backtest is run with."""

    symbols: Annotated[
        str,
        typer.Option(metavar="A,B", help="What to trade; several share one account, earlier ones are filled first."),
    ]
    spec: Annotated[Path | None, typer.Option(metavar="FILE", help="JSON file that holds the strategy.")] = None
    strategy: Annotated[
        str | None, typer.Option(metavar="ID|NAME", help="A strategy of `strategies list`, instead of a file.")
    ] = None
    start: Annotated[str | None, typer.Option(metavar="D", help="First day, e.g. 2005-01-01.")] = None
    end: Annotated[str | None, typer.Option(metavar="D", help="Last day.")] = None
    timeframe: TimeframeName = "1d"
    max_positions: MaxPositions = None
    profile: Profile = None


@dataclass(frozen=True)
class _Shown:
    """What is shown of a run beside its results."""

    trades: bool
    months: bool
    equity: bool = False


@app.command()
@spread
def run(
    options: RunOptions,
    terms: Terms,
    trades: Trades = False,
    months: Months = False,
    equity: Annotated[bool, typer.Option("--equity", help="Put the curves in the JSON document.")] = False,
    json: Json = False,
) -> None:
    """Run a strategy as it is; the period that it shows counts as looked at."""
    application = open_application()
    spec = _wanted(application, options)

    from backend.engine.compiling import tell_when_compiling
    from backend.services.backtests import BacktestRequest

    request = BacktestRequest(
        owner=application.owner,
        spec=spec,
        symbols=as_named(options.symbols),
        timeframe=as_timeframe(options.timeframe),
        start=as_date(options.start, "--start"),
        end=as_date(options.end, "--end"),
        execution=terms.execution("backtest run", max_positions=options.max_positions, profile=options.profile),
    )
    tell_when_compiling(lambda: typer.echo(COMPILING, err=True))
    _show(application.backtests.run(request), Output(as_json=json), _Shown(trades, months, equity))


def _wanted(application: "Application", options: RunOptions) -> "StrategySpec":
    """The strategy of the file, or the kept one. Raises InvalidInput where it is not exactly one of them."""
    if (options.spec is None) == (options.strategy is None):
        raise InvalidInput(
            "A backtest runs one strategy.", "name a file with --spec, or a kept strategy with --strategy"
        )
    if options.strategy is not None:
        return application.strategies.load(application.owner, options.strategy).spec

    from backend.cli.spec_files import read_spec

    return read_spec(options.spec or Path())


@app.command("list")
def list_(*, limit: Limit = 20, json: Json = False) -> None:
    """List runs, newest first."""
    application = open_application()

    from backend.cli.render.runs import runs_table
    from backend.services.documents import run_line

    runs = application.backtests.list(application.owner, limit)
    Output(as_json=json).show({"runs": [run_line(run) for run in runs]}, runs_table(runs))


@app.command()
def show(run_id: RunId, *, trades: Trades = False, months: Months = False, json: Json = False) -> None:
    """Show a run: results, equity, strategy, hashes."""
    application = open_application()
    run = application.backtests.load(application.owner, run_id)
    _show(run, Output(as_json=json), _Shown(trades, months))


@app.command()
def compare(
    run_ids: Annotated[list[str], typer.Argument(metavar="ID ID ...", help="Two or more runs.")], *, json: Json = False
) -> None:
    """Put runs side by side: settings, results and years, and what differs in the strategy."""
    if len(run_ids) < 2:
        raise InvalidInput("A comparison needs two runs or more.", "list them with `backproof backtest list`")
    application = open_application()

    from backend.cli.render.comparison import comparison_view
    from backend.language import diff_specs
    from backend.services.reports.comparison import compare_runs, comparison_document

    runs = [application.backtests.load(application.owner, run_id) for run_id in run_ids]
    first, *others = runs
    diffs = [
        (f"Strategy of {other.run_id} against {first.run_id}", diff_specs(first.spec, other.spec)) for other in others
    ]
    Output(as_json=json).show(comparison_document(runs), comparison_view(runs, compare_runs(runs), diffs))


def _show(run: "BacktestRun", output: Output, shown: _Shown) -> None:
    from backend.cli.render.runs import run_report
    from backend.services.documents import run_document

    document = run_document(run, trades=shown.trades, equity=shown.equity)
    document |= _periods(run) if shown.months else {}
    output.show(document, run_report(run, trades=shown.trades, months=shown.months))


def _periods(run: "BacktestRun") -> dict[str, Any]:
    from backend.services.reports.curves import curves_of
    from backend.services.reports.periods import by_month, by_year

    lines = curves_of(run)
    found = {"years": by_year(lines, run.trades), "months": by_month(lines, run.trades)}
    return {name: [row.model_dump(mode="json", by_alias=True) for row in rows] for name, rows in found.items()}


app.command()(export)
