"""Whether a model can be used at all, asked before a session is stored."""

from backend.agents.models.clients import refuse_unknown_provider
from backend.agents.models.spending import refuse_unpriced
from backend.domain.models import Budget, ModelChoice


def refuse_unusable(choice: ModelChoice, budget: Budget) -> None:
    """Nobody is asked.

    Raises:
        InvalidInput: an unknown provider, one whose package is not installed, or a budget in dollars that cannot be
            kept because nobody stated the model's price.
    """
    refuse_unknown_provider(choice)
    refuse_unpriced(choice, budget)
