"""A session: its attempts, events and everything it reports."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, field_validator

from backend.domain.conversation import Lift, Stop, Turn
from backend.domain.execution import Execution
from backend.domain.goal import Goal
from backend.domain.models import Budget, ModelChoice
from backend.domain.periods import Periods
from backend.domain.record import Record, Text
from backend.domain.results import Metrics, YearFigures
from backend.domain.sentiment import DatasetLink
from backend.domain.spec import StrategySpec
from backend.domain.verdict import Holdout, NullLeague, Verdict

Status = Literal["running", "done", "needs_input", "cancelled", "failed"]
EventType = Literal[
    "session.started",
    "goal.understood",
    "question.asked",
    "data.progress",
    "dataset.ready",
    "attempt.proposed",
    "attempt.progress",
    "attempt.backtested",
    "attempt.analysed",
    "notice",
    "message.delta",
    "verdict.reached",
    "session.ended",
]

StrategistName = Literal["builtin", "llm", "both"]
"""Who proposes: the rule-based search, a language model, or both in one tournament."""

Author = Literal["builtin", "llm"]
"""Who proposed one strategy."""

BUILT_IN = "built-in search (rule-based, no language model)"
"""How that search is named wherever its work is shown."""

LimitingFactor = Literal[
    "too_few_trades", "drawdown_too_deep", "cost_dominated", "thin_sentiment", "weak_edge", "return_too_low", "none"
]


class SessionRequest(Record):
    """What the user asked, word for word, with what was stated beside it."""

    text: Text = Field(min_length=1, max_length=2000)
    symbols: tuple[str, ...] = ()
    start: str | None = None
    end: str | None = None
    timeframe: str | None = None
    without: tuple[str, ...] = ()
    iterations: int = Field(default=8, ge=1, le=200)
    seed: int = Field(default=0, ge=0, lt=2**32)
    strategist: StrategistName = "builtin"
    budget: Budget = Budget()
    execution: Execution = Execution()

    @field_validator("execution")
    @classmethod
    def _as_traded_here(cls, execution: Execution) -> Execution:
        if execution.profile != "default":
            raise ValueError(
                f"the profile {execution.profile} repeats what another backtester would show and proves nothing; "
                "use it for a direct backtest"
            )
        return execution


class Usage(Record):
    """What a session consumed, all turns together; reads and calls of the loop are counted after prefetching.

    Attributes:
        calls: of a language model, those answered by a recorded reply left out.
        tokens_cached: those of ``tokens_in`` that the maker's prompt cache had.
        usd: US dollars for the model; 0 where nobody stated a price.
        recorded_calls: answered by a recorded reply, at no cost.
        backtests: evaluated sets of numbers.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    usd: float = 0.0
    recorded_calls: int = 0
    backtests: int = 0
    source_calls: int = 0
    data_reads: int = 0
    posts_scored: int = 0
    prefetch_reads: int = 0


class Timings(Record):
    """Wall-clock seconds."""

    prefetch_s: float = 0.0
    loop_s: float = 0.0
    total_s: float = 0.0


class ConditionRate(Record):
    """How often one part of an entry condition was true on the train period."""

    expression: str
    rate: float


class Observations(Record):
    """What the analyst looks at beside the metrics; of the train period only.

    Attributes:
        gross_return: total return with no costs.
        condition_rates: the parts of the entry condition joined by ``and``.
        sentiment_coverage: share of train sessions with posts, None without sentiment.
    """

    gross_return: float
    condition_rates: tuple[ConditionRate, ...] = ()
    sentiment_coverage: float | None = None


ChangeKind = Literal[
    "relax_condition",
    "target_volatility",
    "add_stop",
    "add_regime_filter",
    "slow_down",
    "carry_sentiment_forward",
    "drop_sentiment",
    "switch_family",
    "refine",
]
"""What a diagnosis may ask for; a closed list, each of which the search knows how to do."""


class Change(Record):
    """One change that a diagnosis asks for; ``place`` names the part of the spec."""

    kind: ChangeKind
    place: str
    reason: str


class Diagnosis(Record):
    """What held an attempt back, and what to change; made from train results alone.

    Attributes:
        comment: what a language model adds in its own words; never a number's source.
    """

    limiting_factor: LimitingFactor
    evidence: tuple[str, ...]
    suggested_changes: tuple[Change, ...]
    comment: str = ""


