"""What is to be done about something that the user said: which session it concerns, and the turn that it makes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from backend.agents.conversation.answers import answer
from backend.agents.conversation.basis import Basis
from backend.agents.conversation.facts import Told
from backend.agents.conversation.questions import Asked, is_question
from backend.agents.conversation.wishes import Wish, read_wish
from backend.agents.understanding import DataSpan, understand
from backend.agents.understanding.reading import Reading
from backend.agents.understanding.symbols import read_symbols
from backend.domain.conversation import TurnKind
from backend.domain.errors import InvalidInput
from backend.domain.goal import Goal, Question
from backend.domain.sessions import Attempt, Session
from backend.domain.symbols import is_symbol

if TYPE_CHECKING:
    from collections.abc import Collection

EXAMPLES = (
    '"less drawdown", "at least 40 trades", "only long", "try mean reversion instead", "without sentiment",'
    ' "10 more attempts", "now on MSFT too", or a question: "why did it fail in 2008?", "compare attempts 1 and 2"'
)


class Help(Protocol):
    """A language model for what rules cannot read; it never answers with a number of its own."""

    def rephrased(self, session: Session, text: str, leftovers: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """Phrases that the rules read, and what is left of ``leftovers`` beside them; None where it cannot help."""

    def answered(self, session: Session, text: str, told: Told) -> str | None:
        """An answer with stored values filled in; None where it cannot help."""


@dataclass(frozen=True)
class Heard:
    """A turn that is yet to be numbered; ``resumes`` for a wish to go on with a turn that was stopped."""

    session: Session
    kind: TurnKind
    answer: str = ""
    goal: Goal | None = None
    iterations: int = 0
    understood: tuple[str, ...] = ()
    resumes: bool = False


@dataclass(frozen=True)
class Ear:
    """Hears follow-ups of one conversation.

    Attributes:
        members: its sessions.
        attempts: gives those of a session.
        known: symbols that the data sources can list.
        data_span: the period that the data of a symbol covers.
        iterations: attempts of a turn that names no number; None for as many as the session began with.
    """

    members: tuple[Session, ...]
    attempts: Callable[[Session], tuple[Attempt, ...]]
    known: "Collection[str]"
    data_span: DataSpan
    help: Help | None = None
    iterations: int | None = None

    def hear(self, session: Session, text: str) -> Heard:
        """What ``text`` asks of the conversation, whose present session is ``session``."""
        if session.status == "needs_input" or session.goal is None:
            return self._first_goal(session, text)
        if is_question(text):
            found = self._answered(session, text)
            if found is not None:
                return found
        try:
            return self._wished(session, text)
        except InvalidInput as error:
            return Heard(session, "unclear", _told(error))

    def _first_goal(self, session: Session, text: str) -> Heard:
        """The answer to what the session asked back, or another request where the first could not be used."""
        asked = session.question is not None
        update: dict[str, Any] = {"text": f"{session.request.text}, {text}" if asked else text}
        word = text.strip().lstrip("$").upper()
        if asked and is_symbol(word) and " " not in word:
            update = {"symbols": (*session.request.symbols, word)}
        try:
            found = understand(session.request.model_copy(update=update), sorted(self.known), self.data_span)
        except InvalidInput as error:
            return Heard(session, "unclear", _told(error))
        if isinstance(found, Question):
            return Heard(session, "unclear", found.text)
        understood = (f"on {', '.join(found.symbols)}",)
        return Heard(session, "request", "", found, session.request.iterations, understood)

    def _answered(self, session: Session, text: str) -> Heard | None:
        """A question is about the session of the symbol that it names, else about the present one."""
        symbols = read_symbols(Reading(text), set(self.known))
        about = self._on(symbols[:1]) or session
        told = Told.of(about, self.attempts(about))
        found = answer(text, told)
        if found and symbols and about.goal and about.goal.symbols != symbols[:1]:
            there = f'to try it there, say "now on {symbols[0]}".'
            return Heard(session, "question", f"Nothing here has been tried on {symbols[0]}; {there}")
        if found is None and self.help is not None:
            found = self.help.answered(about, text, told)
        if found and len(self.members) > 1 and about.goal:
            found = f"{', '.join(about.goal.symbols)}: {found}"
        return Heard(about, "question", found) if found else None

    def _on(self, symbols: tuple[str, ...]) -> Session | None:
        return next((s for s in reversed(self.members) if s.goal and s.goal.symbols == symbols), None)

    def _wished(self, session: Session, text: str) -> Heard:
        wish = self._read(session, text)
        other = self._with_data(wish, session)
        if other is not None:
            session, wish = other, self._read(other, text)
            if not wish.asks and not wish.leftovers:
                return Heard(session, "question", f"From now on it is about {', '.join(wish.goal.symbols)}.")
        if wish.leftovers:
            return self._left_over(session, text, wish)
        return self._done(session, wish)

    def _read(self, session: Session, text: str) -> Wish:
        basis = self._basis(session)
        wish = read_wish(text, basis, self.known, self.data_span)
        if not wish.leftovers or self.help is None:
            return wish
        further = self.help.rephrased(session, text, wish.leftovers)
        if further is None:
            return wish
        phrases, left = further
        more = read_wish(f"{text}. {phrases}", basis, self.known, self.data_span)
        return replace(more, leftovers=left)

    def _basis(self, session: Session) -> Basis:
        basis = Basis.of(session, self.attempts(session))
        return basis if self.iterations is None else replace(basis, iterations=self.iterations)

    def _with_data(self, wish: Wish, session: Session) -> Session | None:
        """Another session of the conversation that has the symbol which is named, and all else that is asked."""
        if not wish.symbols or wish.symbols == (session.goal.symbols if session.goal else ()):
            return None
        return next(
            (s for s in reversed(self.members) if s.goal and s.data_hash and s.goal.symbols == wish.symbols), None
        )

    def _left_over(self, session: Session, text: str, wish: Wish) -> Heard:
        if not wish.asks and not is_question(text) and _plainly_asked(text):
            found = self._answered(session, text)
            if found is not None:
                return found
        phrases = ", ".join(f'"{phrase}"' for phrase in wish.leftovers)
        parts = [f"Not understood: {phrases}; nothing was changed."]
        parts += [f"Understood: {'; '.join(wish.changes)}."] if wish.changes else []
        return Heard(session, "unclear", " ".join([*parts, f"What can be said: {EXAMPLES}."]))

    def _done(self, session: Session, wish: Wish) -> Heard:
        if not wish.asks:
            noted = "; ".join(wish.noted)
            told = f"Nothing changes: {noted}." if noted else "That was read as neither a question nor a change."
            return Heard(session, "unclear", f"{told} What can be said: {EXAMPLES}.")
        if wish.other_data:
            return Heard(session, "elsewhere", "", self._reachable(session, wish.goal), 0, wish.changes)
        if wish.resumes and session.status in ("cancelled", "failed"):
            return Heard(session, "refinement", resumes=True)
        understood = wish.changes or (f"{wish.iterations} more attempts",)
        return Heard(session, "refinement", "", wish.goal, wish.iterations, understood)

    def _reachable(self, session: Session, goal: Goal) -> Goal:
        """The goal with its period cut to what the data of another symbol covers."""
        span = self.data_span(goal.symbols[0], goal)
        if span is None or session.goal is None or goal.symbols == session.goal.symbols:
            return goal
        start = max(goal.start, span.start) if goal.start else None
        end = min(goal.end, span.end) if goal.end else None
        if start is not None and end is not None and end <= start:
            raise InvalidInput(
                f"The data of {goal.symbols[0]} is from {span.start} to {span.end}.", "name a period within it"
            )
        return goal.model_copy(update={"start": start, "end": end})


def _told(error: InvalidInput) -> str:
    hint = f" ({error.hint})" if error.hint else ""
    return f"{error.message}{hint} Nothing was changed."


def _plainly_asked(text: str) -> bool:
    """Whether every number in it is a year or names an attempt, as in "the Sharpe ratio of attempt 2"."""
    asked = Asked.of(text)
    numbers = [token for token in Reading(text).tokens if token.kind == "number"]
    return "%" not in text and len(numbers) <= len(asked.years) + len(asked.attempts)
