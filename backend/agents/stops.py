"""Ends a turn before its time, or goes on without the model: keeps the stop, so that a replay does the same."""

from backend.agents.budgets import Shortage, Spent, nearest
from backend.agents.desk import Desk
from backend.agents.state import SessionState
from backend.domain.conversation import Stop, StopKind
from backend.domain.errors import BackproofError, BudgetSpent, MalformedOutput, ModelAway
from backend.domain.sessions import Session

LARGER: dict[StopKind, str] = {
    "tokens": "--budget-tokens 200000",
    "usd": "--budget-usd 5",
    "seconds": "--budget-seconds 600",
    "backtests": "--budget-backtests 2000",
}
"""How a part of the budget is stated anew."""

ALONE = "The language model does not answer, so built-in search goes on alone: {}"


def obey(desk: Desk, name: str) -> Stop | None:
    """What was recorded of the step of that name, told anew; None where nothing was.

    Raises:
        BackproofError: the session failed there.
    """
    stop = desk.stop_at(name)
    if stop is not None:
        _settle(desk, stop)
    return stop


def end_early(desk: Desk, state: SessionState, name: str, short: Shortage) -> None:
    """Record at the step of that name that the turn ends, and why.

    Raises:
        BudgetSpent: nothing was tested, so there is nothing to conclude on.
        MalformedOutput: the same, because no reply of a model could be used.
    """
    spent = desk.spent(state)
    done = f"{state.get('iteration', 0)} of {desk.iterations} attempts" if _tested(desk) else "anything was tested"
    when = "after" if _tested(desk) else "before"
    _settle(desk, Stop(step=desk.step(name), kind=short.kind, message=_ended(f"{when} {done}", short, spent)))


def end_unpaid(desk: Desk, state: SessionState, name: str, error: BudgetSpent) -> None:
    """End the turn because the model may not be asked again. Raises BudgetSpent, as above."""
    kind = nearest(desk.session.request.budget, desk.spent(state))
    end_early(desk, state, name, Shortage(kind, error.message))


def go_on_alone(desk: Desk, name: str, message: str, hint: str = "") -> None:
    """Record that the model is away at the step of that name.

    Raises:
        ModelAway: the session has nobody else who proposes; ``hint`` says what may help.
    """
    _settle(desk, Stop(step=desk.step(name), kind="outage", message=message), hint)


def away_message(session: Session, error: ModelAway) -> str:
    """What is told about an outage: why the session failed, or that it goes on."""
    return ALONE.format(error.message) if session.request.strategist == "both" else error.message


def _settle(desk: Desk, stop: Stop, hint: str = "") -> None:
    """Keep the stop, and fail where the session cannot go on or conclude."""
    failed = _failure(desk, stop, hint)
    desk.record(stop, noticed=failed is None)
    if failed is not None:
        raise failed


def _failure(desk: Desk, stop: Stop, hint: str) -> BackproofError | None:
    command = f"backproof sessions resume {desk.session.session_id}"
    if stop.kind == "outage":
        kept = ModelAway(stop.message, f"{hint or 'wait until it answers'}; then resume it: `{command}`")
        return None if desk.session.request.strategist == "both" else kept
    if _tested(desk):
        return None
    if stop.kind == "replies":
        return MalformedOutput(
            stop.message, f"ask another model, state the request in other words, or resume it: `{command}`"
        )
    return BudgetSpent(stop.message, f"resume it with a larger budget: `{command} {LARGER[stop.kind]}`")


def _tested(desk: Desk) -> bool:
    return any(attempt.validation and not attempt.failed_reason for attempt in desk.attempts)


def _ended(when: str, short: Shortage, spent: Spent) -> str:
    return f"Ended {when}: {short.sentence} Spent: {spent}."
