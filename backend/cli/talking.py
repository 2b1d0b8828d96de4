"""Carries a conversation at the command line: says each turn, runs what it starts, and shows what came of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text

from backend.cli.exit_codes import DONE, exit_code
from backend.cli.output import Output, write_document
from backend.cli.render.chat import conversation_document, outcome_view, transcript_view, understood_view
from backend.cli.running import run_to_its_end, watching
from backend.domain.errors import BackproofError, Cancelled
from backend.domain.models import Budget
from backend.domain.sessions import Session, SessionRequest

if TYPE_CHECKING:
    from backend.bootstrap import Application


class Talk:
    """One conversation; trouble with a turn is told and does not end it.

    Args:
        application: whose sessions are talked to.
        output: where it is shown.
        request: makes a request of the first thing that is said.
        limits: attempts of a turn, and a budget for the session that goes on; None for those that it began with.

    Attributes:
        echoes: whether what is said is shown, because nobody sees it typed.
    """

    def __init__(
        self,
        application: "Application",
        output: Output,
        request: Callable[[str], SessionRequest],
        limits: tuple[int | None, Budget | None] = (None, None),
    ) -> None:
        self._application = application
        self._output = output
        self._request = request
        self._session_id: str | None = None
        self._trouble: BackproofError | None = None
        self._iterations, self._budget = limits
        self.echoes = False

    def take_up(self, session_id: str) -> None:
        """Go on with a conversation; a turn that its process left in the middle is finished first.

        Raises:
            NotFound: there is no such session.
            Conflict: another process runs it.
        """
        members = self._application.conversation.members(self._application.owner, session_id)
        self._session_id = members[0].session_id
        self._output.people.print(transcript_view(members))
        for session in members:
            if session.status == "running":
                self._output.say(f"Going on with session {session.session_id}.")
                self._run(session)

    def hear(self, text: str) -> None:
        """Say one thing, and see it through.

        Raises:
            Cancelled: by Ctrl-C, where nobody is at a terminal to go on with another turn.
        """
        self._trouble = None
        if self.echoes:
            self._output.people.print(Text.assemble(("\n> ", "bold"), text))
        try:
            self._say(text)
        except Cancelled as error:
            if not self._output.people.is_terminal:
                raise
            self._trouble = error
            self._output.complain(Cancelled(error.message, 'say "go on" to take it up again'))
        except BackproofError as error:
            self._trouble = error
            self._output.complain(error)

    def end(self) -> int:
        """Show the document, if one is wanted; the exit code of what was said last."""
        if self._output.as_json and self._session_id is not None:
            members = self._application.conversation.members(self._application.owner, self._session_id)
            present = self._application.conversation.present(self._application.owner, self._session_id)
            write_document(conversation_document(members, present, self._trouble))
        elif self._output.as_json:
            write_document({"session_id": None, "present": None, "sessions": [], "turns": [], "error": self._told})
        elif self._session_id is not None:
            self._output.say(f"\nGo on:  backproof chat {self._session_id}")
        return exit_code(self._trouble) if self._trouble else DONE

    @property
    def way_on(self) -> str:
        """How the conversation is taken up again; empty before it has begun."""
        return f"go on with `backproof chat {self._session_id}`" if self._session_id else ""

    @property
    def _told(self) -> str | None:
        return self._trouble.message if self._trouble else None

    def _say(self, text: str) -> None:
        if self._session_id is None:
            session = self._application.open_session(self._request(text))
            self._session_id = session.session_id
            self._output.say(f"Session {session.session_id}")
            self._run(session)
            return
        conversation, owner = self._application.conversation, self._application.owner
        said = conversation.say(owner, self._session_id, text, self._iterations)
        if said.turn is not None and said.turn.understood:
            self._output.people.print(understood_view(said.turn))
        if said.runs:
            self._run(said.session)
        elif said.turn is not None:
            self._output.people.print(Text(said.turn.answer))

    def _run(self, session: Session) -> None:
        """Run the present turn of a session while it is watched, and show what it came to."""
        application = self._application
        watched = watching(self._output, ())
        session = run_to_its_end(application, session, watched, self._budget, self.way_on)
        self._output.people.print(outcome_view(session, application.sessions.attempts(session)))
