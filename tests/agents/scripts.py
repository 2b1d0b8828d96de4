"""Strategists that answer from a list, in the place of a language model, for tests of the loop around them."""

from collections.abc import Sequence
from dataclasses import replace

from backend.agents.crew import ModelRoles
from backend.agents.strategist import Occasion, Refused
from backend.bootstrap import Application
from backend.domain.errors import BackproofError
from backend.domain.models import ModelChoice
from backend.domain.sessions import Candidate, Session, SessionRequest
from backend.domain.spec import Parameter, StrategySpec
from backend.search.context import SearchContext

CHOICE = ModelChoice(provider="openai", name="scripted")

Answer = Sequence[Candidate | Refused] | BackproofError


def candidate(window: int, **fields: object) -> Candidate:
    """A strategy above its average of so many closes."""
    spec = StrategySpec(
        name=f"Above the average of {window}",
        long_entry="close > sma(close, window)",
        long_exit="close < sma(close, window)",
        parameters=(Parameter(name="window", value=window, low=5, high=200, kind="int"),),
    )
    given = {"spec": spec, "family": "freeform", "parent": None, "origin": "proposed"} | fields
    return Candidate.model_validate(given)


class Script:
    """A strategist that gives its answers in turn, the last one again and again; an error is raised."""

    name = CHOICE.label

    def __init__(self, *answers: Answer) -> None:
        self._answers = answers
        self.asked: list[tuple[SearchContext, Occasion]] = []

    def propose(self, context: SearchContext, occasion: Occasion) -> tuple[Candidate | Refused, ...]:
        self.asked.append((context, occasion))
        answer = self._answers[min(len(self.asked), len(self._answers)) - 1]
        if isinstance(answer, BackproofError):
            raise answer
        return tuple(answer)


def with_model(app: Application, script: Script) -> Application:
    """The application with ``script`` as the model of every session."""
    crew = replace(app.crew, roles=lambda _: ModelRoles(script))
    object.__setattr__(app, "crew", crew)
    return app


def opened(app: Application, request: SessionRequest) -> Session:
    """A stored session with the scripted model."""
    return app.sessions.open(app.owner, request, CHOICE.label, CHOICE)
