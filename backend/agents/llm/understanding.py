"""Understanding with the help of a language model: rules read first, a model only what they had to leave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from backend.agents.llm.additions import MOST_ITEMS, STYLE_NAMES, Additions, Items
from backend.agents.models.asking import Asker, LanguageModel, Message, Prompt, Shape
from backend.agents.prompts import filled, page
from backend.agents.understanding import DataSpan, understand
from backend.agents.understanding.measures import MEASURES
from backend.domain.errors import MalformedOutput
from backend.domain.goal import Goal, Question
from backend.domain.ports import CancelRequested
from backend.domain.quoting import as_data
from backend.domain.sentiment import CHANNELS
from backend.domain.sessions import Session, SessionRequest

Merge = Callable[[Additions], None]
"""Puts additions to what the rules read; raises InvalidInput where the two contradict each other."""

_WRITING = {
    "share": "a fraction, 0.15 for 15 %",
    "rate": "a fraction, 0.15 for 15 %",
    "ratio": "a plain number",
    "count": "a whole number",
    "days": "whole days",
}


class LlmUnderstanding:
    """Reads a request by rules, and asks the model about the phrases that no rule could use."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def understand(
        self,
        session: Session,
        known_symbols: tuple[str, ...],
        data_span: DataSpan,
        step: str,
        cancelled: CancelRequested,
    ) -> Goal | Question:
        """A goal or a question, as the rules give it; what the model adds quotes the request and overrules nothing.

        Raises:
            InvalidInput: the rules find the request impossible, contradictory or not supported.
            ModelAway, BudgetSpent, Cancelled, Conflict: see ``LanguageModel.ask``.
        """
        request = session.request
        read = understand(request, known_symbols, data_span)
        goal = _goal_of(read)
        if not goal.not_understood:
            return read
        merging = _Merging(request, goal, known_symbols, data_span, read)
        asker = Asker(session, step, "understanding", cancelled)
        self._ask(asker, goal, request.text, goal.not_understood, merging.merge)
        return merging.result

    def refine(
        self, asker: Asker, goal: Goal, text: str, phrases: Sequence[str], merge: Merge = lambda _: None
    ) -> Additions:
        """What a model makes of ``phrases`` of a follow-up to ``goal``; nothing where its reply was no use.

        Args:
            asker: with the role ``understanding``.
            goal: of the session so far.
            text: what the user wrote now.
            phrases: those of ``text`` that no rule could use.
            merge: tries what the model says; its InvalidInput goes back to the model.

        Raises:
            ModelAway, BudgetSpent, Cancelled, Conflict: see ``LanguageModel.ask``.
        """
        return self._ask(asker, goal, text, tuple(phrases), merge) if phrases else Additions()

    def _ask(self, asker: Asker, goal: Goal, text: str, phrases: Sequence[str], merge: Merge) -> Additions:
        shape = Shape("items", Items, lambda reply: merge(Additions.of(reply.items, phrases)))
        try:
            reply = self._model.ask(asker, prompt_of(goal, text, phrases), shape)
        except MalformedOutput:
            return Additions()
        return Additions.of(reply.items, phrases)


@dataclass
class _Merging:
    """Reads a request anew with the additions as further phrases, so that the rules judge them too."""

    request: SessionRequest
    goal: Goal
    known_symbols: tuple[str, ...]
    data_span: DataSpan
    result: Goal | Question = field(init=True)

    def merge(self, additions: Additions) -> None:
        """Keep the goal that the rules read from the request and the additions together."""
        text = ". ".join([self.request.text, *additions.plain])
        read = understand(self.request.model_copy(update={"text": text}), self.known_symbols, self.data_span)
        left = additions.left_of(self.goal.not_understood)
        goal = _goal_of(read).model_copy(update={"request": self.request.text, "not_understood": left})
        self.result = read.model_copy(update={"goal": goal}) if isinstance(read, Question) else goal


def prompt_of(goal: Goal, text: str, phrases: Sequence[str]) -> Prompt:
    """What there is to ask for first and always the same; then the words of the user, as data."""
    role = page("understanding")
    metrics = "\n".join(f"- `{m.metric}`: {m.label}, {_WRITING[m.writing]}" for m in MEASURES.values())
    closed = {"metrics": metrics, "styles": ", ".join(STYLE_NAMES), "channels": ", ".join(CHANNELS)}
    system = filled(role.system, closed | {"most": str(MOST_ITEMS)})
    understood = goal.model_dump(mode="json", exclude={"request", "not_understood", "targets", "start", "end"})
    told = {name: part for name, part in understood.items() if part is not None}
    told |= {"targets": [str(target) for target in goal.targets]}
    message = filled(
        role.message, {"text": as_data(text), "understood": as_data(told), "phrases": as_data(list(phrases)[:40], 300)}
    )
    return Prompt(system, (Message("user", message),))


def _goal_of(read: Goal | Question) -> Goal:
    return read.goal if isinstance(read, Question) else read
