"""The strategist's Protocol, and the strategist that ships with the product."""

from typing import Protocol

import numpy as np

from backend.domain.goal import Goal
from backend.domain.sessions import Attempt, Candidate, Session
from backend.search.context import SearchContext, TrainView
from backend.search.strategist import propose

BUILT_IN = "built-in search (rule-based, no language model)"


class Strategist(Protocol):
    """Proposes strategies from what may be known: the goal, and train results of earlier attempts."""

    name: str

    def propose(self, session: Session, goal: Goal, attempts: tuple[Attempt, ...], n: int) -> Candidate | None:
        """The candidate of attempt ``n``; None when there is nothing left to propose."""


class BuiltInStrategist:
    """A seeded search over a grammar of strategy families; the same session always proposes the same."""

    name = BUILT_IN

    def propose(self, session: Session, goal: Goal, attempts: tuple[Attempt, ...], n: int) -> Candidate | None:
        """Hand the search the train results only."""
        views = tuple(TrainView.of(attempt) for attempt in attempts)
        rng = np.random.default_rng([session.request.seed, n])
        context = SearchContext(goal=goal, n=n, attempts=views, iterations=session.request.iterations)
        return propose(context, rng)
