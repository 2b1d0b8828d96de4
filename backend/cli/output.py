"""The one place that prints: tables for people, or one JSON document for programs."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

from backend.cli.exit_codes import documented_class
from backend.domain.errors import BackproofError, Cancelled, Unavailable
from backend.domain.quoting import harmless

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

WIDEST = 120
"""Columns used at most, so that lines stay readable on a wide screen; also the width of a pipe."""


class OutputClosed(Cancelled):
    """Nobody reads the output any more, so there is nobody to tell; unfinished work is stopped."""


class Output:
    """Where a command writes.

    Args:
        as_json: standard output holds exactly one JSON document, and everything else goes to standard error.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    @cached_property
    def people(self) -> "Console":
        """The console that people read."""
        return _console(sys.stderr if self.as_json else sys.stdout)

    def say(self, text: str) -> None:
        """One line for people, at once: nothing is imported for it."""
        stream = sys.stderr if self.as_json else sys.stdout
        with _written():
            stream.write(harmless(text) + "\n")
            stream.flush()

    def show(self, document: Mapping[str, Any], view: "RenderableType") -> None:
        """The result of a command: the document for programs, or the view for people."""
        if self.as_json:
            write_document(document)
        else:
            with _written():
                self.people.print(view)

    def complain(self, error: BackproofError) -> None:
        """An error in one sentence with its hint, on standard error; lines of a caret keep their columns."""
        _console(sys.stderr).print(error_text(masked(error)), soft_wrap=True)


def write_document(document: Mapping[str, Any]) -> None:
    """Write one JSON document to standard output; a NaN in it is an error of the program."""
    with _written():
        sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")
        sys.stdout.flush()


@contextmanager
def _written() -> Iterator[None]:
    """Tell why nothing more can be written.

    Raises:
        OutputClosed: nobody reads any more, as after ``| head -1``.
        Unavailable: the output does not take it.
    """
    try:
        yield
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more at its end
        if isinstance(error, BrokenPipeError):
            raise OutputClosed("The output is no longer read.") from None
        raise Unavailable(
            f"The output cannot be written ({error.strerror}).", "send it somewhere that has space"
        ) from None


def masked(error: BackproofError) -> BackproofError:
    """The same error with secrets masked: a message may quote what a server or a setting said."""
    from backend.observability import mask

    return type(error)(mask(error.message), mask(error.hint))


def error_document(error: BackproofError) -> dict[str, Any]:
    """An error as programs read it."""
    told = masked(error)
    return {"error": {"type": documented_class(error).__name__, "message": told.message, "hint": told.hint}}


def error_text(error: BackproofError) -> "Text":
    """An error as people read it; being asked to stop is not called an error."""
    from rich.text import Text

    if isinstance(error, Cancelled):
        return Text(f"{error.message.rstrip('.')}; {error.hint}" if error.hint else error.message, style="yellow")
    text = Text.assemble(("Error: ", "bold red"), error.message)
    if error.hint:
        text.append("\n").append("Hint: ", style="bold cyan").append(error.hint)
    return text


def _console(stream: IO[str]) -> "Console":
    from backend.cli.screen import Screen

    console = Screen(file=stream, highlight=False, emoji=False, markup=False)
    if console.is_terminal or "COLUMNS" in os.environ:
        console.width = min(console.width, WIDEST)
    else:
        console.width = WIDEST
    return console
