"""Hands a language model to each of the roles that it plays in a session."""

from backend.agents.crew import ModelRoles
from backend.agents.models.asking import LanguageModel


def roles_of(model: LanguageModel) -> ModelRoles:
    """Strategist, understanding and analyst of one model."""
    from backend.agents.llm.analyst import LlmAnalyst
    from backend.agents.llm.strategist import LlmStrategist
    from backend.agents.llm.understanding import LlmUnderstanding

    return ModelRoles(LlmStrategist(model), LlmUnderstanding(model), LlmAnalyst(model))
