"""``backproof data import``: bring in your own prices, posts and news."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from backend.cli.opening import open_application
from backend.cli.options import Json
from backend.cli.output import Output

if TYPE_CHECKING:
    from backend.services.imports import ImportReport

app = typer.Typer(no_args_is_help=True)

File = Annotated[str, typer.Argument(metavar="FILE", help="CSV, JSONL or Parquet; may be gzipped.")]
Symbol = Annotated[str | None, typer.Option(metavar="S", help="Symbol of rows that name none.")]


@app.command()
def prices(
    file: File,
    *,
    symbol: Symbol = None,
    bar_stamp: Annotated[
        Literal["start", "end"] | None,
        typer.Option(help="Whether the times of bars shorter than a day name their start or their end."),
    ] = None,
    accept_jumps: Annotated[
        bool, typer.Option("--accept-jumps", help="Take unadjusted prices although they jump as in a split.")
    ] = False,
    json: Json = False,
) -> None:
    """Import bars: date, open, high, low, close, and perhaps symbol, volume, adj_close and adjustment."""
    application = open_application()
    _show(application.imports.import_prices(file, symbol, bar_stamp, accept_jumps=accept_jumps), Output(as_json=json))


@app.command()
def posts(
    file: File,
    *,
    symbol: Symbol = None,
    channel: Annotated[
        str | None, typer.Option(metavar="NAME", help="Channel of every row, e.g. reddit, whatever the file says.")
    ] = None,
    json: Json = False,
) -> None:
    """Import posts: created_at, text or title, and perhaps symbol, channel, id, user and score."""
    application = open_application()
    _show(application.imports.import_posts(file, channel, symbol), Output(as_json=json))


@app.command()
def news(file: File, *, symbol: Symbol = None, json: Json = False) -> None:
    """Import headlines as posts of the channel news."""
    application = open_application()
    _show(application.imports.import_posts(file, "news", symbol), Output(as_json=json))


def _show(report: "ImportReport", output: Output) -> None:
    from backend.cli.render.imports import import_view

    document = report.model_dump(mode="json") | {"rows_refused": report.rows_refused}
    output.show(document, import_view(report))
