"""A language model that says what a test wrote down, with the validation and the repairs that every model gets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from langchain_core.tools import BaseTool
from pydantic import ValidationError

from backend.agents.models.asking import Asker, Prompt, Shape, Shaped
from backend.domain.errors import BackproofError, InvalidInput, MalformedOutput
from backend.domain.models import ModelChoice
from backend.domain.sessions import Session, SessionRequest

REPAIRS = 2
CHOICE = ModelChoice(provider="openai", name="scripted-model")
SESSION = Session(
    session_id="ses_000000000001",
    owner="local",
    request=SessionRequest(text="momentum on AAPL"),
    status="running",
    strategist="openai:scripted-model",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@dataclass
class ScriptedModel:
    """Answers with the next reply: a document, or an error that is raised.

    Attributes:
        asked: the prompts, one an ``ask``.
        told: what was sent back about replies that could not be used.
        tools: those that came with the latest ``ask``.
    """

    replies: list[Any]
    choice: ModelChoice = CHOICE
    asked: list[Prompt] = field(default_factory=list)
    askers: list[Asker] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    tools: Sequence[BaseTool] = ()

    def ask(self, asker: Asker, prompt: Prompt, shape: Shape[Shaped], tools: Sequence[BaseTool] = ()) -> Shaped:
        self.asked.append(prompt)
        self.askers.append(asker)
        self.tools = tools
        for _ in range(REPAIRS + 1):
            reply = self.replies.pop(0)
            if isinstance(reply, BackproofError):
                raise reply
            try:
                record = shape.record.model_validate(reply)
                shape.check(record)
            except (ValidationError, InvalidInput) as error:
                self.told.append(str(error) + getattr(error, "hint", ""))
            else:
                return record
        raise MalformedOutput("The reply cannot be used.", self.told[-1])
