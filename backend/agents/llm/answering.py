"""Answers with the help of a language model: it chooses words and keys, the program fills in every number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from backend.agents.llm.wording import refuse_digits
from backend.agents.models.asking import Asker, LanguageModel, Message, Prompt, Shape
from backend.agents.prompts import filled, page
from backend.domain.errors import BudgetSpent, InvalidInput, MalformedOutput, ModelAway
from backend.domain.quoting import as_data, plain_text
from backend.domain.record import Record
from backend.domain.suggestions import did_you_mean

MOST_KEYS = 200
MOST_PARTS = 24
LONGEST_ANSWER = 1_200
LONGEST_WORDS = 600


@dataclass(frozen=True)
class AnswerKey:
    """A stored value that an answer may name.

    Attributes:
        value: as it is shown to people; None where a model may not read it, which is everything but train.
    """

    key: str
    description: str
    value: str | None = None


@dataclass(frozen=True)
class Part:
    """A piece of an answer: plain words without a digit, or the key of the value that stands here."""

    kind: Literal["text", "value"]
    text: str


class WrittenPart(Record):
    """As a model writes it: either words or a key, the other null."""

    words: str | None = Field(default=None, pattern=r"^[^0-9]*$")
    key: str | None = None


class Answer(Record):
    """A reply; no parts where the keys do not answer the question."""

    parts: tuple[WrittenPart, ...]


class LlmAnswering:
    """Asks the model for words around stored values; it never sees those that it may not know."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def answer(self, asker: Asker, question: str, keys: Sequence[AnswerKey]) -> tuple[Part, ...] | None:
        """The parts in their order; None where the model could not help, for whatever reason.

        Args:
            asker: with the role ``answering``.
            question: as the user wrote it.
            keys: what can be answered from, the most important first; at most 200 are shown.

        Raises:
            Cancelled, Conflict: see ``LanguageModel.ask``.
        """
        known = {key.key: key for key in keys[:MOST_KEYS]}
        shape = Shape("answer", Answer, lambda reply: _check(reply, tuple(known)))
        try:
            reply = self._model.ask(asker, prompt_of(question, tuple(known.values())), shape)
        except (MalformedOutput, ModelAway, BudgetSpent):
            return None
        return tuple(_part(part) for part in reply.parts) or None


def prompt_of(question: str, keys: Sequence[AnswerKey]) -> Prompt:
    """Rules first and always the same; then the keys, and the question as data."""
    role = page("answering")
    listed = "\n".join(_line(key) for key in keys) or "none"
    message = filled(role.message, {"keys": listed, "question": as_data(question)})
    return Prompt(role.system, (Message("user", message),))


def _line(key: AnswerKey) -> str:
    value = f" = {as_data(key.value, 80)}" if key.value is not None else ""
    return f"- {key.key}: {as_data(key.description, 160)}{value}"


def _check(reply: Answer, keys: Sequence[str]) -> None:
    if len(reply.parts) > MOST_PARTS or sum(len(part.words or "") for part in reply.parts) > LONGEST_ANSWER:
        raise InvalidInput("The answer is too long.", f"at most {MOST_PARTS} parts and {LONGEST_ANSWER} characters")
    for part in reply.parts:
        if (part.words is None) == (part.key is None):
            raise InvalidInput("A part has either words or a key.", "write null for the other")
        if part.words is not None:
            refuse_digits(part.words, "words")
        elif part.key not in keys:
            hint = did_you_mean(part.key or "", keys) or "use the keys as they are listed"
            raise InvalidInput(f'There is no key "{(part.key or "")[:80]}".', hint)


def _part(part: WrittenPart) -> Part:
    if part.key is not None:
        return Part("value", part.key)
    words = part.words or ""
    before, after = (" " if words[:1].isspace() else ""), (" " if words[-1:].isspace() else "")
    return Part("text", f"{before}{plain_text(words, LONGEST_WORDS)}{after}")
