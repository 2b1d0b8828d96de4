"""What a role hands over to ask a language model something, and what it gets back: the words of the model layer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from backend.domain.models import ModelChoice, Role
from backend.domain.ports import CancelRequested
from backend.domain.record import Record
from backend.domain.sessions import Session

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

Shaped = TypeVar("Shaped", bound=Record)


@dataclass(frozen=True)
class Message:
    """One message of a prompt; what comes from outside stands in ``user`` messages, marked as data."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Prompt:
    """What a model reads, the stable part first, so that its maker's prompt cache has it.

    Attributes:
        system: the same text in every call of a role.
        messages: what differs from call to call, the newest last.
    """

    system: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Shape(Generic[Shaped]):
    """What a reply must be.

    Attributes:
        name: of the schema, in letters, digits and underscores.
        record: the closed record that a strict schema is made from; unknown fields are refused.
        check: raises InvalidInput for what the schema cannot say; its message and hint go back to the model.
    """

    name: str
    record: type[Shaped]
    check: Callable[[Shaped], None] = lambda _: None


@dataclass(frozen=True)
class Asker:
    """On whose behalf a model is asked.

    Attributes:
        step: the step of the session, e.g. ``0003.propose``; calls are counted by it.
        cancelled: polled while the reply is waited for.
    """

    session: Session
    step: str
    role: Role
    cancelled: CancelRequested


class LanguageModel(Protocol):
    """A language model that keeps to a session's budget."""

    choice: ModelChoice

    def ask(self, asker: Asker, prompt: Prompt, shape: Shape[Shaped], tools: "Sequence[BaseTool]" = ()) -> Shaped:
        """One checked reply.

        Each call is reserved before it is made and settled after it; a reply that cannot be used goes back with the
        reason, at most twice. Calls of ``tools`` are carried out and answered, a bounded number of times.

        Raises:
            BudgetSpent: the next call might exceed the session's budget; it was not made.
            MalformedOutput: the reply cannot be used, repairs included.
            ModelAway: the model does not answer, or refuses the key.
            Conflict: a replay met a request without a recorded reply.
            Cancelled: ``asker.cancelled`` returned True; within a second of it.
        """
