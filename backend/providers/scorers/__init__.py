"""Sentiment scorers by name; to add one, write its file and its line here."""

from collections.abc import Callable

from backend.domain.ports import Scorer
from backend.providers.registry import pick
from backend.providers.scorers.finance_lexicon import FinanceLexiconScorer

SCORERS: dict[str, Callable[[], Scorer]] = {
    "finance_lexicon": FinanceLexiconScorer,
}


def scorer(name: str) -> Scorer:
    """The named scorer. Raises InvalidInput for a name that is none."""
    return pick(SCORERS, name, "scorer")()
