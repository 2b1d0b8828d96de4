"""Decides before every attempt whether to spend on it."""

from typing import ClassVar

from backend.agents.budgets import PAID, WORKED, shortage
from backend.agents.nodes.node import Node, Update
from backend.agents.state import SessionState
from backend.agents.stops import end_early, obey
from backend.agents.supervisor import Standing, decide


class Supervise(Node):
    """Hands the state to the pure function of the supervisor, and keeps what it decides."""

    name: ClassVar[str] = "supervise"

    def work(self, state: SessionState) -> Update:
        """Sets ``decision``.

        Raises:
            BudgetSpent: a budget is spent and nothing was tested.
            MalformedOutput: no reply could be used and nothing was tested.
        """
        name = self.step_name(state)
        if obey(self._desk, name) is not None:
            return {"decision": "conclude"}
        decision = decide(self._standing(state))
        if decision.early is not None:
            end_early(self._desk, state, name, decision.early)
        return {"decision": decision.next}

    def _standing(self, state: SessionState) -> Standing:
        attempts = self._desk.attempts
        kinds = WORKED if state.get("waiting") else WORKED | PAID  # a proposal that waits is paid for
        return Standing(
            done=state.get("iteration", 0),
            wanted=self._desk.iterations,
            exhausted=state.get("proposal", {}) is None,
            useless=state.get("useless", 0),
            fruitless=bool(attempts) and all(attempt.spec is None for attempt in attempts),
            short=shortage(self._desk.session.request.budget, self._desk.spent(state), kinds),
        )
