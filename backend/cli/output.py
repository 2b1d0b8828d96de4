"""The one place that prints: tables for people, or one JSON document for programs."""

import json
import os
import sys
from collections.abc import Mapping
from typing import IO, Any

from rich.console import Console, RenderableType
from rich.text import Text

from backend.cli.exit_codes import documented_class
from backend.domain.errors import BackproofError, Cancelled

WIDEST = 120
"""Columns used at most, so that lines stay readable on a wide screen; also the width of a pipe."""


class Output:
    """Where a command writes.

    Args:
        as_json: standard output holds exactly one JSON document, and everything else goes to standard error.

    Attributes:
        people: the console that people read.
        errors: standard error.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.errors = _console(sys.stderr)
        self.people = self.errors if as_json else _console(sys.stdout)

    def say(self, text: str) -> None:
        """One line for people."""
        self.people.print(text, markup=False, highlight=False, soft_wrap=True)

    def show(self, document: Mapping[str, Any], view: RenderableType) -> None:
        """The result of a command: the document for programs, or the view for people."""
        if self.as_json:
            write_document(document)
        else:
            self.people.print(view)

    def complain(self, error: BackproofError) -> None:
        """An error in one sentence with its hint, on standard error; lines of a caret keep their columns."""
        self.errors.print(error_text(error), soft_wrap=True)


def write_document(document: Mapping[str, Any]) -> None:
    """Write one JSON document to standard output; a NaN in it is an error of the program."""
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def error_document(error: BackproofError) -> dict[str, Any]:
    """An error as programs read it."""
    return {"error": {"type": documented_class(error).__name__, "message": error.message, "hint": error.hint}}


def error_text(error: BackproofError) -> Text:
    """An error as people read it; being asked to stop is not called an error."""
    if isinstance(error, Cancelled):
        return Text(f"{error.message.rstrip('.')}; {error.hint}" if error.hint else error.message, style="yellow")
    text = Text.assemble(("Error: ", "bold red"), error.message)
    if error.hint:
        text.append("\n").append("Hint: ", style="bold cyan").append(error.hint)
    return text


def _console(stream: IO[str]) -> Console:
    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    if console.is_terminal or "COLUMNS" in os.environ:
        console.width = min(console.width, WIDEST)
    else:
        console.width = WIDEST
    return console
