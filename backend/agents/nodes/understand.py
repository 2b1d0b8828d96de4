"""The first node: turns the request into a goal, or ends with a question."""

from typing import ClassVar

from backend.agents.nodes.node import Node, Update
from backend.agents.state import SessionState
from backend.agents.stops import away_message, end_unpaid, go_on_alone, obey
from backend.agents.understanding import understand
from backend.domain.conversation import Turn
from backend.domain.errors import BudgetSpent, ModelAway
from backend.domain.goal import Goal, Question
from backend.domain.periods import Period
from backend.domain.sessions import Session


class Understand(Node):
    """Takes the goal of a turn as given where the conversation has worked it out."""

    name: ClassVar[str] = "understand"

    def work(self, _: SessionState) -> Update:
        """Sets ``question`` when the request lacks something."""
        session = self._desk.session
        update: Update = {"question": None}
        if session.turn is None or session.turn.goal is None:
            result, update = self._read(session)
            goal = result if isinstance(result, Goal) else result.goal
            session = self._desk.save(goal=goal, turns=_with_goal(session, goal))
            if isinstance(result, Question):
                return self._ask(result)
        self._desk.log("understood", "goal.understood", {"goal": self._desk.goal.model_dump(mode="json")})
        return update

    def step_name(self, _: SessionState) -> str:
        """There is one in a turn."""
        return self.name

    def _read(self, session: Session) -> tuple[Goal | Question, Update]:
        """What the words say, and whether the model was away."""
        known, step = self._crew.preparation.symbols(), self._desk.step(self.name)
        reader = self._desk.roles.understanding
        if reader is None or obey(self._desk, self.name) is not None:
            return understand(session.request, known, self._data_end), {"question": None}
        try:
            found = reader.understand(session, known, self._data_end, step, self._desk.flag.requested)
        except ModelAway as error:
            away = away_message(session, error)
            go_on_alone(self._desk, self.name, away, error.hint)
            return understand(session.request, known, self._data_end), {"question": None, "away": away}
        except BudgetSpent as error:
            end_unpaid(self._desk, {}, self.name, error)
            raise
        return found, {"question": None}

    def _ask(self, question: Question) -> Update:
        self._desk.save(status="needs_input", question=question.text)
        self._desk.log("asked", "question.asked", {"question": question.text})
        self._desk.log("ended", "session.ended", {"status": "needs_input"})
        return {"question": question.text}

    def _data_end(self, symbol: str, goal: Goal) -> Period | None:
        return self._crew.preparation.span(symbol, goal)


def _with_goal(session: Session, goal: Goal | None) -> tuple[Turn, ...]:
    """The turns, the running one with what was understood."""
    running = session.turn
    return tuple(
        turn.model_copy(update={"goal": goal}) if running and turn.n == running.n else turn for turn in session.turns
    )
