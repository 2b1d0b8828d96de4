"""``backproof chat``: a conversation with a session, one line a turn."""

import os
import select
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.limits import Limits
from backend.cli.opening import open_application
from backend.cli.options import Json, spread
from backend.cli.output import Output
from backend.domain.errors import Cancelled, InvalidInput

if TYPE_CHECKING:
    from backend.domain.sessions import SessionRequest

NAMES = {"text": "The request", "iterations": "--iterations", "seed": "--seed"}
"""What the fields of a request are called here."""

PROMPT = "> "

LONGEST_TYPED = 4096
"""Bytes of a line that a terminal keeps."""


@dataclass(frozen=True)
class ChatOptions:
    """What may be stated of a session that the conversation begins with."""

    strategist: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who proposes: builtin, llm, both; as in the settings.")
    ] = None
    iterations: Annotated[int | None, typer.Option(metavar="N", help="Attempts of a turn at most; 8 at first.")] = None
    seed: Annotated[int | None, typer.Option(metavar="N", help="The same seed and data give the same session.")] = None
    message: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Say this instead of reading lines; may be repeated.")
    ] = None


@spread
def chat(
    session: Annotated[
        str | None, typer.Argument(metavar="SESSION", help="Go on with this one; else begin anew.")
    ] = None,
    *,
    options: ChatOptions,
    limits: Limits,
    json: Json = False,
) -> None:
    """Talk to a session: refine its goal, take it to other data, ask about its numbers.

    Each line is a turn, from the terminal, from standard input or from --message. The end of the input ends the
    conversation, Ctrl-C the turn that runs; everything finished is kept, and `backproof chat SESSION` goes on.
    """
    output = Output(as_json=json)
    application = open_application()

    from backend.cli.talking import Talk

    budget = limits.budget("chat") if limits.stated else None
    talk = Talk(application, output, lambda text: _request(text, options, limits), (options.iterations, budget))
    talk.echoes = options.message is not None or not sys.stdin.isatty()
    if session is not None:
        _refuse_beginnings(options)
        talk.take_up(session)
    lines = options.message if options.message is not None else _lines(output)
    try:
        for text in lines:
            if text.strip():
                talk.hear(text.strip())
    except KeyboardInterrupt:
        raise Cancelled("Interrupted", talk.way_on) from None
    raise typer.Exit(talk.end())


def _refuse_beginnings(options: ChatOptions) -> None:
    stated = [name for name in ("strategist", "seed") if getattr(options, name) is not None]
    if stated:
        raise InvalidInput(
            f"--{stated[0]} is chosen when a session begins.", "leave it out, or begin a new conversation"
        )


def _lines(output: Output) -> Iterator[str]:
    """What is typed at a prompt, or the lines of standard input; a prompt would stand in the document of a program."""
    if output.as_json or not sys.stdin.isatty():
        yield from sys.stdin
        return
    with suppress(ImportError):  # a Python without it reads lines as the terminal gives them
        import readline  # noqa: F401 - lets lines be edited, called back, and longer than 4096 bytes
    while True:
        try:
            yield _typed_before(output) or input(PROMPT)
        except EOFError:
            return
        except KeyboardInterrupt:
            output.people.print()  # what is told next begins a line
            raise


def _typed_before(output: Output) -> str:
    """A line that was typed while there was no prompt; empty where there is none.

    Raises:
        EOFError: its end was typed, which the line editor would take for a character.
    """
    from rich.text import Text

    by_lines = termios.tcgetattr(sys.stdin)[3] & termios.ICANON
    if not by_lines or not select.select([sys.stdin], [], [], 0)[0]:
        return ""
    typed = os.read(sys.stdin.fileno(), LONGEST_TYPED)
    if not typed:
        raise EOFError
    text = typed.decode(errors="replace")
    output.people.print(Text(f"{PROMPT}{text}"), end="")
    return text


def _request(text: str, options: ChatOptions, limits: Limits) -> "SessionRequest":
    from backend.cli.validation import checked
    from backend.domain.sessions import SessionRequest

    named = ("iterations", "seed", "strategist")
    stated = {"text": text} | {n: value for n in named if (value := getattr(options, n)) is not None}
    stated |= {"budget": limits.budget("chat")} if limits.stated else {}
    return checked(SessionRequest, stated, "The request", "see `backproof chat --help`", NAMES)
