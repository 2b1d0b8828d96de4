"""The list of batches."""

from collections.abc import Collection, Sequence

from rich.console import RenderableType
from rich.text import Text

from backend.cli.render.format import count, moment, plain
from backend.cli.render.session import INTERRUPTED, STATUS_STYLES
from backend.cli.render.tables import nothing_yet, table
from backend.domain.batches import Batch


def batches_table(batches: Sequence[Batch], interrupted: Collection[str] = ()) -> RenderableType:
    """One row a batch; ``interrupted`` names those that no process runs any more."""
    if not batches:
        return nothing_yet("No batches yet; begin with `backproof batch --strategies NAME --symbols AAPL,MSFT`.")
    grid = table("batch", "begun (UTC)", "status", "cells", "symbols", numeric=("cells",), wrapped=("symbols",))
    for batch in batches:
        shown = INTERRUPTED if batch.batch_id in interrupted else batch.status
        status = Text(shown, style=STATUS_STYLES[shown])
        symbols = plain(", ".join(batch.symbols), 120)
        grid.add_row(batch.batch_id, moment(batch.created_at), status, count(batch.cells), symbols)
    return grid
