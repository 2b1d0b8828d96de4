"""Starts a session with its strategist, its model and its budget, or refuses it before anything is stored."""

from dataclasses import dataclass

from backend.agents.models.usable import refuse_unusable
from backend.domain.errors import InvalidInput
from backend.domain.models import Budget, ModelChoice
from backend.domain.sessions import BUILT_IN, Session, SessionRequest, StrategistName
from backend.services.sessions import Sessions


@dataclass(frozen=True)
class ModelTerms:
    """What this machine says about language models.

    Attributes:
        choice: the model that is asked.
        budget: what a session may spend, where the request does not say.
        lacks_key: whether the model cannot be asked.
    """

    choice: ModelChoice
    budget: Budget
    lacks_key: bool


def open_session(sessions: Sessions, owner: str, request: SessionRequest, terms: ModelTerms) -> Session:
    """Store a new session.

    Raises:
        InvalidInput: it wants a model that has no key or cannot be used, or a budget in dollars that nobody can keep.
    """
    if request.strategist == "builtin":
        return sessions.open(owner, request, BUILT_IN)
    if terms.lacks_key:
        raise InvalidInput(
            f"The strategist {request.strategist} asks {terms.choice.label}, and OPENAI_API_KEY is not set.",
            "set it, or set OPENAI_BASE_URL alone for a server that answers like OpenAI, such as Ollama; "
            "or let built-in search propose: `--strategist builtin`",
        )
    budget = _filled(request.budget, terms.budget)
    refuse_unusable(terms.choice, budget)
    stated = request.model_copy(update={"budget": budget})
    return sessions.open(owner, stated, named(request.strategist, terms.choice), terms.choice)


def named(strategist: StrategistName, choice: ModelChoice) -> str:
    """Who proposes, as it is shown wherever the work is shown."""
    return {"builtin": BUILT_IN, "llm": choice.label, "both": f"{BUILT_IN} and {choice.label}"}[strategist]


def _filled(stated: Budget, usual: Budget) -> Budget:
    """The stated budget with the usual one where it says nothing."""
    return usual.model_copy(update=stated.model_dump(exclude_none=True))
