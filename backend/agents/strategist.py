"""The strategist's Protocol, and the strategist that ships with the product."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from backend.domain.ports import CancelRequested
from backend.domain.record import Record
from backend.domain.sessions import BUILT_IN, Candidate, Session
from backend.search.context import SearchContext
from backend.search.strategist import propose


@dataclass(frozen=True)
class Occasion:
    """When a strategist is asked: for which session, at which attempt, and how to learn that it should stop.

    Attributes:
        n: number of the attempt that its first candidate will be; ``context.n`` counts its own attempts only.
        step: the step of the session, for calls of a model.
    """

    session: Session
    n: int
    step: str
    cancelled: CancelRequested

    def rng(self) -> np.random.Generator:
        """Chance of this attempt: the same session and number give the same draws."""
        return np.random.default_rng([self.session.request.seed, self.n])


class Refused(Record):
    """A strategy in a model's reply that cannot be tested; it becomes a failed attempt.

    Attributes:
        name: as the model named it; may be empty.
    """

    name: str
    reason: str


Proposed = Candidate | Refused

MOST_CANDIDATES = 4
"""Of one proposal; a strategist that gives more is cut short."""


class Strategist(Protocol):
    """Proposes strategies from what may be known: the goal, and train results of earlier attempts.

    It is handed a ``SearchContext``, which has no field for a validation or hold-out result.
    """

    name: str

    def propose(self, context: SearchContext, occasion: Occasion) -> tuple[Proposed, ...]:
        """One candidate or several, to be tested in this order; none when there is nothing left to propose.

        Raises:
            MalformedOutput: a model's reply could not be used; it counts as a failed attempt.
            ModelAway: a model does not answer.
            BudgetSpent: a model may not be asked again.
            Cancelled: it was told to stop.
        """


class BuiltInStrategist:
    """A seeded search over a grammar of strategy families; the same session always proposes the same."""

    name = BUILT_IN

    def propose(self, context: SearchContext, occasion: Occasion) -> tuple[Candidate, ...]:
        """The next structure of the grammar, or a change that a diagnosis asks for."""
        candidate = propose(context, occasion.rng())
        return (candidate,) if candidate else ()
