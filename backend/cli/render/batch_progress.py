"""How far a batch has come, as a bar on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backend.cli.output import Output
from backend.domain.batches import BatchEvent


@contextmanager
def watching(output: Output, cells: int) -> Iterator[Callable[[BatchEvent], None]]:
    """What is told of every event; shows nothing where there is no terminal."""
    console = Console(stderr=True) if output.as_json else output.people
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("cells", total=cells)

        def watch(event: BatchEvent) -> None:
            if event.type == "cells.done":
                bar.update(task, advance=len(event.data["cells"]), description="cells")
            elif event.type == "data.progress":
                bar.update(task, description=event.data["text"])

        yield watch
