"""Notices: what must not be overlooked."""

from rich.table import Table
from rich.text import Text


def notices_view(notices: tuple[str, ...]) -> Table:
    """One paragraph each, marked at its first line."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    for notice in notices:
        grid.add_row(Text("!", style="bold yellow"), Text(notice, style="yellow"))
    return grid
