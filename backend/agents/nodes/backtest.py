"""Tests the proposal; one that cannot be tested is a failed attempt, not the end."""

from typing import Any, ClassVar

from backend.agents.budgets import WORKED, evaluations_left, shortage
from backend.agents.nodes.node import Node, Update, next_attempt
from backend.agents.state import SessionState, unpacked
from backend.agents.stops import end_early, obey
from backend.agents.strategist import Refused
from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.sessions import Attempt, Candidate
from backend.search.tuner import EVALUATIONS
from backend.services.preparation import LoopData


class Backtest(Node):
    """The last attempt of a budget gets as many evaluations as are left."""

    name: ClassVar[str] = "backtest"

    def work(self, state: SessionState) -> Update:
        """Store the attempt; its number is the iteration's."""
        proposal = state.get("proposal")
        if proposal is None:
            return {}
        n = next_attempt(self._desk, state)
        if self._ended(state, self.step_name(state)):
            return {"proposal": None}
        data = self._crew.preparation.recall(self._desk.session).loop
        with self._measured(state) as update:
            found = unpacked(proposal)
            attempt = self._refused(found, n) if isinstance(found, Refused) else self._test(found, n, data, state)
            self._desk.keep(attempt)
            self._desk.log(f"{n:04d}.backtested", "attempt.backtested", _numbers(attempt))
        return {"proposal": {"tested": n}, **update}  # the strategy is in the store now, and checkpoints stay small

    def _ended(self, state: SessionState, name: str) -> bool:
        """Whether the budget ends the turn here; what a reply has cost already is no reason to drop it."""
        if obey(self._desk, name) is not None:
            return True
        short = shortage(self._desk.session.request.budget, self._desk.spent(state), WORKED)
        if short is not None:
            end_early(self._desk, state, name, short)
        return short is not None

    def _test(self, candidate: Candidate, n: int, data: LoopData, state: SessionState) -> Attempt:
        session = self._desk.session
        left = evaluations_left(session.request.budget, self._desk.spent(state), EVALUATIONS)
        try:
            return self._crew.backtester.test(session, data, candidate, n, self._desk.flag.requested, left)
        except (InvalidInput, DataUnavailable) as error:
            return self._crew.attempts.fail(session, candidate, n, error.message)

    def _refused(self, refused: Refused, n: int) -> Attempt:
        reason = f"{refused.name}: {refused.reason}" if refused.name else refused.reason
        return self._crew.attempts.fail_reply(self._desk.session, "llm", n, reason)


def _numbers(attempt: Attempt) -> dict[str, Any]:
    kept = {"n", "attempt_id", "family", "author", "spec_hash", "diff", "trials", "train", "validation"}
    shown = attempt.model_dump(mode="json", include=kept | {"failed_reason"})
    return shown | {"name": attempt.title}
