"""Options of ``backproof batch`` for batches that there are: listed, shown, gone on with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.output import Output
from backend.domain.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from backend.bootstrap import Application
    from backend.domain.batches import Batch

LISTED = 20
"""Batches in the list."""


@dataclass(frozen=True)
class Earlier:
    """A batch that there is, in place of a new one; one of these at most."""

    resume: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Go on with a killed or cancelled batch; cells that failed are tried again."),
    ] = None
    show: Annotated[str | None, typer.Option(metavar="ID", help="Show a batch.")] = None
    listed: Annotated[bool, typer.Option("--list", help="List batches, newest first.")] = False


def refuse_both(earlier: Earlier, *, stated: bool) -> None:
    """Raise InvalidInput where more than one thing is asked for.

    Args:
        earlier: the batch that is asked for.
        stated: whether a new one is asked for as well.
    """
    named = {"--list": earlier.listed, "--show": earlier.show, "--resume": earlier.resume}
    wanted = [name for name, value in named.items() if value]
    if len(wanted) > 1 or (wanted and stated):
        raise InvalidInput(f"{wanted[0]} stands by itself.", "leave the other options out, except --json")


def list_batches(application: "Application", output: Output) -> None:
    """One row a batch."""
    from backend.cli.render.batch_list import batches_table
    from backend.services.batches.documents import batch_line

    batches = application.batches.list(application.owner, LISTED)
    left = {batch.batch_id for batch in batches if _interrupted(application, batch)}
    output.show({"batches": [batch_line(batch) for batch in batches]}, batches_table(batches, left))


def show_batch(application: "Application", batch_id: str, output: Output) -> None:
    """Every cell, and how to go on where no process runs it. Raises NotFound."""
    from backend.cli.render.batches import batch_report
    from backend.services.batches.documents import batch_document

    batch = application.batches.load(application.owner, batch_id)
    cells = application.batches.cells(batch)
    output.show(batch_document(batch, cells), batch_report(batch, cells))
    if _interrupted(application, batch):
        output.say(f"\nNo process runs it now; go on with `backproof batch --resume {batch_id}`.")


def taken_up(application: "Application", batch_id: str) -> "Batch":
    """A batch of which some cells wait.

    Raises:
        NotFound: there is no such batch.
        Conflict: every cell is done.
    """
    batches, owner = application.batches, application.owner
    batch = batches.load(owner, batch_id)
    if batch.status == "running":
        return batch
    if all(cell.status == "done" for cell in batches.cells(batch)):
        raise Conflict(f"Every cell of batch {batch_id} is done.", f"see `backproof batch --show {batch_id}`")
    return batches.rerun(owner, batch_id)


def _interrupted(application: "Application", batch: "Batch") -> bool:
    """Whether it is stored as running, although no process runs it."""
    return batch.status == "running" and not application.locks.held(batch.batch_id)
