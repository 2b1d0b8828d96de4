"""Answers questions about a session from stored values; to add a kind, write a function and name it in ``RULES``."""

from collections.abc import Callable

from backend.agents.conversation.answers.circumstances import (
    checks,
    costs,
    counts,
    data,
    goal,
    meaning,
    overfitted,
    periods,
    proposer,
    spent,
    strategy,
    verdict,
)
from backend.agents.conversation.answers.results import (
    about_attempts,
    advice,
    beside_the_market,
    best,
    comparison,
    figure,
    whole_periods,
    why,
    years,
)
from backend.agents.conversation.answers.teller import Teller
from backend.agents.conversation.facts import Told
from backend.agents.conversation.questions import Asked

RULES: tuple[Callable[[Teller, Asked], str | None], ...] = (
    meaning, comparison, why, years, advice, best, overfitted, counts, spent, figure, about_attempts, costs, checks,
    beside_the_market, data, periods, goal, strategy, proposer, verdict, whole_periods,
)  # fmt: skip
"""In the order in which they are tried."""


def answer(question: str, told: Told) -> str | None:
    """The answer by rules; None where no rule knows what is asked."""
    teller, asked = Teller.of(told), Asked.of(question)
    found = (rule(teller, asked) for rule in RULES)
    return next((text for text in found if text), None)
