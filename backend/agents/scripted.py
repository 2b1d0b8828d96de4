"""A strategist that proposes given strategies in order: for demonstrations, for tests, and to try one's own list."""

from collections.abc import Sequence

from backend.agents.strategist import Occasion
from backend.domain.sessions import Author, Candidate
from backend.domain.spec import StrategySpec
from backend.search.context import SearchContext


class ScriptedStrategist:
    """Knows from the number of the attempt where it is, so that a session goes on after a restart.

    Args:
        specs: one an attempt; after the last there is nothing left to propose.
        author: whose proposals they count as.
    """

    name = "scripted strategies"

    def __init__(self, specs: Sequence[StrategySpec], author: Author = "builtin") -> None:
        self._specs = tuple(specs)
        self._author = author

    def propose(self, context: SearchContext, occasion: Occasion) -> tuple[Candidate, ...]:  # noqa: ARG002
        """The strategy of this attempt; its family is its place in the list, so that none counts as a repetition."""
        place = context.n - 1
        if not 0 <= place < len(self._specs):
            return ()
        spec, number = self._specs[place], f"{context.n} of {len(self._specs)}"
        return (
            Candidate(
                spec=spec, family=f"script {context.n}", parent=None, origin=f"script {number}", author=self._author
            ),
        )
