"""Starts the command line: runs a command and turns its end into an exit code and, for errors, one sentence."""

import atexit
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, NoReturn

from backend.cli.exit_codes import DONE, FAILED, INVALID, exit_code
from backend.cli.output import Output, OutputClosed, error_document, write_document
from backend.domain.errors import BackproofError, Cancelled, InvalidInput, Unavailable

if TYPE_CHECKING:
    import typer

PROGRAM = "backproof"
DEBUG = "--debug"

OUR_WORDS = {
    "Value error, ": "",
    "Input should be": "it must be",
    "a valid number, unable to parse string as a number": "a number",
    "a valid integer, unable to parse string as an integer": "a whole number",
}
"""What is said of a value that does not fit, by what Typer says."""


def main() -> None:
    """Entry point of ``backproof`` and ``python -m backend.cli``."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.excepthook = _tell_unforeseen
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed before the start, as after >&-
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal that cannot show a character gets a question mark, not a traceback
            stream.reconfigure(errors="replace")
    _end(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code, and with ``--debug`` shows where an error came from."""
    stated = [argument for argument in arguments if argument != DEBUG]
    try:
        return _invoke(stated)
    except KeyboardInterrupt:  # before there was a command to interrupt
        return _report(Cancelled("Interrupted."), as_json="--json" in stated)
    except BackproofError as error:
        if len(stated) < len(arguments):
            _trace(error)
        return _report(error, as_json="--json" in stated)


def _invoke(arguments: list[str]) -> int:
    import typer

    from backend.cli.app import command_tree

    try:
        code = command_tree().main(args=arguments, prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:
        if not error.format_message():
            return INVALID  # a noun without a verb: Typer has printed the help
        raise _usage_error(error) from None
    except typer.Abort:
        raise Cancelled("Interrupted.") from None
    return code if isinstance(code, int) else DONE


def _usage_error(error: "typer.TyperException") -> InvalidInput:
    """Typer's complaint about the arguments as an error of ours."""
    context = getattr(error, "ctx", None)
    option = getattr(error, "option_name", None)
    message = error.format_message()
    for theirs, ours in OUR_WORDS.items():
        message = message.replace(theirs, ours)
    hint = f"see `{context.command_path} --help`" if context else ""
    if option and message.startswith("No such option"):
        message = f"There is no option {option}."
        alike = " or ".join(f'"{name}"' for name in getattr(error, "possibilities", None) or ())
        hint = f"did you mean {alike}?" if alike else hint
    return InvalidInput(message, hint)


def _tell_unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> NoReturn:
    """End by an error that nobody has foreseen like by any other; its words are left out, they may hold a password."""
    del trace  # the error has it
    if DEBUG in sys.argv or not issubclass(kind, Exception):
        _trace(error)
    hint = "this is a mistake in the program: please report what the same command shows with --debug"
    told = BackproofError(f"Backproof itself has failed ({kind.__name__}).", hint)
    _end(_report(told, as_json="--json" in sys.argv))


def _end(code: int) -> NoReturn:
    """End the process whatever its threads still do, and at once.

    Python's own end aborts or waits for ever where a thread computes, and takes a fifth of a second to forget what
    ends anyway.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends
    atexit._run_exitfuncs()  # noqa: SLF001 - temporary folders are removed, for one
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # nobody reads it, the disk is full, or it is closed
            code = code or FAILED
    os._exit(code)


def _trace(error: BaseException) -> None:
    from backend.observability import mask

    sys.stderr.write(mask("".join(traceback.format_exception(error))))


def _report(error: BackproofError, *, as_json: bool) -> int:
    if isinstance(error, OutputClosed):
        return exit_code(error)
    Output(as_json=as_json).complain(error)
    if as_json:
        with suppress(OutputClosed, Unavailable):  # it was told above, and its exit code tells it too
            write_document(error_document(error))
    return exit_code(error)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Treat a request to terminate like Ctrl-C, so that finished work is kept."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
