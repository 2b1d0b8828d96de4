"""What the services need from outside, as Protocols; stores, providers and jobs implement them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from backend.domain.arrays import Dates, Floats, Instants
from backend.domain.bars import Bars
from backend.domain.bots import Bot
from backend.domain.collection import CollectionRun, Newest
from backend.domain.ledger import Opening, TrialBatch
from backend.domain.periods import Period
from backend.domain.results import BacktestRun
from backend.domain.sentiment import Channel, DatasetLink, Post, ScoredPosts, SentimentDataset, SentimentDay
from backend.domain.sessions import Attempt, Event, EventType, Session
from backend.domain.timeframes import Timeframe

Clock = Callable[[], datetime]
"""The present moment in UTC."""

NewId = Callable[[str], str]
"""A fresh id that starts with the given prefix, e.g. ``ses_1f0c9a2b7d43``."""

CancelRequested = Callable[[], bool]
"""Whether somebody asked for the work to stop; cheap enough to poll often."""

Progress = Callable[[str], None]
"""Told in a few words what is being done."""


# --- outside data -----------------------------------------------------------------------------------------------------


class SessionHours(Protocol):
    """Trading sessions with their opens and closes in UTC; shape (S,) each."""

    @property
    def sessions(self) -> Dates: ...

    @property
    def opens(self) -> Instants: ...

    @property
    def closes(self) -> Instants: ...


Exchange = Callable[[date, date], SessionHours]
"""The sessions of an exchange from one day to another, both inclusive."""


class PriceSource(Protocol):
    """Where bars come from."""

    name: str

    remote: bool
    """Whether a fetch asks somebody outside this machine; such a source may be away."""

    def symbols(self) -> tuple[str, ...]:
        """Symbols it is known to serve; empty where that cannot be listed."""

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:
        """The sessions it may serve, answered without asking anybody; None when it does not know the symbol.

        A remote source names its longest reach; what is not there after all (a later listing, an unknown symbol) shows
        when it is fetched.
        """

    def longest_request(self, timeframe: Timeframe) -> int | None:
        """Days that one fetch may ask for; None without a limit."""

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        """Every finished bar within ``period``, perhaps none.

        Raises:
            DataUnavailable: it does not know the symbol, or cannot serve the timeframe or period; says which.
            Unavailable: it does not answer now, after the retries that are fit for it.
        """


class PostSource(Protocol):
    """Where posts come from."""

    name: str
    notice: str
    """What every user of its posts must be told, e.g. that they are synthetic; may be empty."""

    def span(self, symbol: str, channel: Channel) -> Period | None:
        """The days it can serve completely; None when it has nothing for this symbol and channel."""

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        """Every post stamped on the days of ``period``. Raises DataUnavailable."""


class PostCollector(Protocol):
    """A live source of posts without history: it shows the newest ones, and time does the rest."""

    name: str
    channel: Channel

    def no_history(self, since: date | None) -> str:
        """What to tell whoever asks for posts before ``since``, the first day collected; None when there is none yet.

        Without a full stop, for it is followed by what can be done.
        """

    def newest(self, symbol: str, seen_at: datetime) -> Newest:
        """The newest posts about ``symbol``, first seen at ``seen_at``.

        Raises:
            DataUnavailable: it is not set up, e.g. because a key is missing; says which.
            Unavailable: it does not answer now.
        """


@dataclass(frozen=True)
class FileTable:
    """The rows of a file as they are written: texts, numbers, dates, lists or None.

    Attributes:
        columns: values by column name, all of the same length.
        lines: where each row stands in the file, from 1.
        unreadable: lines that are no row, with the reason.
    """

    columns: Mapping[str, Sequence[Any]]
    lines: Sequence[int]
    unreadable: Sequence[tuple[int, str]] = ()


ReadTable = Callable[[str], FileTable]
"""Reads a CSV, JSONL or Parquet file. Raises NotFound, or InvalidInput when it is none of these or empty."""


class Scorer(Protocol):
    """Turns texts into numbers."""

    name: str
    version: str

    def score(self, texts: Sequence[str]) -> Floats:
        """Sentiment of each text in [-1, 1], 0 for neutral; shape (len(texts),)."""


# --- stores -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BarSpan:
    """What the store holds of one series of bars."""

    symbol: str
    timeframe: Timeframe
    source: str
    start: date
    end: date
    bars: int


@dataclass(frozen=True)
class StoredBars:
    """What the store holds of one series of one source.

    Attributes:
        covered: complete stretches, ascending, not touching each other; a stretch may hold no bars.
        held: first and last session with a bar; None when there is none.
    """

    source: str
    covered: tuple[Period, ...]
    held: Period | None


@dataclass(frozen=True)
class PostSpan:
    """What the store holds of the posts of one symbol and channel.

    Attributes:
        start, end: first and last day with a post, in UTC.
        seen: for a collector, the stretches between whose moments no post is missing, ascending; empty for an import.
    """

    symbol: str
    channel: Channel
    provider: str
    start: date
    end: date
    posts: int
    seen: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, eq=False)
class UnscoredPosts:
    """Posts as numbers, and the texts that the scorer has not seen.

    Attributes:
        posts: ascending by time, then id; sentiment is NaN where there is no score yet.
        rows: positions in ``posts`` without a score, ascending.
        ids, texts: of the posts in ``rows``.
    """

    posts: ScoredPosts
    rows: tuple[int, ...]
    ids: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StoredSentiment:
    """Everything that is stored of one symbol and channel, by provider.

    Attributes:
        spans: posts of each provider; private and shared ones.
        datasets: the version of each provider that was stored last.
    """

    spans: tuple[PostSpan, ...]
    datasets: tuple[SentimentDataset, ...]


class MarketStore(Protocol):
    """Bars by symbol, timeframe and source, with the sessions known to be complete.

    A store serves one owner: imported series are that owner's, fetched ones are everybody's.
    """

    def series(self, symbol: str, timeframe: Timeframe) -> tuple[StoredBars, ...]:
        """What there is of each source, by source, in one read."""

    def read_bars(self, symbol: str, timeframe: Timeframe, source: str, period: Period) -> Bars | None:
        """Stored bars within ``period``, in one read; None when there are none."""

    def write_bars(self, bars: Bars, covered: Period) -> None:
        """Put the bars in place of all that is stored of their series within ``covered``, and mark it as complete.

        In one transaction. Bars outside ``covered`` are refused with InvalidInput.
        """

    def replace_series(self, bars: Bars, covered: Period) -> None:
        """Put the bars in place of the whole series of that source: its history has changed. In one transaction."""

    def delete_bars(
        self, *, symbol: str | None = None, timeframe: Timeframe | None = None, before: date | None = None
    ) -> int:
        """Delete bars and coverage of the sessions before ``before`` (None: all); returns how many bars.

        Snapshots that bots pinned stay. An argument left out means every one; imported series of other owners stay.
        """

    def bar_spans(self) -> tuple[BarSpan, ...]:
        """Every stored series, by symbol."""


class PostStore(Protocol):
    """Raw posts and the score that a scorer version gave each; serves one owner as MarketStore does."""

    def write_posts(self, provider: str, posts: Sequence[Post]) -> int:
        """Add the posts not yet stored (key: provider, channel, symbol, id) in one transaction; returns how many."""

    def read_posts(self, provider: str, symbol: str, channel: Channel, period: Period) -> tuple[Post, ...]:
        """Posts stamped on the days of ``period`` in UTC, ascending by time, then id."""

    def post_spans(self) -> tuple[PostSpan, ...]:
        """Every stored symbol, channel and provider; from a summary, whatever the number of posts."""

    def read_scored(self, provider: str, symbol: str, channel: Channel, period: Period, scorer: str) -> UnscoredPosts:
        """The posts with the scores of ``scorer`` (name/version), and the texts of those without one; in one read."""

    def write_scores(self, provider: str, symbol: str, channel: Channel, scorer: str, scores: dict[str, float]) -> None:
        """Store scores by post id, in one transaction."""

    def write_collected(self, run: CollectionRun, posts: Sequence[Post]) -> int:
        """Store a visit and its posts, and join what it saw to the series, in one transaction; returns the new ones.

        A post stored before keeps the moment at which it was first seen. A run stored before is not stored twice.
        """

    def collection_runs(self, limit: int) -> tuple[CollectionRun, ...]:
        """Newest first."""


class DatasetStore(Protocol):
    """Immutable dataset versions and who uses them."""

    def read_series(
        self, owner: str, symbol: str, channel: Channel, timeframe: Timeframe, scorer: str
    ) -> StoredSentiment:
        """The posts and the newest dataset version of every provider, in one read: one statement or one call."""

    def load_dataset(self, owner: str, dataset_id: str) -> SentimentDataset:
        """One version by id. Raises NotFound."""

    def store_datasets(self, owner: str, session_id: str, datasets: Sequence[SentimentDataset]) -> int:
        """Add the versions not yet stored and link all to the session, in one transaction; returns how many.

        One round trip to a server, however many there are. Raises NotFound for an unknown session.
        """

    def session_datasets(self, owner: str, session_id: str) -> tuple[DatasetLink, ...]:
        """The versions linked to a session, by symbol and channel."""

    def orphans(self, owner: str, stored_before: datetime) -> tuple[DatasetLink, ...]:
        """Versions stored before that moment that belong to no bot and to no running session, oldest first."""

    def delete_orphans(self, owner: str, dataset_ids: Sequence[str], stored_before: datetime) -> int:
        """Delete the versions that are orphans still, with their links to ended sessions, in one transaction."""

    def read_days(
        self, owner: str, symbol: str, channel: Channel, provider: str, scorer: str, period: Period
    ) -> tuple[SentimentDay, ...]:
        """Records of single sessions that were stored by ``write_days``, ascending."""

    def write_days(
        self, owner: str, symbol: str, channel: Channel, provider: str, scorer: str, days: Sequence[SentimentDay]
    ) -> None:
        """Insert or replace records of single sessions, in one transaction."""


class SessionStore(Protocol):
    """Sessions with their attempts, trials and event log; writes are keyed, so a step run twice is written once."""

    def add_session(self, session: Session) -> None: ...

    def load_session(self, owner: str, session_id: str) -> Session:
        """Raises NotFound, naming ids that resemble it."""

    def list_sessions(self, owner: str, limit: int) -> tuple[Session, ...]:
        """Newest first."""

    def save_session(self, session: Session) -> None:
        """Replace the stored record."""

    def append_event(
        self, session_id: str, step: str, type: EventType, data: dict[str, Any], at: datetime
    ) -> Event | None:
        """Append with the next id; None when (session, step) was appended before."""

    def list_events(self, session_id: str, after: int) -> tuple[Event, ...]:
        """Events with an id above ``after``, ascending."""

    def save_attempt(self, session_id: str, attempt: Attempt, trials: TrialBatch | None) -> None:
        """Insert or replace the attempt by (session, n), and add its trials once, in one transaction."""

    def list_attempts(self, session_id: str) -> tuple[Attempt, ...]:
        """Ascending by n."""

    def list_trials(self, session_id: str) -> tuple[TrialBatch, ...]:
        """In the order of their steps."""

    def request_cancel(self, owner: str, session_id: str, wanted: bool) -> None:
        """Set or clear the flag that a running session polls. Raises NotFound."""

    def cancel_requested(self, session_id: str) -> bool: ...

    def conclude(self, session: Session, opening: Opening | None, openings_seen: int) -> None:
        """Store the concluded session and its opening in one transaction.

        Raises:
            Conflict: the owner has more openings than ``openings_seen``, so the factor on p must be computed anew.
        """


class SessionLocks(Protocol):
    """One process at a time runs a session; the lock dies with its process."""

    def hold(self, session_id: str) -> AbstractContextManager[None]:
        """Raises Conflict when another process holds it."""

    def held(self, session_id: str) -> bool:
        """Whether some process runs the session now."""


class LedgerStore(Protocol):
    """Openings of an owner."""

    def list_openings(self, owner: str) -> tuple[Opening, ...]:
        """In the order in which they were made."""


class RunStore(Protocol):
    """Direct backtests."""

    def add_run(self, run: BacktestRun, openings: Sequence[Opening]) -> None:
        """Store the run, its trades and its openings in one transaction; an opening already stored stays as it is."""

    def load_run(self, owner: str, run_id: str) -> BacktestRun:
        """Raises NotFound."""

    def list_runs(self, owner: str, limit: int) -> tuple[BacktestRun, ...]:
        """Newest first, without trades and equity."""


class BotStore(Protocol):
    """Saved bots with their dataset links and pinned bars."""

    def add_bot(self, bot: Bot, bars: Sequence[Bars]) -> None:
        """Store the bot, link its dataset versions, pin its bars and name it on its session, in one transaction.

        Raises:
            Conflict: the owner has a bot of that name.
        """

    def load_bot(self, owner: str, bot_id: str) -> Bot:
        """Raises NotFound."""

    def list_bots(self, owner: str) -> tuple[Bot, ...]:
        """Newest first."""

    def delete_bot(self, owner: str, bot_id: str) -> None:
        """Delete the bot, its links, and snapshots that no other bot pins; datasets stay. Raises NotFound.

        Its session may be saved again.
        """

    def load_snapshot(self, owner: str, snapshot_id: str) -> Bars:
        """Bars by their content hash, as a bot of the owner pinned them. Raises NotFound."""


@dataclass(frozen=True, eq=False)
class WaitingDatasets:
    """A batch of datasets that could not be stored yet."""

    owner: str
    session_id: str
    datasets: tuple[SentimentDataset, ...]


class Outbox(Protocol):
    """Batches of datasets that wait until the store answers; kept on this machine, and survive a kill."""

    def put(self, batch: WaitingDatasets) -> None:
        """Keep a batch; one of the same session and datasets is kept once."""

    def waiting(self) -> tuple[WaitingDatasets, ...]:
        """Those put and not removed, oldest first; empty costs next to nothing."""

    def remove(self, batch: WaitingDatasets) -> None:
        """Forget a batch, because it is stored."""

    def unreadable(self) -> tuple[str, ...]:
        """What was found among the batches and is none: kept under these names, and not read again."""
