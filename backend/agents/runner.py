"""Runs a turn of a session through the graph from wherever it stopped, and records how it ended."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from backend.agents.crew import Crew
from backend.agents.desk import Desk
from backend.agents.graph import Graph, build_graph, recursion_limit
from backend.agents.spans import session_span
from backend.agents.state import SessionState
from backend.domain.errors import BackproofError, Cancelled
from backend.domain.models import Budget
from backend.domain.ports import ALONE, Running, SessionLocks
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

    def run(self, session: Session, budget: Budget | None = None, running: Running = ALONE) -> Session:
        """Run to the end, from the last checkpoint if there is one; a session that has ended stays as it is.

        Args:
            session: whose latest turn is run.
            budget: replaces the parts of the session's budget that it states.
            running: the job that runs it; one that is taken up again leaves the session running.

        Raises:
            Busy: another process runs it.
            BudgetSpent: the budget does not allow a single attempt; it can be resumed with a larger one.
            BackproofError: it failed; the session says why and keeps what was finished.
            KeyboardInterrupt: the session is marked as cancelled first.
        """
        with self._locks.hold(session.session_id):
            try:
                desk = self._begin(session, budget, running)
                with session_span(desk.session):
                    self._go_on(desk)
            except (KeyboardInterrupt, Cancelled):
                if not running.leaving():
                    self._stop(session, "cancelled")
                raise
            except BackproofError as error:
                if not running.tries_again(error):
                    self._stop(session, "failed", error.message)
                raise
            return self._crew.sessions.load(session.owner, session.session_id)

    def _begin(self, session: Session, budget: Budget | None, running: Running) -> Desk:
        session = self._crew.sessions.load(session.owner, session.session_id)
        if session.status in ENDED:
            return Desk(self._crew, session)
        desk = Desk(self._crew, session, resumed=session.status != "running", running=running)
        request = session.request.model_copy(update={"budget": _changed(session.request.budget, budget)})
        desk.save(status="running", failed_reason=None, request=request)
        return desk

    def _go_on(self, desk: Desk) -> None:
        session = desk.session
        with self._checkpoints() as saver:
            graph, config = build_graph(desk, saver), _config(desk)
            state = graph.get_state(config)
            if desk.resumed or state.values:  # a new one may have been cancelled already
                self._crew.sessions.clear_cancel(session)
            # A kill between the stored verdict and its events leaves a step to do on a session that has ended.
            if session.status not in ENDED or state.next:
                _invoke(graph, config, None if state.values else _first(session))
            for thread in (_thread(session), *_left_threads(session)):
                saver.delete_thread(thread)

    def _stop(self, session: Session, status: Literal["cancelled", "failed"], reason: str | None = None) -> None:
        """Keep what a running session has spent, and how it stopped."""
        desk = Desk(self._crew, self._crew.sessions.load(session.owner, session.session_id))
        if desk.session.status == "running":
            desk.save(usage=desk.spent({}).reported(desk.session.usage))
        self._crew.sessions.stop(session, status, reason)


def _invoke(graph: Graph, config: RunnableConfig, start: SessionState | None) -> None:
    # A checkpoint is on disk before the next node starts, so a kill costs at most the node it hit.
    graph.invoke(start, config, durability="sync")


def _first(session: Session) -> SessionState:
    return {"session_id": session.session_id, "owner": session.owner, "active_s": session.timings.total_s}


def _changed(budget: Budget, stated: Budget | None) -> Budget:
    """The budget with the parts that were stated anew."""
    return budget.model_copy(update=stated.model_dump(exclude_none=True)) if stated else budget


def _thread(session: Session) -> str:
    return session.turn.thread(session.session_id) if session.turn else session.session_id


def _left_threads(session: Session) -> tuple[str, ...]:
    """Of earlier turns that were stopped and not taken up again; a later turn has begun, so they never will be."""
    earlier = [turn for turn in session.turns[:-1] if turn.iterations and turn.ending is None]
    return tuple(turn.thread(session.session_id) for turn in earlier if turn != session.turn)


def _config(desk: Desk) -> RunnableConfig:
    return {
        "configurable": {"thread_id": _thread(desk.session)},
        "recursion_limit": recursion_limit(desk.iterations),
    }
