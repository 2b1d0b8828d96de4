"""A conversation: what was said in a session, turn by turn, and what each turn came to."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from backend.domain.goal import Goal
from backend.domain.record import Record, Text
from backend.domain.verdict import Holdout, NullLeague, Verdict

TurnKind = Literal["request", "refinement", "question", "elsewhere", "unclear"]
"""What a turn was: the first request; a changed goal that iterates on; a question that stored numbers answer; a wish
that needs other data and goes on in a session of its own; or something that could not be understood."""


StopKind = Literal["tokens", "usd", "seconds", "backtests", "outage", "replies"]
"""What ran out: a part of the budget, a model that answers, or the patience with replies that cannot be used."""


class Stop(Record):
    """Where work ended before its time, or went on without the model; a replay ends in the same places.

    Attributes:
        step: of the session, e.g. ``0005.propose``.
        message: one sentence for people.
    """

    step: str
    kind: StopKind
    message: str

    @property
    def turn(self) -> int:
        """Number of the turn whose step it is, as ``Turn.step`` names it."""
        tag = self.step.partition(".")[0]
        return int(tag[1:]) if tag.startswith("t") and tag[1:].isdigit() else 1


class Lift(Record):
    """What the model added to search alone, in a session where both proposed: by validation Sharpe of the best each.

    Attributes:
        model_attempts, search_attempts: how many each of the two made.
        model_trials, search_trials: backtests behind them, those that the model asked for between attempts included.
        model_sharpe, search_sharpe: best validation Sharpe of each; None where none was measured.
    """

    model_attempts: int
    search_attempts: int
    model_trials: int
    search_trials: int
    model_sharpe: float | None
    search_sharpe: float | None

    @property
    def comparable(self) -> bool:
        """Whether both made as many attempts, up to the last one: the best of more is better by luck alone."""
        return abs(self.model_attempts - self.search_attempts) <= 1

    @property
    def difference(self) -> float | None:
        """The model's best less search's best; None where one has none, and where one had more tries at it."""
        if self.model_sharpe is None or self.search_sharpe is None or not self.comparable:
            return None
        return self.model_sharpe - self.search_sharpe


class Ending(Record):
    """What a session came to at the end of one turn; a later turn does not change it.

    Attributes:
        attempts: number of the last attempt that this turn could choose from.
    """

    chosen: str | None
    attempts: int
    trials: int
    effective_trials: float
    verdict: Verdict
    holdout: Holdout | None = None
    null_league: NullLeague | None = None
    lift: Lift | None = None
    notices: tuple[str, ...] = ()


class Turn(Record):
    """One thing that the user said, and the answer.

    Attributes:
        n: from 1; the first is the request itself.
        goal: what the attempts of this turn are held against, in the session of ``session_id`` where that is stated;
            None where it makes none.
        first_attempt: number of the first attempt that this turn makes.
        iterations: attempts that it may make; 0 for a question.
        understood: what the words changed, in words of the program.
        answer: what was said back; empty while it runs.
        session_id: the session in which it goes on when it needs other data.
        ending: None until the turn has reached a verdict, and for a question.
    """

    n: int = Field(ge=1)
    kind: TurnKind
    text: Text = Field(min_length=1, max_length=2000)
    at: datetime
    goal: Goal | None = None
    first_attempt: int = 1
    iterations: int = 0
    understood: tuple[str, ...] = ()
    answer: str = ""
    session_id: str | None = None
    ending: Ending | None = None

    def step(self, name: str) -> str:
        """The key of a step of this turn: steps of the first are named as in a session without follow-ups."""
        return name if self.n == 1 else f"t{self.n}.{name}"

    def thread(self, session_id: str) -> str:
        """The thread of this turn's checkpoints."""
        return session_id if self.n == 1 else f"{session_id}.t{self.n}"
