"""What a language model helps with in a conversation: other words for the rules, and words around stored values."""

from collections.abc import Callable, Sequence

from backend.agents.conversation.answers.teller import Teller
from backend.agents.conversation.facts import Told
from backend.agents.llm.answering import AnswerKey, LlmAnswering
from backend.agents.llm.understanding import LlmUnderstanding
from backend.agents.models.asking import Asker, LanguageModel
from backend.domain.errors import BudgetSpent, Conflict, MalformedOutput, ModelAway
from backend.domain.models import Role
from backend.domain.ports import never
from backend.domain.sessions import Session

NO_HELP = (MalformedOutput, ModelAway, BudgetSpent, Conflict)
"""Ways in which a model does not help; a conflict is one with the settings."""

FIRST_KEYS = ("verdict.", "chosen.", "holdout.", "goal.", "session.", "period.")


class ModelHelp:
    """Without an answer, without a budget or with a reply of no use, the rules do it alone.

    Args:
        model: gives that of the session, when it is needed.
    """

    def __init__(self, model: Callable[[], LanguageModel]) -> None:
        self._model = model

    def rephrased(self, session: Session, text: str, leftovers: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """What the model found in ``leftovers``, in words that the rules read, and what it made nothing of."""
        if session.goal is None:
            return None
        try:
            asker = _asker(session, "understanding")
            found = LlmUnderstanding(self._model()).refine(asker, session.goal, text, leftovers)
        except NO_HELP:
            return None
        return (". ".join(found.plain), found.left_of(leftovers)) if found.plain else None

    def answered(self, session: Session, text: str, told: Told) -> str | None:
        """The model's words with stored values in them; it was shown train values alone."""
        teller = Teller.of(told)
        keys = sorted(teller.facts, key=lambda key: not key.startswith(FIRST_KEYS))
        shown = [AnswerKey(key, (fact := teller.facts[key]).about, fact.text if fact.train else None) for key in keys]
        try:
            parts = LlmAnswering(self._model()).answer(_asker(session, "answering"), text, shown)
        except NO_HELP:
            return None
        if parts is None:
            return None
        return "".join(teller.text(part.text) if part.kind == "value" else part.text for part in parts)


def _asker(session: Session, role: Role) -> Asker:
    return Asker(session, f"t{len(session.turns) + 1}.{role}", role, never)
