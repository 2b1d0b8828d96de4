"""The strategist's Protocol, and the strategist that ships with the product."""

from typing import Protocol

import numpy as np

from backend.domain.sessions import Candidate
from backend.search.context import SearchContext
from backend.search.strategist import propose

BUILT_IN = "built-in search (rule-based, no language model)"


class Strategist(Protocol):
    """Proposes strategies from what may be known: the goal, and train results of earlier attempts.

    It is handed a ``SearchContext``, which has no field for a validation or hold-out result.
    """

    name: str

    def propose(self, context: SearchContext, rng: np.random.Generator) -> Candidate | None:
        """The candidate of attempt ``context.n``; None when there is nothing left to propose."""


class BuiltInStrategist:
    """A seeded search over a grammar of strategy families; the same session always proposes the same."""

    name = BUILT_IN

    def propose(self, context: SearchContext, rng: np.random.Generator) -> Candidate | None:
        """The next structure of the grammar, or a change that a diagnosis asks for."""
        return propose(context, rng)
