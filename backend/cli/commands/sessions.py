"""``backproof sessions``: list, show, follow, cancel and resume sessions."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.exit_codes import FAILED
from backend.cli.interruption import refuse_interrupted
from backend.cli.limits import Limits
from backend.cli.opening import open_application
from backend.cli.options import Json, Limit, spread
from backend.cli.output import Output
from backend.domain.errors import BackproofError

if TYPE_CHECKING:
    from backend.bootstrap import Application
    from backend.domain.sessions import Event

app = typer.Typer(no_args_is_help=True)

SessionId = Annotated[str, typer.Argument(metavar="ID", help="Id of the session, ses_...")]

POLL_SECONDS = 0.25


@app.command("list")
def list_(*, limit: Limit = 20, json: Json = False) -> None:
    """List sessions, newest first, and name those that cannot be read."""
    application = open_application()

    from backend.cli.render.session import sessions_table
    from backend.domain.session_lines import SessionLine
    from backend.services.documents import sessions_document

    listed = application.sessions.lines(application.owner, limit)
    interrupted = {
        line.session_id for line in listed if isinstance(line, SessionLine) and application.interrupted(line)
    }
    Output(as_json=json).show(sessions_document(listed, interrupted), sessions_table(listed, interrupted))


@app.command()
def show(session_id: SessionId, *, json: Json = False) -> None:
    """Show everything about a session: verdict, checks, results, strategy, data."""
    application = open_application()

    from backend.cli.running import show_session

    show_session(application, application.sessions.load(application.owner, session_id), Output(as_json=json))


@app.command()
def events(
    session_id: SessionId,
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until the session has ended.")] = False,
    json: Json = False,
) -> None:
    """Show what happened in a session, one line an event."""
    output = Output(as_json=json)
    application = open_application()

    from backend.cli.output import write_document
    from backend.cli.render.events import event_line
    from backend.cli.render.format import moment

    shown = []
    for event in _events(application, session_id, follow=follow):
        shown.append(event.model_dump(mode="json"))
        if not json:
            output.say(f"{event.id:>4}  {moment(event.at)}  {event_line(event)}")
    if json:
        write_document({"events": shown})


@app.command()
def cancel(session_id: SessionId, *, json: Json = False) -> None:
    """Ask a running session to stop; everything finished is kept."""
    application = open_application()

    from rich.text import Text

    from backend.services.documents import session_line

    refuse_interrupted(application, application.sessions.load(application.owner, session_id))
    session = application.sessions.cancel(application.owner, session_id)
    done = f"{session_id} was asked to stop; go on later with `backproof sessions resume {session_id}`."
    Output(as_json=json).show(session_line(session) | {"cancel_requested": True}, Text(done))


@app.command()
@spread
def resume(session_id: SessionId, limits: Limits, json: Json = False) -> None:
    """Go on with a cancelled, failed or killed session from where it stopped, with a larger budget if stated."""
    application = open_application()

    from backend.cli.running import run_and_show

    session = application.sessions.load(application.owner, session_id)
    budget = limits.budget("sessions resume") if limits.stated else None
    run_and_show(application, session, Output(as_json=json), budget=budget)


@app.command()
def replay(session_id: SessionId, *, json: Json = False) -> None:
    """Run a session again from its recorded replies and pinned data, asking nobody and storing nothing."""
    output = Output(as_json=json)
    application = open_application()

    from backend.bootstrap.replaying import replays
    from backend.cli.render.session import session_report
    from backend.services.documents import session_document

    replayed = replays(application).replay(application.owner, session_id)
    session, attempts = replayed.session, replayed.attempts
    output.show(session_document(session, attempts), session_report(session, attempts, interrupted=False))
    if replayed.differences:
        named = ", ".join(replayed.differences)
        output.complain(BackproofError(f"The replay of {session_id} differs from the record in {named}."))
        raise typer.Exit(FAILED)
    output.say(f"\nReplayed: session {session_id} came out as it was recorded, to the last digit.")


def _events(application: "Application", session_id: str, *, follow: bool) -> "Iterator[Event]":
    def read(after: int) -> "tuple[Event, ...]":
        return application.sessions.events(application.owner, session_id, after)

    def running() -> bool:
        session = application.sessions.load(application.owner, session_id)
        return session.status == "running" and not application.interrupted(session)

    return followed(read, running, lambda: time.sleep(POLL_SECONDS)) if follow else iter(read(0))


def followed(
    read: "Callable[[int], tuple[Event, ...]]", running: Callable[[], bool], wait: Callable[[], None]
) -> "Iterator[Event]":
    """Every event, and those yet to come until the session no longer runs.

    Args:
        read: gives the events with an id above the given one.
        running: whether the session may yet write events.
        wait: called between two looks.
    """
    last = 0
    while True:
        going_on = running()  # asked before reading, so that the last events are not missed
        for event in read(last):
            last = event.id
            yield event
        if not going_on:
            return
        wait()
