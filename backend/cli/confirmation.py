"""Asks before something is deleted."""

import sys
from typing import Annotated

import typer

from backend.cli.output import Output
from backend.domain.errors import Cancelled, InvalidInput

Yes = Annotated[bool, typer.Option("--yes", help="Delete without asking.")]


def confirm(question: str, output: Output, *, yes: bool) -> None:
    """Return if it may be done: it was agreed to beforehand, or somebody at the terminal says so.

    Raises:
        InvalidInput: there is nobody to ask.
        Cancelled: the answer is no.
    """
    if yes:
        return
    if output.as_json or not sys.stdin.isatty():
        raise InvalidInput(f"{question} There is nobody to ask.", "add --yes to do it without asking")
    if not typer.confirm(question, default=False):
        raise Cancelled("Nothing was deleted.")
