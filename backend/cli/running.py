"""Runs a session while somebody watches, and shows what came of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Literal

import typer
from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner

from backend.cli.exit_codes import DONE, INTERRUPTED, INVALID, exit_code
from backend.cli.limits import NAMES as LIMITS
from backend.cli.output import Output
from backend.cli.render.attempts import live_view
from backend.cli.render.events import event_line
from backend.cli.render.progress import Progress, advance
from backend.cli.render.session import session_report
from backend.domain.errors import BackproofError, Cancelled
from backend.domain.models import Budget
from backend.domain.sessions import Event, Session, Status
from backend.services.documents import session_document

if TYPE_CHECKING:
    from backend.bootstrap import Application

Watcher = Callable[[Event], None]

LINES_AROUND_TABLE = 12
"""Of the live view; the rest of the screen is for attempts, two lines each."""

ENDINGS: dict[Status, int] = {"needs_input": INVALID, "cancelled": INTERRUPTED}
"""Exit codes of sessions that ended without an error; all others are done."""


def run_and_show(
    application: "Application",
    session: Session,
    output: Output,
    *,
    save_as: str | None = None,
    budget: Budget | None = None,
) -> None:
    """Run a session to its end, show its report, and keep it as a bot if wanted; exits with the code of its end.

    A ``budget`` replaces those parts of the session's that it states.
    """
    try:
        session = run_watched(application, session, output, budget)
    except Cancelled as error:
        if not output.as_json:
            raise
        output.complain(error)
        show_session(application, session, output)
        raise typer.Exit(exit_code(error)) from None
    trouble = _save(application, session, save_as) if save_as and session.status == "done" else None
    session = show_session(application, session, output)
    if trouble:
        output.complain(trouble)
        raise typer.Exit(exit_code(trouble))
    if not output.as_json:
        _suggest(session, output)
    raise typer.Exit(ENDINGS.get(session.status, DONE))


def run_watched(application: "Application", session: Session, output: Output, budget: Budget | None = None) -> Session:
    """Run the session to its end and show every event meanwhile.

    Raises:
        Cancelled: by Ctrl-C or from elsewhere; the session is kept and can be resumed.
        BackproofError: it failed.
    """
    seen = application.sessions.events(session.owner, session.session_id)
    hint = f"resume with `backproof sessions resume {session.session_id}`"
    return run_to_its_end(application, session, watching(output, seen), budget, hint)


def run_to_its_end(
    application: "Application",
    session: Session,
    watched: AbstractContextManager[Watcher],
    budget: Budget | None,
    hint: str,
) -> Session:
    """Run the session while the watcher of the block ``watched`` is told of every event.

    Raises:
        Cancelled: by Ctrl-C or from elsewhere, with ``hint`` as the way to go on.
        BackproofError: it failed, or another process runs it.
    """
    try:
        with watched as watch, application.sessions.listening(watch):
            return application.runner.run(session, budget)
    except (KeyboardInterrupt, Cancelled):
        _stop(application, session, "cancelled")
        raise Cancelled("Cancelled; everything finished is kept", hint) from None
    except BackproofError as error:
        _stop(application, session, "failed", error.message)
        raise


def _stop(
    application: "Application", session: Session, status: Literal["cancelled", "failed"], reason: str | None = None
) -> None:
    """Say that a session stopped that may not have begun; one that another process runs is left alone."""
    if not application.locks.held(session.session_id):
        application.sessions.stop(session, status, reason)


def show_session(application: "Application", session: Session, output: Output) -> Session:
    """Show the session as it is stored now, in full; returns it."""
    session = application.sessions.load(session.owner, session.session_id)
    attempts = application.sessions.attempts(session)
    interrupted = application.interrupted(session)
    view = session_report(session, attempts, interrupted=interrupted)
    output.show(session_document(session, attempts, interrupted=interrupted), view)
    return session


def _save(application: "Application", session: Session, name: str) -> BackproofError | None:
    """Keep the session as a bot; the trouble with it, if any, is told after the report."""
    try:
        application.bots.save(session, application.sessions.attempts(session), name)
    except BackproofError as error:
        return error
    return None


def _suggest(session: Session, output: Output) -> None:
    if session.status == "needs_input":
        output.say("\nState it in the request, or as an option (see `backproof iterate --help`).")
    elif session.bot_id is not None:
        output.say(f"\nKept:  backproof bots show {session.bot_id}")
    elif session.chosen and session.verdict and session.verdict.outcome != "rejected":
        output.say(f"\nKeep it:  backproof bots save {session.session_id} --name NAME")
    stops = session.turn_stops if session.status == "done" else ()
    option = LIMITS.get(stops[-1].kind) if stops else None
    if option:
        output.say(f"\nIts budget ended it early; go on:  backproof chat {session.session_id} {option} N")


@contextmanager
def watching(output: Output, seen: tuple[Event, ...]) -> Iterator[Watcher]:
    """A watcher of events; ``seen`` are those that came before."""
    console = output.people
    if not console.is_terminal:
        for event in seen:
            output.say(event_line(event))
        yield lambda event: output.say(event_line(event))
        return
    view = _LiveProgress()
    for event in seen:
        view.watch(event)
    with Live(view, console=console, transient=True, refresh_per_second=8):
        yield view.watch


class _LiveProgress:
    """The progress of a session, drawn anew at every refresh."""

    def __init__(self) -> None:
        self._progress = Progress()
        self._spinner = Spinner("dots")  # one for all drawings: it counts from its first

    def watch(self, event: Event) -> None:
        self._progress = advance(self._progress, event)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield live_view(self._progress, max(1, (console.height - LINES_AROUND_TABLE) // 2), self._spinner)
