"""Draws a view as text, as a terminal of a given width would show it."""

from rich.console import Console, RenderableType


def drawn(view: RenderableType, width: int = 80) -> str:
    """The lines without colours and without the spaces at their ends."""
    console = Console(width=width, markup=False, highlight=False, emoji=False, color_system=None)
    with console.capture() as capture:
        console.print(view)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())
