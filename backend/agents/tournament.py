"""The tournament of search and model: whose turn it is, what each may see, and what the model added in the end."""

from collections.abc import Sequence

from backend.domain.conversation import Lift
from backend.domain.sessions import Attempt, Author, StrategistName


def author_of(strategist: StrategistName, n: int) -> Author:
    """Who proposes attempt ``n``: with both, odd attempts are the search's and even ones the model's."""
    if strategist == "both":
        return "builtin" if n % 2 else "llm"
    return strategist


def other(author: Author) -> Author:
    """The opponent."""
    return "llm" if author == "builtin" else "builtin"


def share(strategist: StrategistName, author: Author, first: int, last: int) -> int:
    """Attempts from ``first`` to ``last`` that are the author's."""
    return sum(author_of(strategist, n) == author for n in range(first, last + 1))


def lift(attempts: Sequence[Attempt]) -> Lift:
    """What the model added to search alone, over all attempts of a session in which both proposed."""
    model, search = (tuple(a for a in attempts if a.author == author) for author in ("llm", "builtin"))
    return Lift(
        model_attempts=len(model),
        search_attempts=len(search),
        model_trials=sum(attempt.trials for attempt in model),
        search_trials=sum(attempt.trials for attempt in search),
        model_sharpe=_best_sharpe(model),
        search_sharpe=_best_sharpe(search),
    )


def _best_sharpe(attempts: Sequence[Attempt]) -> float | None:
    measured = (a.validation.sharpe for a in attempts if a.validation is not None and a.failed_reason is None)
    return max((sharpe for sharpe in measured if sharpe is not None), default=None)
