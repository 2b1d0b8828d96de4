"""``backproof collect``: visit live sources of posts, once or again and again."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.exit_codes import INTERRUPTED
from backend.cli.opening import open_application
from backend.cli.options import Json, listed
from backend.cli.output import Output, write_document
from backend.domain.errors import Cancelled

if TYPE_CHECKING:
    from backend.cli.render.collection import Tally


def collect(
    *,
    symbols: Annotated[
        str, typer.Option(metavar="A,B", help="Symbols; without them, those that were collected before.")
    ] = "",
    once: Annotated[bool, typer.Option("--once", help="Visit once, then end.")] = False,
    every: Annotated[float, typer.Option(min=1, max=1440, metavar="MINUTES", help="From one visit to the next.")] = 15,
    json: Json = False,
) -> None:
    """Collect the newest posts about symbols until Ctrl-C; Reddit has no history, so it grows from the first visit."""
    collection, output = open_application().collection, Output(as_json=json)
    wanted = collection.symbols(listed(symbols))

    from backend.cli.render.collection import Tally

    tally = Tally(output.say)
    visits = collection.visits(wanted, timedelta(minutes=every), time.sleep)
    try:
        for results in [collection.visit_or_fail(wanted)] if once else visits:
            tally.add(results)
    except KeyboardInterrupt:
        output.complain(Cancelled("Stopped.", "everything collected is kept"))
        _conclude(tally, output)
        raise typer.Exit(INTERRUPTED) from None
    _conclude(tally, output)


def _conclude(tally: "Tally", output: Output) -> None:
    if output.as_json:
        write_document(tally.document())
