"""``backproof data``: what prices and posts there are, and bringing in your own."""

import typer

from backend.cli.opening import open_application
from backend.cli.options import Json
from backend.cli.output import Output

app = typer.Typer(no_args_is_help=True)


@app.command()
def status(*, json: Json = False) -> None:
    """Show which prices and posts are stored."""
    application = open_application()

    from backend.cli.render.data import status_report

    document = application.data_status()
    Output(as_json=json).show(document, status_report(document))


@app.command()
def migrate(*, json: Json = False) -> None:
    """Bring the database to the present schema; safe to run again."""
    application = open_application()

    from rich.text import Text

    applied = list(application.migrate())
    told = "Applied: " + ", ".join(applied) if applied else "The database is up to date."
    Output(as_json=json).show({"applied": applied}, Text(told))
