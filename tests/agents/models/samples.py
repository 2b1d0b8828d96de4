"""A question to a model and what it takes to ask it: a small form, a session on a real store, a connection."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field, SecretStr

from backend.agents.models.asking import Asker, Message, Prompt, Shape
from backend.agents.models.language_model import ChatModel, Connection
from backend.domain.errors import InvalidInput
from backend.domain.models import ModelCall, ModelChoice, ModelPrice
from backend.domain.record import Record
from backend.domain.sessions import Session, SessionRequest
from backend.stores import Stores
from tests.servers.openai_server import KEY, MODEL, OpenAIServer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OWNER = "me"
PROMPT = Prompt("You describe trading rules.", (Message("user", "One idea about AAPL, please."),))
PRICE = ModelPrice(input=1.0, output=10.0, cached_input=0.5)
MODES = ("structured", "tools", "plain")


class Leg(Record):
    """One condition."""

    when: str
    above: float | None = None


class Idea(Record):
    """A trading rule in words."""

    title: str
    side: Literal["long", "short"]
    legs: tuple[Leg, ...] = Field(min_length=1)
    note: str | None = None


IDEA = {"title": "Trend", "side": "long", "legs": [{"when": "close over its average", "above": 1.5}], "note": None}


def refuse_hype(idea: Idea) -> None:
    """What no schema can say."""
    if "moon" in idea.title:
        raise InvalidInput("title: the word moon is hype\n  To the moon\n         ^", 'did you mean "month"?')


SHAPE = Shape("idea", Idea, refuse_hype)


def choice(server: OpenAIServer | None = None, **facts: Any) -> ModelChoice:
    """The model of a local server."""
    given = {"provider": "openai", "name": MODEL, "endpoint": server.url if server else "", "price": PRICE} | facts
    return ModelChoice.model_validate(given)


class Desk:
    """A session of ``OWNER`` on a store of its own, and the model that it may ask."""

    def __init__(self, stores: Stores, **request: Any) -> None:
        self.stores = stores
        asked = SessionRequest.model_validate({"text": "an idea"} | request)
        self.session = Session(
            session_id="ses_1", owner=OWNER, request=asked, status="running", strategist="llm", created_at=NOON
        )
        stores.sessions.add_session(self.session)
        self.stopped = False

    def asker(self, step: str = "0001.propose", cancelled: Callable[[], bool] | None = None) -> Asker:
        """On behalf of the session."""
        return Asker(self.session, step, "strategist", cancelled or (lambda: self.stopped))

    def model(self, chosen: ModelChoice, **connection: Any) -> ChatModel:
        """A model that is really called."""
        given: dict[str, Any] = {"key": SecretStr(KEY), "timeout": 30.0} | connection
        known = Connection(**given)
        return ChatModel(chosen, known, self.stores.models, lambda: NOON)

    @property
    def calls(self) -> list[ModelCall]:
        """What was written down."""
        return list(self.stores.models.list_calls(OWNER, "ses_1"))