class Candidate(Record):
    """A strategy as proposed, before its numbers are tuned.

    Attributes:
        family: the grammar family it belongs to.
        parent: number of the attempt that it changes, None for a fresh start.
        origin: how it came about, in words.
        author: who proposed it.
        alternatives: further structures that compete with it on train for the same attempt, at the same budget.
        handicap: what its train score must make up for in that contest, because its family was chosen before.
    """

    spec: StrategySpec
    family: str
    parent: int | None
    origin: str
    author: Author = "builtin"
    alternatives: tuple["Candidate", ...] = ()
    handicap: float = 0.0


class Attempt(Record):
    """One iteration: a tuned strategy and its results; ``n`` counts from 1.

    Attributes:
        train_growth, validation_growth: equity over capital at up to 60 evenly spread bars of the period.
        train_years, validation_years: figures by calendar year, trades by the day they were closed; empty in attempts
            of earlier versions.
        turn: the turn of the conversation that made it.
        spec: None when a language model's reply could not be used; ``failed_reason`` says why.
    """

    n: int
    attempt_id: str
    family: str
    parent: int | None
    origin: str
    spec: StrategySpec | None
    spec_hash: str
    diff: tuple[str, ...]
    trials: int
    train: Metrics | None = None
    validation: Metrics | None = None
    train_growth: tuple[float, ...] = ()
    validation_growth: tuple[float, ...] = ()
    train_years: tuple[YearFigures, ...] = ()
    validation_years: tuple[YearFigures, ...] = ()
    author: Author = "builtin"
    turn: int = 1
    observations: Observations | None = None
    diagnosis: Diagnosis | None = None
    failed_reason: str | None = None

    @property
    def tested(self) -> StrategySpec:
        """The strategy of an attempt that has one. Raises ValueError where the reply could not be used."""
        if self.spec is None:
            raise ValueError(f"attempt {self.n} has no strategy: {self.failed_reason}")
        return self.spec

    @property
    def title(self) -> str:
        """The name of its strategy, or a word for a reply that held none."""
        return self.spec.name if self.spec else "(no usable strategy)"


class Event(Record):
    """One line of a session's log; ids count up by one within the session."""

    id: int
    session_id: str
    at: datetime
    type: EventType
    data: dict[str, Any]


class Session(Record):
    """The stored session; attempts, events and calls of a model are kept beside it.

    Goal, verdict and everything that a verdict names are those of the latest turn.

    Attributes:
        model: the language model, None for built-in search.
        lift: what the model added, in a session where both proposed.
        turns: the conversation; empty in sessions of earlier versions, whose only turn is their request.
        continues: the session that this one carries on with other data; its trials count here too.
        stops: of all turns: where a budget, an outage or useless replies ended one or kept the model from it.
    """

    session_id: str
    owner: str
    request: SessionRequest
    status: Status
    strategist: str
    created_at: datetime
    goal: Goal | None = None
    question: str | None = None
    periods: Periods | None = None
    data_hash: str | None = None
    engine_version: str | None = None
    datasets: tuple[DatasetLink, ...] = ()
    notices: tuple[str, ...] = ()
    chosen: str | None = None
    trials: int = 0
    effective_trials: float = 0.0
    holdout: Holdout | None = None
    verdict: Verdict | None = None
    null_league: NullLeague | None = None
    usage: Usage = Usage()
    timings: Timings = Timings()
    bot_id: str | None = None
    failed_reason: str | None = None
    model: ModelChoice | None = None
    lift: Lift | None = None
    turns: tuple[Turn, ...] = ()
    continues: str | None = None
    stops: tuple[Stop, ...] = ()

    @property
    def understood(self) -> bool:
        """Whether a goal was made of what the user said."""
        return self.goal is not None

    @property
    def turn(self) -> Turn | None:
        """The turn that makes attempts now, or made the last ones; None in sessions of earlier versions."""
        return next((turn for turn in reversed(self.turns) if turn.iterations), None)

    @property
    def turn_n(self) -> int:
        """Number of that turn; 1 in sessions of earlier versions, too."""
        return self.turn.n if self.turn else 1

    @property
    def turn_stops(self) -> tuple[Stop, ...]:
        """Those of that turn."""
        return tuple(stop for stop in self.stops if stop.turn == self.turn_n)
