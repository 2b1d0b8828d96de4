"""The last node: chooses the best attempt by validation, and lets the hold-out decide."""

from typing import ClassVar

from backend.agents.nodes.node import Node, Update
from backend.agents.state import SessionState
from backend.agents.supervisor import choose
from backend.agents.tournament import lift
from backend.domain.conversation import Lift
from backend.domain.sessions import Session
from backend.services.attempts import allowed
from backend.services.probes import is_probe


class Conclude(Node):
    """A session whose verdict is stored is not judged again."""

    name: ClassVar[str] = "conclude"

    def work(self, state: SessionState) -> Update:
        """Store the verdict, then tell it."""
        if self._desk.session.status != "done":
            self._desk.session = self._judged(state)
        session = self._desk.session
        if session.verdict is not None:
            facts = {"outcome": session.verdict.outcome, "reasons": list(session.verdict.reasons)}
            self._desk.log("verdict", "verdict.reached", facts)
        self._desk.log("ended", "session.ended", {"status": session.status})
        return {"decision": "end"}

    def _judged(self, state: SessionState) -> Session:
        prepared = self._crew.preparation.recall(self._desk.session)
        started, spent = self._crew.timer(), state.get("active_s", 0.0)
        goal = prepared.loop.goal
        chosen = choose(goal, allowed(goal, self._desk.attempts))
        return self._crew.conclusions.conclude(
            self._reported(state),
            prepared,
            chosen,
            lambda: spent + self._crew.timer() - started,
            self._desk.flag.requested,
        )

    def _reported(self, state: SessionState) -> Session:
        """The session with what it took, and with what the model added in a tournament."""
        session = self._desk.session
        usage = self._desk.spent(state).reported(session.usage)
        usage = usage.model_copy(update={"data_reads": usage.data_reads + state["data_reads"]})
        timings = session.timings.model_copy(update={"loop_s": session.timings.loop_s + state["loop_s"]})
        return session.model_copy(update={"usage": usage, "timings": timings, "lift": self._lift()})

    def _lift(self) -> Lift | None:
        """What the model added, where search proposed beside it."""
        if self._desk.session.request.strategist != "both":
            return None
        batches = self._crew.trials.list_trials(self._desk.session.session_id)
        return lift(self._desk.attempts, sum(batch.count for batch in batches if is_probe(batch.step)))
