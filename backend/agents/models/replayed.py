"""The model of a replay, which is offered what it was offered then."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.agents.models.asking import Asker, LanguageModel, Prompt, Shape, Shaped
from backend.domain.errors import Conflict

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool


class ReplayedModel:
    """Finds out whether tools were offered: a setting of the machine on which the session ran, and not in its record.

    Args:
        recorded: answers from recorded replies alone.
    """

    def __init__(self, recorded: LanguageModel) -> None:
        self.choice = recorded.choice
        self._recorded = recorded

    def ask(self, asker: Asker, prompt: Prompt, shape: Shape[Shaped], tools: "Sequence[BaseTool]" = ()) -> Shaped:
        """One checked reply, made of recorded ones; see ``LanguageModel``. Raises Conflict where one is missing."""
        try:
            return self._recorded.ask(asker, prompt, shape, tools)
        except Conflict:
            if not tools:
                raise
        return self._recorded.ask(asker, prompt, shape)
