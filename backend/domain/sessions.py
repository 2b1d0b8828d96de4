"""A session: its attempts, events and everything it reports."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, field_validator

from backend.domain.execution import Execution
from backend.domain.goal import Goal
from backend.domain.periods import Periods
from backend.domain.record import Record, Text
from backend.domain.results import Metrics
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
    strategist: str = "builtin"
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
    """What a session consumed; reads and calls of the loop are counted after prefetching."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float = 0.0
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


class Change(Record):
    """One change that a diagnosis asks for; ``place`` names the part of the spec."""

    kind: Literal[
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
    place: str
    reason: str


class Diagnosis(Record):
    """What held an attempt back, and what to change; made from train results alone."""

    limiting_factor: LimitingFactor
    evidence: tuple[str, ...]
    suggested_changes: tuple[Change, ...]


class Candidate(Record):
    """A strategy as proposed, before its numbers are tuned.

    Attributes:
        family: the grammar family it belongs to.
        parent: number of the attempt that it changes, None for a fresh start.
        origin: how it came about, in words.
    """

    spec: StrategySpec
    family: str
    parent: int | None
    origin: str


class Attempt(Record):
    """One iteration: a tuned strategy and its results; ``n`` counts from 1.

    Attributes:
        train_growth, validation_growth: equity over capital at up to 60 evenly spread bars of the period.
    """

    n: int
    attempt_id: str
    family: str
    parent: int | None
    origin: str
    spec: StrategySpec
    spec_hash: str
    diff: tuple[str, ...]
    trials: int
    train: Metrics | None = None
    validation: Metrics | None = None
    train_growth: tuple[float, ...] = ()
    validation_growth: tuple[float, ...] = ()
    observations: Observations | None = None
    diagnosis: Diagnosis | None = None
    failed_reason: str | None = None


class Event(Record):
    """One line of a session's log; ids count up by one within the session."""

    id: int
    session_id: str
    at: datetime
    type: EventType
    data: dict[str, Any]


class Session(Record):
    """The stored session; attempts and events are kept beside it."""

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
