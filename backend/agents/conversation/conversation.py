"""The conversation: takes what the user says, stores it as a turn before any work starts, and says what runs next."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.agents.conversation.hearing import Ear, Heard, Help
from backend.agents.conversation.members import latest, members_of, promised
from backend.domain.conversation import Turn
from backend.domain.errors import Conflict, InvalidInput
from backend.domain.models import ModelChoice
from backend.domain.ports import SessionLocks
from backend.domain.record import refuse_control_characters
from backend.domain.sessions import Session
from backend.services.preparation import Preparation
from backend.services.sessions import Sessions
from backend.services.turns import turns_of

LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Said:
    """What became of something that the user said.

    Attributes:
        session: where it goes on.
        turn: the turn that was added; None where one that was stopped is taken up again.
        runs: whether the session is to be run now.
    """

    session: Session
    turn: Turn | None
    runs: bool


class Conversation:
    """Conversations of all owners.

    Args:
        sessions: where turns are kept.
        preparation: knows which symbols there are, and how far their data reaches.
        locks: held while a turn is added, so that nobody runs the session meanwhile.
        helped_by: gives what a model can help with, for sessions that have one; None where rules do it alone.
    """

    def __init__(
        self,
        sessions: Sessions,
        preparation: Preparation,
        locks: SessionLocks,
        helped_by: Callable[[ModelChoice], Help] | None = None,
    ) -> None:
        self._sessions = sessions
        self._preparation = preparation
        self._locks = locks
        self._helped_by = helped_by

    def members(self, owner: str, session_id: str) -> tuple[Session, ...]:
        """Every session of the conversation. Raises NotFound."""
        return members_of(self._sessions, owner, session_id)

    def present(self, owner: str, session_id: str) -> Session:
        """The session that follow-ups concern. Raises NotFound."""
        return latest(self.members(owner, session_id))

    def say(self, owner: str, session_id: str, text: str, iterations: int | None = None) -> Said:
        """Store what the user says as a turn; a question is answered at once, everything else is to be run.

        Args:
            owner: whose conversation it is.
            session_id: any session of it.
            text: the user's words.
            iterations: attempts to make where the words name no number; None for as many as at the beginning.

        Raises:
            InvalidInput: there are no words, too many, or a character among them that steers a terminal.
            NotFound: there is no such session.
            Conflict: the session runs.
        """
        _refuse_unusable(text)
        members = self.members(owner, session_id)
        heard = self._ear(members, iterations).hear(_idle(latest(members)), text)
        session = _idle(heard.session)
        if heard.resumes:
            return Said(session, None, runs=True)
        with self._locks.hold(session.session_id):
            return self._stored(session, heard, text.strip())

    def _ear(self, members: tuple[Session, ...], iterations: int | None) -> Ear:
        choice = latest(members).model
        helped = self._helped_by(choice) if choice is not None and self._helped_by is not None else None
        known = self._preparation.symbols()
        return Ear(members, self._sessions.attempts, known, self._preparation.span, helped, iterations)

    def _stored(self, session: Session, heard: Heard, text: str) -> Said:
        attempts = self._sessions.attempts(session)
        turn = Turn(
            n=len(turns_of(session, len(attempts))) + 1,
            kind=heard.kind,
            text=text,
            at=self._sessions.now(),
            goal=heard.goal,
            first_attempt=len(attempts) + 1,
            iterations=heard.iterations,
            understood=heard.understood,
            answer=heard.answer,
        )
        if turn.kind == "elsewhere":
            turn = _going_elsewhere(turn, session, self._sessions.new_id())
        session = self._sessions.go_on(session, turn)
        if turn.kind == "elsewhere":
            return Said(promised(self._sessions, session, turn), turn, runs=True)
        return Said(session, turn, runs=turn.iterations > 0)


def _going_elsewhere(turn: Turn, session: Session, session_id: str) -> Turn:
    """The turn with the session that is opened for it, which is said, for both are there from now on."""
    here = ", ".join(session.goal.symbols) if session.goal else "what was said before"
    words = f"in a session of its own ({session_id}); {here} stays in {session.session_id}"
    return turn.model_copy(update={"session_id": session_id, "understood": (*turn.understood, words)})


def _refuse_unusable(text: str) -> None:
    if not 1 <= len(text.strip()) <= LONGEST_TEXT:
        raise InvalidInput(f"A follow-up has 1 to {LONGEST_TEXT} characters.", 'say for example "less drawdown"')
    try:
        refuse_control_characters(text).encode()
    except UnicodeEncodeError:
        raise InvalidInput("What was said is not valid text.", "write it in UTF-8") from None
    except ValueError as error:
        raise InvalidInput(f"What was said cannot be used: {error}.") from None


def _idle(session: Session) -> Session:
    """Raises Conflict for a session that runs, or was left by its process in the middle of a turn."""
    if session.status == "running":
        raise Conflict(
            f"Session {session.session_id} is running; it is answered when its turn has ended.",
            f"wait until it has ended, cancel it, or resume it: `backproof sessions resume {session.session_id}`",
        )
    return session
