"""``backproof data``: what is stored, fetching ahead, deleting, exporting, and the schema of the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from backend.cli.advancing import advancing
from backend.cli.confirmation import Yes, confirm
from backend.cli.exit_codes import EXIT_CODES
from backend.cli.opening import open_application
from backend.cli.options import Json, TimeframeName, as_date, as_timeframe, listed
from backend.cli.output import Output
from backend.domain.errors import DataUnavailable, InvalidInput

if TYPE_CHECKING:
    from backend.services.warming import Warmed

app = typer.Typer(no_args_is_help=True)


@app.command()
def status(*, json: Json = False) -> None:
    """Show what is stored: prices, posts, datasets, what bots hold, and what waits to be stored."""
    application = open_application()

    from backend.cli.render.data import status_report

    document = application.data_status()
    Output(as_json=json).show(document, status_report(document))


@app.command()
def migrate(*, json: Json = False) -> None:
    """Bring the database to the present schema; safe to run again, and from two places at once."""
    application = open_application()

    from backend.cli.render.data import migration_view

    push = application.push_command
    applied = [] if push else list(application.migrate())
    Output(as_json=json).show({"applied": applied, "push": push or None}, migration_view(applied, push))


@app.command()
def warm(
    symbols: Annotated[list[str], typer.Argument(metavar="SYMBOLS", help="One or more, e.g. AAPL MSFT.")],
    *,
    timeframe: TimeframeName = "1d",
    start: Annotated[str | None, typer.Option(metavar="D", help="First day, e.g. 2005-01-01.")] = None,
    end: Annotated[str | None, typer.Option(metavar="D", help="Last day.")] = None,
    json: Json = False,
) -> None:
    """Fetch prices ahead of time; a symbol that fails does not stop the others, and the exit code is 4 then."""
    output = Output(as_json=json)
    length, first, last = as_timeframe(timeframe), as_date(start, "--start"), as_date(end, "--end")
    wanted = listed(",".join(symbols))
    if not wanted:
        raise InvalidInput("There is no symbol to warm.", "name one or more: backproof data warm AAPL MSFT")
    application = open_application()

    from backend.cli.render.data import warmed_table
    from backend.services.market_data import OpenPeriod

    period = OpenPeriod(first, last)
    results: list[Warmed] = []
    with advancing(output, len(wanted)) as bar:
        for symbol in wanted:
            bar.begin(symbol)
            results += application.warming.warm([symbol], length, period, bar.tell)
            bar.done()
    output.show({"warmed": [result.model_dump(mode="json") for result in results]}, warmed_table(results))
    if any(result.failed_reason for result in results):
        raise typer.Exit(EXIT_CODES[DataUnavailable])


@app.command()
def clear(
    symbol: Annotated[str | None, typer.Argument(metavar="SYMBOL", help="Whose prices; all, with --before.")] = None,
    *,
    before: Annotated[str | None, typer.Option(metavar="DATE", help="Only sessions before this day.")] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Delete stored prices of a symbol, or those before a day; bots keep the bars that they were tested on."""
    output, day = Output(as_json=json), as_date(before, "--before")
    if symbol is None and day is None:
        raise InvalidInput("Nothing says which prices to delete.", "name a symbol, or a day: --before 2010-01-01")
    if symbol is not None and not symbol.strip():
        raise InvalidInput("The symbol is empty.", "name it as in `backproof data clear AAPL`")
    application = open_application()
    named = symbol.strip().upper() if symbol else None
    bots = application.inventory.pinned(application.owner, named)
    confirm(f"Delete the stored prices of {named or 'every symbol'}{f' before {day}' if day else ''}?", output, yes=yes)
    deleted = application.retention.clear(symbol=named, before=day)

    from backend.cli.render.data import deleted_view

    document = deleted.model_dump(mode="json") | {"kept_by_bots": [bot.bot_id for bot in bots]}
    output.show(document, deleted_view([deleted], bots))


@app.command()
def prune(*, json: Json = False) -> None:
    """Delete bars shorter than a day that are older than BACKPROOF_RETENTION_MINUTES days; daily bars stay."""
    application = open_application()
    deleted = application.retention.prune()
    bots = application.inventory.pinned(application.owner)

    from backend.cli.render.data import deleted_view

    document: dict[str, Any] = {"pruned": [part.model_dump(mode="json") for part in deleted]}
    document |= {"kept_by_bots": [bot.bot_id for bot in bots]}
    Output(as_json=json).show(document, deleted_view(deleted, bots))


@app.command()
def export(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Whose prices.")],
    *,
    output: Annotated[Path, typer.Option(metavar="FILE", help="The file to write.")],
    format: Annotated[
        Literal["csv", "jsonl", "parquet"] | None, typer.Option(help="Told by the ending of FILE unless stated.")
    ] = None,
    timeframe: TimeframeName = "1d",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
    json: Json = False,
) -> None:
    """Write stored prices to a file that `data import prices` takes back as it is."""
    length = as_timeframe(timeframe)
    application = open_application()

    from rich.text import Text

    from backend.services.exporting import Destination

    written = application.exporting.export(symbol, length, Destination(output, format, overwrite))
    told = f"{written.rows:,} bars of {written.symbol} from {written.source}, {written.start} to {written.end}, "
    Output(as_json=json).show(written.model_dump(mode="json"), Text(f"{told}written to {written.file}."))


@app.command()
def cleanup(
    *,
    older_than: Annotated[int, typer.Option(min=0, metavar="DAYS", help="Stored more days ago than this.")] = 30,
    apply: Annotated[bool, typer.Option("--apply", help="Delete them; without this it only shows which.")] = False,
    json: Json = False,
) -> None:
    """Find datasets that no bot and no running session uses, and delete them with --apply."""
    from datetime import timedelta

    application = open_application()
    found = application.datasets.cleanup_orphans(application.owner, timedelta(days=older_than), apply=apply)

    from backend.cli.render.data import cleanup_view

    document = {
        "stored_before": found.stored_before.isoformat(),
        "datasets": [link.model_dump(mode="json") for link in found.datasets],
        "applied": apply,
        "deleted": found.deleted or 0,
    }
    Output(as_json=json).show(document, cleanup_view(found))
