"""Says what held the attempt back, from its train results alone."""

from collections.abc import Mapping
from typing import ClassVar

from backend.agents.analyst import diagnose
from backend.agents.budgets import nearest
from backend.agents.nodes.node import Node, Update, next_attempt
from backend.agents.nodes.propose import context_of, occasion_of
from backend.agents.state import SessionState
from backend.agents.tournament import share
from backend.domain.conversation import Stop
from backend.domain.errors import BudgetSpent, ModelAway
from backend.domain.sessions import Attempt, Diagnosis
from backend.services.preparation import LoopData

UNREVIEWED = "The language model was not asked about the results from here on: {}"


class Analyse(Node):
    """Rules make every diagnosis; a model adds its view at the end of each of its rounds."""

    name: ClassVar[str] = "analyse"

    def work(self, state: SessionState) -> Update:
        """Count the iteration."""
        if state.get("proposal") is None:
            return {}
        n, data = next_attempt(self._desk, state), self._crew.preparation.recall(self._desk.session).loop
        with self._measured(state) as update:
            attempt = self._diagnosed(self._desk.attempt(n), data)
            if attempt.author == "llm" and not state.get("waiting") and self._asked_again(n):
                self._review(state, n, data)
            update["iteration"] = state["iteration"] + 1
        return update

    def _diagnosed(self, attempt: Attempt, data: LoopData) -> Attempt:
        if attempt.train is None or attempt.observations is None:
            return attempt
        diagnosis = diagnose(data.goal, attempt.train, attempt.observations, attempt.tested)
        self._keep(attempt, diagnosis)
        facts = {"n": attempt.n, "diagnosis": diagnosis.model_dump(mode="json")}
        self._desk.log(f"{attempt.n:04d}.analysed", "attempt.analysed", facts)
        return attempt

    def _review(self, state: SessionState, n: int, data: LoopData) -> None:
        """Let the model look at its round; its silence ends nothing."""
        for number, diagnosis in self._reviewed(state, n, data).items():
            self._keep(self._desk.attempt(number), diagnosis)

    def _reviewed(self, state: SessionState, n: int, data: LoopData) -> Mapping[int, Diagnosis]:
        name = self.step_name(state)
        analyst = self._desk.roles.analyst
        if analyst is None or self._unreviewed(name):
            return {}
        if state.get("away"):
            self._desk.record(Stop(step=self._desk.step(name), kind="outage", message=str(state["away"])))
            return {}
        occasion = occasion_of(self._desk, state.get("round_from") or n, name)
        try:
            return analyst.review(occasion, context_of(self._desk, "llm", n + 1, data))
        except ModelAway as error:
            stop = Stop(step=self._desk.step(name), kind="outage", message=UNREVIEWED.format(error.message))
        except BudgetSpent as error:
            kind = nearest(self._desk.session.request.budget, self._desk.spent(state))
            stop = Stop(step=self._desk.step(name), kind=kind, message=UNREVIEWED.format(error.message))
        self._desk.record(stop)
        return {}

    def _asked_again(self, n: int) -> bool:
        """Whether the model has another attempt in this turn; otherwise it would not read what it said."""
        return share(self._desk.session.request.strategist, "llm", n + 1, self._desk.last) > 0

    def _unreviewed(self, name: str) -> bool:
        """Whether the model was not asked at this step, in the run that is replayed."""
        stop = self._desk.stop_at(name)
        if stop is not None:
            self._desk.record(stop)
        return stop is not None

    def _keep(self, attempt: Attempt, diagnosis: Diagnosis) -> None:
        self._desk.keep(self._crew.attempts.diagnose(self._desk.session, attempt, diagnosis))
