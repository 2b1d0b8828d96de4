"""Bots over HTTP."""

from datetime import date, datetime

from pydantic import ConfigDict, Field

from backend.api.documents.body import Body
from backend.domain.bots import BotChange, BotMetrics
from backend.domain.execution import Execution
from backend.domain.periods import Periods
from backend.domain.record import Record
from backend.domain.sentiment import Channel, DatasetLink, DatasetMetadata, SentimentDay
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.domain.verdict import Outcome, Verdict


class BotBody(Body):
    """What is kept as a bot.

    Attributes:
        session_id: of a session that is done.
        attempt_id: the attempt that is meant; only the chosen one was judged, so another one is refused.
        name: of the bot; each of one's bots has another.
    """

    session_id: str = Field(min_length=1, max_length=100)
    attempt_id: str | None = Field(default=None, min_length=1, max_length=100)
    name: str = Field(min_length=1, max_length=80)

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"session_id": "ses_1f0c9a2b7d43", "name": "Calm momentum"}]}
    )


class BotDocument(Record):
    """A bot with everything needed to reproduce it.

    Attributes:
        bars_snapshots: content hashes of the bars that are pinned for it, in the order of the symbols.
        turn: the turn of the session whose verdict it carries.
        changed: whether anything is no longer as it was when it was saved.
        changes: what that is; verifying tells whether its numbers still come out.
    """

    bot_id: str
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
    turn: int
    changed: bool
    changes: tuple[BotChange, ...]


class BotLine(Record):
    """A bot in a list."""

    bot_id: str
    name: str
    symbols: tuple[str, ...]
    session_id: str
    spec_hash: str
    created_at: datetime
    outcome: Outcome
    changed: bool
    changes: tuple[BotChange, ...]


class BotPage(Record):
    """Bots, newest first.

    Attributes:
        next: cursor of the next page; null on the last.
    """

    bots: tuple[BotLine, ...]
    next: str | None


class CoverageRun(Record):
    """Consecutive trading sessions of which the same is known; both ends are inclusive."""

    start: date
    end: date
    sessions: int
    coverage: str


class DatasetDocument(Record):
    """A version of the daily sentiment of one symbol and channel; it never changes.

    Attributes:
        coverage_runs: what is known of its sessions, in stretches.
        data: the record of each session by its date; only where it was asked for.
    """

    id: str
    symbol: str
    channel: Channel
    provider: str
    timeframe: Timeframe
    start: date
    end: date
    scorer: str
    content_hash: str
    metadata: DatasetMetadata
    coverage_runs: tuple[CoverageRun, ...]
    data: dict[date, SentimentDay] | None = None


class BotDatasets(Record):
    """The dataset versions that a bot links."""

    bot_id: str
    datasets: tuple[DatasetDocument, ...]


class BotRest(Record):
    """What stays when a bot is deleted.

    Attributes:
        session_id: null where the bot was gone already, by an earlier try of the same request.
        datasets: ids of the versions that it linked.
    """

    session_id: str | None
    datasets: tuple[str, ...]


class BotDeleted(Record):
    """A bot that is gone, and what stays of it."""

    deleted: str
    kept: BotRest


class DatasetUsed(DatasetDocument):
    """A dataset version and who keeps it.

    Attributes:
        bots: ids of those that link it.
        sessions: ids of running ones that use it; a version without either may be cleaned up.
    """

    bots: tuple[str, ...]
    sessions: tuple[str, ...]


class DatasetLine(DatasetLink):
    """A dataset version in a list, with the bots and the running sessions that keep it."""

    bots: tuple[str, ...]
    sessions: tuple[str, ...]


class DatasetPage(Record):
    """Dataset versions, the one that was stored last first.

    Attributes:
        next: cursor of the next page; null on the last.
    """

    datasets: tuple[DatasetLine, ...]
    next: str | None
