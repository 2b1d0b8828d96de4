"""The look that all tables and headings share."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

Cell = str | Text


def table(*columns: str, numeric: Iterable[str] = (), wrapped: Iterable[str] = (), tight: bool = False) -> Table:
    """An empty table.

    Args:
        columns: headings.
        numeric: columns that are aligned to the right.
        wrapped: columns that give way where the screen is narrow; all others keep to one line.
        tight: one space between columns in place of two.
    """
    gap = 0 if tight else 1
    grid = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False, padding=(0, gap, 0, 0))
    right, free = set(numeric), set(wrapped)
    for name in columns:
        grid.add_column(name, justify="right" if name in right else "left", no_wrap=name not in free, overflow="fold")
    return grid


def facts(rows: Sequence[tuple[str, Cell]]) -> Table:
    """Names and values, one a line."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(name, value)
    return grid


def section(title: str, body: RenderableType) -> RenderableType:
    """A heading with its body set in below it."""
    return Group(Text("\n" + title, style="bold"), Padding(body, (0, 0, 0, 2), expand=False))


def nothing_yet(text: str) -> Text:
    """What is shown in place of an empty table."""
    return Text(text, style="dim")
