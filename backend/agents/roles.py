"""Hands a language model to each of the roles that it plays in a session."""

from typing import TYPE_CHECKING

from backend.agents.crew import ModelRoles
from backend.agents.models.asking import LanguageModel

if TYPE_CHECKING:
    from backend.agents.llm.strategist import Toolbox


def roles_of(model: LanguageModel, toolbox: "Toolbox | None" = None) -> ModelRoles:
    """Strategist, understanding and analyst of one model; the strategist with tools, if there are any."""
    from backend.agents.llm.analyst import LlmAnalyst
    from backend.agents.llm.strategist import LlmStrategist
    from backend.agents.llm.understanding import LlmUnderstanding

    return ModelRoles(LlmStrategist(model, toolbox), LlmUnderstanding(model), LlmAnalyst(model))
