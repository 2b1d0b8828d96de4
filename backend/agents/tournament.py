"""The tournament of search and model: whose turn it is, what each may see, and what the model added in the end."""

from collections.abc import Sequence

from backend.domain.conversation import Lift
from backend.domain.sessions import Attempt, Author, StrategistName
from backend.services.attempts import brought_along


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


def lift(attempts: Sequence[Attempt], probes: int = 0) -> Lift:
    """What the model added to search alone, over all attempts of a session in which both proposed.

    Args:
        attempts: a strategy that an earlier session brought along is neither's, and left out.
        probes: backtests that the model asked for between its attempts.
    """
    own = tuple(attempt for attempt in attempts if not brought_along(attempt))
    model, search = (tuple(a for a in own if a.author == author) for author in ("llm", "builtin"))
    return Lift(
        model_attempts=len(model),
        search_attempts=len(search),
        model_trials=sum(attempt.trials for attempt in model) + probes,
        search_trials=sum(attempt.trials for attempt in search),
        model_sharpe=_best_sharpe(model),
        search_sharpe=_best_sharpe(search),
    )


def _best_sharpe(attempts: Sequence[Attempt]) -> float | None:
    measured = (a.validation.sharpe for a in attempts if a.validation is not None and a.failed_reason is None)
    return max((sharpe for sharpe in measured if sharpe is not None), default=None)
