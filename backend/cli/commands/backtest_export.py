"""``backproof backtest export``: a stored run as a report, as tables, or as one document."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.opening import open_application
from backend.cli.options import Json
from backend.cli.output import Output

Format = Annotated[
    str,
    typer.Option(
        "--format", metavar="html|csv|json", help="A report to look at, tables for a spreadsheet, or all data."
    ),
]
Where = Annotated[
    Path | None,
    typer.Option("--output", metavar="PATH", help="The file to write; without it one named after the run, here."),
]
What = Annotated[
    str | None,
    typer.Option(
        "--what",
        metavar="TABLE",
        help="One table as CSV: trades, equity, months, years or drawdowns; else the first three.",
    ),
]


def export(
    run_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the run, run_...")],
    *,
    format: Format,
    output: Where = None,
    what: What = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
    json: Json = False,
) -> None:
    """Write a run to a self-contained HTML report, to CSV tables or to a JSON document."""
    from backend.services.reports.files import Wanted, known_format, write_run

    wanted = Wanted(known_format(format), output, what, overwrite)
    application = open_application()
    run = application.backtests.load(application.owner, run_id)
    shaded = wanted.format == "html"
    periods = application.sessions.periods_behind(run.owner, run.symbols, run.spec_hash) if shaded else None
    written = write_run(run, wanted, periods)

    from rich.text import Text

    told = "\n".join(f"{file.file} written, {file.bytes:,} bytes." for file in written)
    Output(as_json=json).show({"run_id": run_id, "files": [file.model_dump() for file in written]}, Text(told))
