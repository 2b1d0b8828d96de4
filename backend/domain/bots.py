"""A saved bot: the strategy, its verdict, and links to the very data it was tested on."""

from datetime import datetime
from typing import Literal

from backend.domain.execution import Execution
from backend.domain.periods import Periods
from backend.domain.record import Record
from backend.domain.results import Metrics
from backend.domain.sentiment import DatasetLink
from backend.domain.spec import StrategySpec
from backend.domain.verdict import Verdict


class BotMetrics(Record):
    """Metrics by period; the hold-out's are None if it was never opened."""

    train: Metrics
    validation: Metrics
    holdout: Metrics | None


class Bot(Record):
    """A strategy that the user chose to keep; its numbers can be recomputed from its hashes.

    Attributes:
        turn: the turn of the session whose verdict it carries.
    """

    bot_id: str
    owner: str
    name: str
    session_id: str
    attempt_id: str
    symbols: tuple[str, ...]
    spec: StrategySpec
    spec_hash: str
    data_hash: str
    engine_version: str
    execution: Execution
    periods: Periods
    verdict: Verdict
    metrics: BotMetrics
    datasets: tuple[DatasetLink, ...]
    bars_snapshots: tuple[str, ...]
    notices: tuple[str, ...]
    created_at: datetime
    turn: int = 1


ChangeKind = Literal["engine", "bars", "source", "bars_missing", "dataset", "dataset_missing"]


class BotChange(Record):
    """One thing that is no longer as it was when a bot was saved.

    Attributes:
        what: the engine, or the symbol or dataset that it is about.
        note: in one sentence.
    """

    kind: ChangeKind
    what: str
    note: str
