"""Sessions over HTTP: what opens and goes on with one, and how it is shown."""

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from backend.api.documents.body import Body
from backend.domain.conversation import Stop, TurnKind
from backend.domain.execution import Execution
from backend.domain.goal import Goal
from backend.domain.jobs import JobStatus
from backend.domain.models import Budget, ModelChoice
from backend.domain.periods import Periods
from backend.domain.record import Record, Text
from backend.domain.sentiment import DatasetLink
from backend.domain.session_lines import UnreadableSession
from backend.domain.sessions import Attempt, SessionRequest, Status, StrategistName, Timings, Usage
from backend.domain.verdict import Holdout, NullLeague, Outcome, Verdict

MOST_SYMBOLS = 100
LONGEST_TEXT = 2000


class SessionBody(Body):
    """A request for a strategy, with what is stated beside it.

    Attributes:
        request: in the user's words; what is stated in other fields need not be in it.
        symbols: to trade, such as ``AAPL``.
        start, end: first and last day, such as ``2005-01-03``.
        timeframe: length of a bar, such as ``1d``.
        without: sentiment channels to leave out.
        strategist: who proposes; as in the settings where nothing is stated.
        iterations: attempts at most.
        budget: what the session may spend; as in the settings where nothing is stated.
        seed: the same seed and data give the same session.
        execution: capital, costs and rules of filling.
    """

    request: Text = Field(min_length=1, max_length=LONGEST_TEXT)
    symbols: tuple[str, ...] = Field(default=(), max_length=MOST_SYMBOLS)
    start: str | None = Field(default=None, max_length=40)
    end: str | None = Field(default=None, max_length=40)
    timeframe: str | None = Field(default=None, max_length=40)
    without: tuple[str, ...] = Field(default=(), max_length=MOST_SYMBOLS)
    strategist: StrategistName | None = None
    iterations: int = Field(default=8, ge=1, le=200)
    budget: Budget = Budget()
    seed: int = Field(default=0, ge=0, lt=2**32)
    execution: Execution = Execution()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self.stated("builtin")
        return self

    def stated(self, usual: StrategistName) -> SessionRequest:
        """The request as a record.

        Args:
            usual: who proposes where nothing is stated.
        """
        same = {name: getattr(self, name) for name in SessionRequest.model_fields if name in type(self).model_fields}
        return SessionRequest(**same | {"text": self.request, "strategist": self.strategist or usual})


class MessageBody(Body):
    """Something to say in a session.

    Attributes:
        text: a refinement ("less drawdown"), a question ("why was it rejected?") or "go on".
        iterations: attempts to make where the words name no number; as many as at the beginning where it is left out.
    """

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    iterations: int | None = Field(default=None, ge=1, le=200)


class ResumeBody(Body):
    """How a session goes on.

    Attributes:
        budget: replaces those parts of the session's that it states.
    """

    budget: Budget = Budget()


class SessionQueued(Record):
    """A session that is being worked on.

    Attributes:
        job_id: of the job that runs it.
        status: of that job.
    """

    session_id: str
    job_id: str
    status: JobStatus


class SessionLine(Record):
    """A session in a list.

    Attributes:
        interrupted: it counts as running, but nobody runs it; it can be resumed.
        outcome: of its verdict; null before there is one.
    """

    session_id: str
    status: Status
    interrupted: bool
    request: str
    outcome: Outcome | None
    created_at: datetime
    bot_id: str | None


class SessionPage(Record):
    """Sessions, newest first.

    Attributes:
        unreadable: those of this page whose stored rows are damaged, or of another version.
        next: cursor of the next page; null on the last.
    """

    sessions: tuple[SessionLine, ...]
    unreadable: tuple[UnreadableSession, ...]
    next: str | None


class LiftDocument(Record):
    """What the model added to search alone, in a session where both proposed: by validation Sharpe of the best each.

    Attributes:
        model_attempts, search_attempts: how many each of the two made.
        model_trials, search_trials: backtests behind them.
        model_sharpe, search_sharpe: best validation Sharpe of each; null where none was measured.
        difference: the model's less search's; null where the two do not compare.
    """

    model_attempts: int
    search_attempts: int
    model_trials: int
    search_trials: int
    model_sharpe: float | None
    search_sharpe: float | None
    difference: float | None


class EndingDocument(Record):
    """What a session came to at the end of one turn; a later turn does not change it.

    Attributes:
        attempts: number of the last attempt that this turn could choose from.
    """

    chosen: str | None
    attempts: int
    trials: int
    effective_trials: float
    verdict: Verdict
    holdout: Holdout | None
    null_league: NullLeague | None
    lift: LiftDocument | None
    notices: tuple[str, ...]


class TurnDocument(Record):
    """One thing that the user said, and the answer.

    Attributes:
        n: from 1; the first is the request itself.
        goal: what the attempts of this turn are held against; null where it makes none.
        first_attempt: number of the first attempt that this turn makes.
        iterations: attempts that it may make; 0 for a question.
        understood: what the words changed, in words of the program.
        answer: what was said back; empty while it runs.
        session_id: the session in which it goes on when it needs other data.
        ending: null until the turn has reached a verdict, and for a question.
    """

    n: int
    kind: TurnKind
    text: str
    at: datetime
    goal: Goal | None
    first_attempt: int
    iterations: int
    understood: tuple[str, ...]
    answer: str
    session_id: str | None
    ending: EndingDocument | None


class SessionDocument(Record):
    """Everything about a session; what is not known yet is null or empty.

    Goal, verdict and everything that a verdict names are those of the latest turn.

    Attributes:
        interrupted: it counts as running, but nobody runs it; it can be resumed.
        job_id: of the job that is to run it or runs it; null where there is none.
        chosen: ``attempt_id`` of the attempt that the verdict is about.
        trials: evaluated sets of numbers, all turns together.
        effective_trials: how many independent strategies these amount to.
        continues: the session that this one carries on with other data.
    """

    session_id: str
    status: Status
    interrupted: bool
    job_id: str | None
    strategist: str
    request: str
    seed: int
    question: str | None
    goal: Goal | None
    periods: Periods | None
    notices: tuple[str, ...]
    datasets: tuple[DatasetLink, ...]
    data_hash: str | None
    engine_version: str | None
    execution: Execution
    attempts: tuple[Attempt, ...]
    chosen: str | None
    trials: int
    effective_trials: float
    holdout: Holdout | None
    verdict: Verdict | None
    null_league: NullLeague | None
    usage: Usage
    timings: Timings
    bot_id: str | None
    failed_reason: str | None
    model: ModelChoice | None
    budget: Budget
    lift: LiftDocument | None
    turns: tuple[TurnDocument, ...]
    continues: str | None
    stops: tuple[Stop, ...]


class TurnAnswered(Record):
    """A turn that stored numbers answered; nothing runs.

    Attributes:
        session_id: in which it was said.
    """

    session_id: str
    turn: TurnDocument


class TurnQueued(SessionQueued):
    """A turn that is being worked on.

    Attributes:
        session_id: the session that goes on; another one than was spoken to where the words need other data.
        turn: null where a turn that was stopped is taken up again.
    """

    turn: TurnDocument | None


class CancelAnswer(Record):
    """A session that was asked to stop.

    Attributes:
        status: ``cancelled`` where nobody had begun to work on it, otherwise ``running`` until its worker has stopped.
    """

    session_id: str
    status: Status
    cancel_requested: bool
