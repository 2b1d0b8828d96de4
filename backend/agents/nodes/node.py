"""What every node has: the desk of the run, a span, a look at the cancel flag, and the seconds it took."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from backend.agents.desk import Desk
from backend.agents.spans import node_span
from backend.agents.state import SessionState

Update = dict[str, Any]


class Node(ABC):
    """Reads what it needs from the desk and writes keyed by step, so it may run twice."""

    name: ClassVar[str]

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._crew = desk.crew

    def __call__(self, state: SessionState) -> Update:
        """Work, unless the session is to stop.

        Raises:
            Cancelled: somebody asked for it; nothing of this node is kept.
        """
        self._desk.flag.obey()
        fresh = self._hopes(state)
        state = {**state, **fresh}
        started = self._crew.timer()
        with node_span(self.name, self._desk.session, state.get("iteration", 0)):
            update = self.work(state)
        return {**fresh, "active_s": state.get("active_s", 0.0) + self._crew.timer() - started, **update}

    @abstractmethod
    def work(self, state: SessionState, /) -> Update:
        """What changes in the state."""

    def _hopes(self, state: SessionState) -> SessionState:
        """A session that was resumed trusts its model again, and does not fail for what made it fail before."""
        if not self._desk.resumed:
            return {}
        self._desk.take_up(self.step_name(state))
        return {"away": None, "useless": 0}

    def step_name(self, state: SessionState) -> str:
        """What a stop at this node is recorded under, beside the turn."""
        return f"{next_attempt(self._desk, state):04d}.{self.name}"

    @contextmanager
    def _measured(self, state: SessionState) -> Iterator[Update]:
        """Add the seconds and data reads of a node to the state; what recalling cost is not part of it."""
        started, before = self._crew.timer(), self._crew.counters.snapshot()
        update: Update = {}
        yield update
        update["loop_s"] = state["loop_s"] + self._crew.timer() - started
        update["data_reads"] = state["data_reads"] + self._crew.counters.snapshot().data_reads - before.data_reads


def next_attempt(desk: Desk, state: SessionState) -> int:
    """Number of the attempt that is being made."""
    return desk.first + state.get("iteration", 0)
