"""Runs a session's graph from wherever it stopped, and records how it ended."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from backend.agents.crew import Crew
from backend.agents.graph import build_graph, recursion_limit
from backend.agents.nodes import Nodes
from backend.agents.state import SessionState
from backend.domain.errors import BackproofError, Cancelled
from backend.domain.ports import SessionLocks
from backend.domain.sessions import Session, Status

ENDED: tuple[Status, ...] = ("done", "needs_input")

Checkpoints = Callable[[], AbstractContextManager[BaseCheckpointSaver[str]]]


class SessionRunner:
    """Starts and resumes sessions; one process at a time runs one session.

    Args:
        crew: the parts that the agents work with.
        locks: held while a session runs; they die with the process.
        checkpoints: opens the saver of the graph's checkpoints.
    """

    def __init__(self, crew: Crew, locks: SessionLocks, checkpoints: Checkpoints) -> None:
        self._crew = crew
        self._locks = locks
        self._checkpoints = checkpoints

    def run(self, session: Session) -> Session:
        """Run to the end, from the last checkpoint if there is one; a session that has ended stays as it is.

        Raises:
            Conflict: another process runs it.
            BackproofError: it failed; the session says why and keeps what was finished.
            KeyboardInterrupt: the session is marked as cancelled first.
        """
        with self._locks.hold(session.session_id):
            try:
                self._go_on(self._begin(session))
            except (KeyboardInterrupt, Cancelled):
                self._crew.sessions.stop(session, "cancelled")
                raise
            except BackproofError as error:
                self._crew.sessions.stop(session, "failed", error.message)
                raise
            return self._crew.sessions.load(session.owner, session.session_id)

    def _begin(self, session: Session) -> Session:
        session = self._crew.sessions.load(session.owner, session.session_id)
        if session.status in ENDED:
            return session
        if session.status != "running" or session.goal is not None:  # a new one may have been cancelled already
            self._crew.sessions.clear_cancel(session)
        return self._crew.sessions.save(session.model_copy(update={"status": "running", "failed_reason": None}))

    def _go_on(self, session: Session) -> None:
        with self._checkpoints() as saver:
            graph = build_graph(Nodes(self._crew), saver)
            state = graph.get_state(_config(session))
            # A kill between the stored verdict and its events leaves a step to do on a session that has ended.
            if session.status not in ENDED or state.next:
                first: SessionState = {"session_id": session.session_id, "owner": session.owner}
                # A checkpoint is on disk before the next node starts, so a kill costs at most the node it hit.
                graph.invoke(None if state.values else first, _config(session), durability="sync")
            saver.delete_thread(session.session_id)


def _config(session: Session) -> RunnableConfig:
    return {
        "configurable": {"thread_id": session.session_id},
        "recursion_limit": recursion_limit(session.request.iterations),
    }
