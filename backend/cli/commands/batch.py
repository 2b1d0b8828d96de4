"""``backproof batch``: many strategies on many symbols, each pair by itself; and earlier ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.commands.backtest import COMPILING
from backend.cli.commands.batch_earlier import Earlier, list_batches, refuse_both, show_batch, taken_up
from backend.cli.executions import Profile, Terms
from backend.cli.opening import open_application
from backend.cli.options import Json, TimeframeName, as_date, as_timeframe, listed, spread
from backend.cli.output import Output
from backend.domain.errors import Cancelled, InvalidInput

if TYPE_CHECKING:
    from backend.bootstrap import Application
    from backend.domain.batches import Batch, BatchRequest
    from backend.domain.spec import StrategySpec


@dataclass(frozen=True)
class MatrixOptions:
    """Rows and columns of the matrix, and its period."""

    symbols: Annotated[str | None, typer.Option(metavar="A,B", help="The rows: each is traded by itself.")] = None
    specs: Annotated[
        list[Path] | None,
        typer.Option("--specs", metavar="FILE...", help="JSON files that hold a strategy each, one after the other."),
    ] = None
    strategies: Annotated[
        str | None, typer.Option(metavar="ID|NAME,...", help="Strategies of `strategies list`, beside files or alone.")
    ] = None
    start: Annotated[str | None, typer.Option(metavar="D", help="First day, e.g. 2005-01-01.")] = None
    end: Annotated[str | None, typer.Option(metavar="D", help="Last day.")] = None
    timeframe: TimeframeName = "1d"
    profile: Profile = None


@spread
def batch(
    options: MatrixOptions,
    terms: Terms,
    earlier: Earlier,
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Further files of --specs.")] = None,
    json: Json = False,
) -> None:
    """Run every strategy on every symbol, and say which cells stand out although all of them were looked at.

    Each cell is a backtest like any other: it is stored, and its period counts as looked at.
    """
    refuse_both(earlier, stated=bool(files) or (options, terms) != (MatrixOptions(), Terms()))
    application, output = open_application(), Output(as_json=json)
    if earlier.listed:
        list_batches(application, output)
    elif earlier.show:
        show_batch(application, earlier.show, output)
    elif earlier.resume:
        _finish(application, taken_up(application, earlier.resume), output)
    else:
        request = _request(options, terms, [*(options.specs or []), *(files or [])])
        _finish(application, application.batches.open(application.owner, request), output)


def _request(options: MatrixOptions, terms: Terms, files: list[Path]) -> "BatchRequest":
    """Every strategy on every symbol, symbol after symbol."""
    from backend.domain.batches import BatchItem, BatchRequest

    columns: list[str | StrategySpec] = [*_named(options.strategies), *_read(files)]
    if not columns:
        raise InvalidInput("A batch needs a strategy.", "name files with --specs, or kept ones with --strategies")
    if options.symbols is None:
        raise InvalidInput("A batch needs symbols.", "name them: --symbols AAPL,MSFT")
    symbols = listed(options.symbols)
    return BatchRequest(
        items=tuple(BatchItem(symbol=symbol, strategy=column) for symbol in symbols for column in columns),
        timeframe=as_timeframe(options.timeframe),
        start=as_date(options.start, "--start"),
        end=as_date(options.end, "--end"),
        execution=terms.execution("batch", profile=options.profile),
    )


def _named(names: str | None) -> list[str]:
    return [name.strip() for name in (names or "").split(",") if name.strip()]


def _read(files: list[Path]) -> "list[StrategySpec]":
    from backend.cli.spec_files import read_spec

    return [read_spec(file) for file in files]


def _finish(application: "Application", opened: "Batch", output: Output) -> None:
    """Run the cells that wait, and show what came of all."""
    batch_id = opened.batch_id
    try:
        _run(application, opened, output)
    except KeyboardInterrupt:
        show_batch(application, batch_id, output)
        kept = f"what was done is kept; go on with `backproof batch --resume {batch_id}`"
        raise Cancelled("Cancelled", kept) from None
    show_batch(application, batch_id, output)


def _run(application: "Application", opened: "Batch", output: Output) -> None:
    from backend.cli.render.batch_progress import watching
    from backend.engine.compiling import tell_when_compiling
    from backend.services.batches.alone import Alone

    tell_when_compiling(lambda: typer.echo(COMPILING, err=True))
    with watching(output, opened.cells) as watcher:
        application.batches.listen(watcher)
        application.batches.run(opened.owner, opened.batch_id, Alone())
