"""The analyst that asks a language model: it comments on built-in diagnoses and orders their changes, no more."""

from collections.abc import Mapping

from backend.agents.llm.telling import goal_text
from backend.agents.llm.wording import refuse_digits
from backend.agents.models.asking import Asker, LanguageModel, Message, Prompt, Shape
from backend.agents.prompts import filled, page
from backend.agents.strategist import Occasion
from backend.domain.errors import InvalidInput, MalformedOutput
from backend.domain.quoting import plain_text
from backend.domain.record import Record
from backend.domain.sessions import Change, ChangeKind, Diagnosis
from backend.search.context import SearchContext, TrainView
from backend.tools import attempts

LONGEST_COMMENT = 600
LONGEST_PLACE = 120
LONGEST_REASON = 200
MOST_CHANGES = 6


class SuggestedChange(Record):
    """A change of a kind that the search knows; ``place`` is a part of the strategy, or empty."""

    kind: ChangeKind
    place: str
    reason: str


class Comment(Record):
    """What the model makes of one attempt."""

    attempt: int
    comment: str
    suggested_changes: tuple[SuggestedChange, ...]


class Comments(Record):
    """A reply of the analyst."""

    comments: tuple[Comment, ...]


class LlmAnalyst:
    """Asks once for all attempts of a round; the built-in diagnosis stays the source of every fact."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def review(self, occasion: Occasion, context: SearchContext) -> Mapping[int, Diagnosis]:
        """The diagnoses of the attempts from ``occasion.n`` on, with comments; empty where the reply was no use.

        Raises:
            ModelAway, BudgetSpent, Cancelled, Conflict: see ``LanguageModel.ask``.
        """
        round_ = {view.n: view for view in context.attempts if view.n >= occasion.n and view.diagnosis}
        if not round_:
            return {}
        asker = Asker(occasion.session, occasion.step, "analyst", occasion.cancelled)
        shape = Shape("comments", Comments, lambda reply: _check(reply, round_))
        try:
            reply = self._model.ask(asker, prompt_of(context, tuple(round_)), shape)
        except MalformedOutput:
            return {}
        return {comment.attempt: _joined(round_[comment.attempt], comment) for comment in reply.comments}


def prompt_of(context: SearchContext, numbers: tuple[int, ...]) -> Prompt:
    """Rules first and always the same; then the goal, the table, and the attempts to comment on."""
    role = page("analyst")
    message = filled(
        role.message,
        {
            "goal": goal_text(context.goal),
            "table": attempts.table(context),
            "details": attempts.details_of(context, numbers),
            "numbers": ", ".join(map(str, numbers)),
        },
    )
    return Prompt(role.system, (Message("user", message),))


def _check(reply: Comments, asked: Mapping[int, TrainView]) -> None:
    seen: set[int] = set()
    for comment in reply.comments:
        place = f"attempt {comment.attempt}"
        if comment.attempt not in asked or comment.attempt in seen:
            listed = ", ".join(map(str, asked))
            raise InvalidInput(f"{place} was not asked for, or was commented on twice.", f"one each of: {listed}")
        seen.add(comment.attempt)
        refuse_digits(comment.comment, f"comment on {place}")
        for change in comment.suggested_changes:
            refuse_digits(change.reason, f"reason of {change.kind} in {place}")


def _joined(view: TrainView, comment: Comment) -> Diagnosis:
    """The built-in diagnosis with the comment; the model's changes first, then those that it left out."""
    built_in = view.diagnosis
    if built_in is None:
        raise ValueError(f"attempt {view.n} has no diagnosis")
    wished = [_change(change) for change in comment.suggested_changes[:MOST_CHANGES]]
    known = {(change.kind, change.place): change for change in built_in.suggested_changes}
    ordered = {(change.kind, change.place): known.get((change.kind, change.place), change) for change in wished}
    return built_in.model_copy(
        update={
            "comment": plain_text(comment.comment, LONGEST_COMMENT),
            "suggested_changes": tuple((ordered | known).values()),
        }
    )


def _change(change: SuggestedChange) -> Change:
    place, reason = plain_text(change.place, LONGEST_PLACE), plain_text(change.reason, LONGEST_REASON)
    return Change(kind=change.kind, place=place, reason=reason)
