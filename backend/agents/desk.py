"""The desk of one run: the session's record at hand, its attempts, its log, and what it has spent."""

from functools import cached_property
from typing import Any

from backend.agents.budgets import Spent
from backend.agents.cancelling import CancelFlag
from backend.agents.crew import Crew, ModelRoles
from backend.agents.state import SessionState
from backend.domain.conversation import Stop
from backend.domain.errors import InvalidInput
from backend.domain.goal import Goal
from backend.domain.ports import ALONE, Running
from backend.domain.sessions import Attempt, EventType, Session


class Desk:
    """What the nodes of one run work at; the run holds the session's lock, so nobody else changes the record.

    Args:
        crew: the parts.
        session: as it is stored.
        resumed: whether it had failed or was cancelled before; what made it stop may be over.
        running: the job that runs it.
    """

    def __init__(self, crew: Crew, session: Session, *, resumed: bool = False, running: Running = ALONE) -> None:
        self.crew = crew
        self.session = session
        self.resumed = resumed
        self.flag = CancelFlag(session.session_id, lambda: _stops(running, crew, session), crew.timer)
        self._attempts: dict[int, Attempt] | None = None

    @cached_property
    def roles(self) -> ModelRoles:
        """What the session's model does; nothing in a session without one."""
        return self.crew.roles(self.session.model) if self.session.model else ModelRoles(self.crew.strategist)

    @property
    def goal(self) -> Goal:
        """Raises InvalidInput where none was understood."""
        if self.session.goal is None:
            raise InvalidInput(f"Session {self.session.session_id} has no goal.", "state the request again")
        return self.session.goal

    @property
    def first(self) -> int:
        """Number of the first attempt of this turn."""
        return self.session.turn.first_attempt if self.session.turn else 1

    @property
    def last(self) -> int:
        """Number of the last attempt that this turn may make."""
        return self.first + self.iterations - 1

    @property
    def iterations(self) -> int:
        """Attempts that this turn may make."""
        return self.session.turn.iterations if self.session.turn else self.session.request.iterations

    def step(self, name: str) -> str:
        """The step of that name in this turn."""
        return self.session.turn.step(name) if self.session.turn else name

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All that are stored, ascending by number; read once a run."""
        return tuple(attempt for _, attempt in sorted(self._known.items()))

    def attempt(self, n: int) -> Attempt:
        """The stored attempt of that number."""
        return self._known[n]

    def keep(self, attempt: Attempt) -> None:
        """Remember an attempt that was just stored."""
        self._known[attempt.n] = attempt

    @property
    def _known(self) -> dict[int, Attempt]:
        if self._attempts is None:
            self._attempts = {attempt.n: attempt for attempt in self.crew.attempts.list(self.session)}
        return self._attempts

    def save(self, **changes: Any) -> Session:
        """Change the record and store it."""
        self.session = self.crew.sessions.save(self.session.model_copy(update=changes))
        return self.session

    def log(self, name: str, type: EventType, data: dict[str, Any]) -> None:
        """Append an event once a step of this turn."""
        self.crew.sessions.log(self.session, self.step(name), type, data)

    def spent(self, state: SessionState) -> Spent:
        """Everything so far, all turns together."""
        seconds = state.get("active_s", 0.0)
        if self.session.model is None:
            return Spent.of((), seconds=seconds, backtests=sum(attempt.trials for attempt in self.attempts))
        calls = self.crew.calls.list_calls(self.session.owner, self.session.session_id)
        trials = self.crew.trials.list_trials(self.session.session_id)  # a model may have tried some before an attempt
        return Spent.of(calls, seconds=seconds, backtests=sum(batch.count for batch in trials))

    def stop_at(self, name: str) -> Stop | None:
        """What was recorded of this step: by the run that is replayed, or by one that died after it."""
        return next((stop for stop in self.session.stops if stop.step == self.step(name)), None)

    def record(self, stop: Stop, *, noticed: bool = True) -> None:
        """Store it; a session that goes on or concludes tells it once in its notices."""
        if noticed:
            self.notice(f"{stop.step}.stop", stop.message)
        stops = self.session.stops
        self.save(stops=stops if stop in stops else (*stops, stop))

    def notice(self, step: str, text: str) -> None:
        """Tell something once, in the log and in the notices of the session."""
        if text not in self.session.notices:
            self.crew.sessions.log(self.session, step, "notice", {"text": text})
            self.save(notices=(*self.session.notices, text))

    def take_up(self, name: str) -> None:
        """Forget what made a session fail at this step: it was resumed because that may be over."""
        self.resumed = False
        self.save(stops=tuple(stop for stop in self.session.stops if stop.step != self.step(name)))


def _stops(running: Running, crew: Crew, session: Session) -> bool:
    """Whether the session is to stop, for good or to be taken up by another worker."""
    return running.cancelled() or running.leaving() or crew.sessions.cancelled(session)
