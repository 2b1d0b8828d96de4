"""What relative wishes start from: the goal so far, and the train figures of the attempt that was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from backend.domain.goal import Goal
from backend.domain.results import Metrics
from backend.domain.sentiment import Channel
from backend.domain.sessions import Attempt, Session
from backend.engine.calendar import trading_calendar
from backend.search.objective import complexity
from backend.services.turns import chosen_before


@dataclass(frozen=True)
class Basis:
    """Of validation and hold-out it knows the lengths alone.

    Attributes:
        at_hand: channels whose posts the session has.
        n: number of the attempt that the figures are of; None before one was measured.
        lengths: trading sessions of train, validation and hold-out; None before the history was cut.
        iterations: attempts that a turn makes where nothing is said.
    """

    goal: Goal
    at_hand: tuple[Channel, ...]
    n: int | None
    train: Metrics | None
    complexity: int | None
    lengths: tuple[int, int, int] | None
    iterations: int

    @classmethod
    def of(cls, session: Session, attempts: Sequence[Attempt]) -> Self:
        """Of a session that has a goal."""
        assert session.goal is not None
        found = _measured(session, attempts)
        return cls(
            goal=session.goal,
            at_hand=tuple(link.channel for link in session.datasets),
            n=found.n if found else None,
            train=found.train if found else None,
            complexity=complexity(found.tested) if found else None,
            lengths=_lengths(session),
            iterations=session.request.iterations,
        )


def _measured(session: Session, attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt that was chosen last, else the last one that was measured."""
    measured = [attempt for attempt in attempts if attempt.train is not None and attempt.spec is not None]
    chosen = chosen_before(session)
    return next((a for a in measured if a.attempt_id == chosen), measured[-1] if measured else None)


def _lengths(session: Session) -> tuple[int, int, int] | None:
    if session.periods is None:
        return None
    cut = (session.periods.train, session.periods.validation, session.periods.holdout)
    train, validation, holdout = (len(trading_calendar(period.start, period.end).sessions) for period in cut)
    return train, validation, holdout
