"""A progress bar on a terminal, and nothing elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend.cli.output import Output

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """The pieces that are done, and what is being done now.

    Args:
        drawn: the bar on the screen with its task; None where nobody watches.
    """

    def __init__(self, drawn: "tuple[Progress, TaskID] | None") -> None:
        self._drawn = drawn
        self._piece = ""

    def begin(self, piece: str) -> None:
        """Name the piece that begins."""
        self._piece = piece
        self.tell("")

    def tell(self, doing: str) -> None:
        """Say in a few words what is being done with the piece."""
        if self._drawn:
            progress, task = self._drawn
            progress.update(task, description=doing or self._piece)

    def done(self) -> None:
        """Count the piece as done."""
        if self._drawn:
            progress, task = self._drawn
            progress.advance(task)


@contextmanager
def advancing(output: Output, pieces: int) -> Iterator[Bar]:
    """A bar of so many pieces, drawn on a terminal while the block runs and gone afterwards."""
    if not output.people.is_terminal:
        yield Bar(None)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=output.people, transient=True) as progress:
        yield Bar((progress, progress.add_task("", total=pieces)))
