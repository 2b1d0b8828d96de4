"""Ends a turn before its time: says why, keeps it for a replay, and fails where there is nothing to conclude on."""

from backend.agents.budgets import Shortage, Spent, nearest
from backend.agents.desk import Desk
from backend.agents.state import SessionState
from backend.domain.conversation import Stop
from backend.domain.errors import BackproofError, BudgetSpent, MalformedOutput

LARGER = "resume it with a larger budget, e.g. `backproof sessions resume {} --budget-seconds 600`"
ANOTHER = "resume it to ask again, or use another model"


def end_early(desk: Desk, state: SessionState, name: str, short: Shortage) -> None:
    """Record at the step of that name that the turn ends, and why.

    Raises:
        BudgetSpent: nothing was tested, so there is nothing to conclude on.
        MalformedOutput: the same, because no reply of a model could be used.
    """
    spent = desk.spent(state)
    if not any(attempt.validation and not attempt.failed_reason for attempt in desk.attempts):
        raise _nothing_tested(desk, short, spent)
    done = state.get("iteration", 0)
    sentence = f"Ended after {done} of {desk.iterations} attempts: {short.sentence} Spent: {spent}."
    desk.record_stop(Stop(step=desk.step(name), kind=short.kind, message=sentence))


def end_unpaid(desk: Desk, state: SessionState, name: str, error: BudgetSpent) -> None:
    """End the turn because the model may not be asked again. Raises BudgetSpent, as above."""
    kind = nearest(desk.session.request.budget, desk.spent(state))
    end_early(desk, state, name, Shortage(kind, error.message))


def _nothing_tested(desk: Desk, short: Shortage, spent: Spent) -> BackproofError:
    sentence = f"Nothing was tested before the session had to end: {short.sentence} Spent: {spent}."
    if short.kind == "replies":
        return MalformedOutput(sentence, ANOTHER)
    return BudgetSpent(sentence, LARGER.format(desk.session.session_id))
