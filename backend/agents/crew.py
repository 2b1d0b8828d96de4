"""The parts that the agents of a session work with, handed over by bootstrap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from backend.agents.strategist import Occasion, Strategist
from backend.agents.understanding import DataSpan
from backend.domain.goal import Goal, Question
from backend.domain.models import ModelChoice
from backend.domain.ports import CancelRequested, ModelStore, SessionStore
from backend.domain.sessions import Diagnosis, Session
from backend.search.context import SearchContext
from backend.services.attempts import Attempts
from backend.services.conclusions import Conclusions
from backend.services.counters import DataCounters
from backend.services.preparation import Preparation
from backend.services.sessions import Sessions
from backend.tools.backtester import Backtester


class Understanding(Protocol):
    """Turns a request into a goal with the help of a model."""

    def understand(
        self,
        session: Session,
        known_symbols: tuple[str, ...],
        data_span: DataSpan,
        step: str,
        cancelled: CancelRequested,
    ) -> Goal | Question:
        """The same record that the rules give.

        Raises:
            ModelAway: the model does not answer.
            BudgetSpent: it may not be asked.
            Cancelled: it was told to stop.
        """


class Analyst(Protocol):
    """Adds to the diagnoses of a round what a model makes of them."""

    def review(self, occasion: Occasion, context: SearchContext) -> Mapping[int, Diagnosis]:
        """Diagnoses by the number of their attempt, of those from ``occasion.n`` on.

        Raises:
            ModelAway: the model does not answer.
            BudgetSpent: it may not be asked.
            Cancelled: it was told to stop.
        """


@dataclass(frozen=True)
class ModelRoles:
    """What a language model does in a session; without understanding or analyst the rules do it alone."""

    strategist: Strategist
    understanding: Understanding | None = None
    analyst: Analyst | None = None


@dataclass(frozen=True)
class Crew:
    """One instance serves every session of a process.

    Attributes:
        strategist: the built-in one.
        roles: those of a session's model; asked once a run, and only for sessions that have one.
        calls: what was asked of models.
        trials: what was evaluated.
        counters: calls and reads of the data services in this process.
        timer: monotonic seconds.
    """

    sessions: Sessions
    preparation: Preparation
    strategist: Strategist
    backtester: Backtester
    attempts: Attempts
    conclusions: Conclusions
    roles: Callable[[ModelChoice], ModelRoles]
    calls: ModelStore
    trials: SessionStore
    counters: DataCounters
    timer: Callable[[], float]
