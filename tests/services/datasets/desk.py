"""A dataset manager over a real SQLite file, and a source of posts whose moods a test decides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from backend.domain.errors import Unavailable
from backend.domain.periods import Period
from backend.domain.ports import PostSource, Scorer, StoredSentiment
from backend.domain.sentiment import Channel, Post, SentimentDataset, SentimentDay
from backend.domain.timeframes import Timeframe
from backend.providers.posts import post_sources
from backend.providers.posts.sample import SamplePosts
from backend.providers.scorers import scorer
from backend.services.counters import DataCounters
from backend.services.dataset_manager import DatasetManager, Prefetch
from backend.services.datasets.delivery import DatasetStores
from backend.services.posts import Posts
from backend.stores import Database, FileOutbox, Stores
from backend.stores.sql.datasets import SqlDatasetStore
from backend.stores.sql.tables import trading_datasets
from tests.stores.samples import make_session

ME = "me"
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SPRING = Period(start=date(2010, 3, 1), end=date(2010, 5, 31))
BOTH: tuple[Channel, ...] = ("reddit", "twitter")
SESSIONS = tuple(f"ses_{n}" for n in range(1, 6))

LEXICON: Scorer = scorer("finance_lexicon")


def silent(_: str) -> None:
    """Listens to no progress."""


@dataclass
class MoodySource:
    """The sample posts behind a line that may be down.

    Attributes:
        down: the source does not answer for days within any of these.
        asked: the days of every fetch.
    """

    name: str = "sample"
    notice: str = ""
    down: tuple[Period, ...] = ()
    asked: list[Period] = field(default_factory=list)
    inner: SamplePosts = field(default_factory=SamplePosts)

    def span(self, symbol: str, channel: Channel) -> Period | None:
        return self.inner.span(symbol, channel)

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        self.asked.append(period)
        if any(days.overlaps(period) for days in self.down):
            raise Unavailable("The archive does not answer.", "try again later")
        return self.inner.fetch(symbol, channel, period)


class CountedDatasets(SqlDatasetStore):
    """The store over a database, and how often it was asked for what."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.calls: Counter[str] = Counter()

    def read_series(
        self, owner: str, symbol: str, channel: Channel, timeframe: Timeframe, scorer: str
    ) -> StoredSentiment:
        self.calls["read_series"] += 1
        return super().read_series(owner, symbol, channel, timeframe, scorer)

    def read_days(
        self, owner: str, symbol: str, channel: Channel, provider: str, scorer: str, period: Period
    ) -> tuple[SentimentDay, ...]:
        self.calls["read_days"] += 1
        return super().read_days(owner, symbol, channel, provider, scorer, period)

    def store_datasets(self, owner: str, session_id: str, datasets: Sequence[SentimentDataset]) -> int:
        self.calls["store_datasets"] += 1
        return super().store_datasets(owner, session_id, datasets)


def stores_over(database: Database) -> Stores:
    """The stores of ``ME``, those of datasets counted."""
    return replace(Stores.over(database, ME), datasets=CountedDatasets(database))


class Desk:
    """A dataset manager of one process; ``Desk(stores, folder)`` again is the next process."""

    def __init__(self, stores: Stores, folder: Path, sources: Sequence[PostSource] | None = None) -> None:
        self.stores, self.folder, self.sources = stores, folder, sources
        self.counters = DataCounters()
        self.outbox = FileOutbox(folder / "outbox")
        chosen = post_sources(["file", "sample"]) if sources is None else sources
        posts = Posts(stores.posts, chosen, LEXICON)
        self.now = NOW
        assert isinstance(stores.datasets, CountedDatasets)
        self._before = Counter(stores.datasets.calls)
        self.manager = DatasetManager(
            DatasetStores(stores.datasets, self.outbox), posts, self.counters, lambda: self.now
        )
        self.told: list[str] = []

    def next_process(self, sources: Sequence[PostSource] | None = None) -> "Desk":
        """A manager that has nothing in memory, over the same files."""
        return Desk(self.stores, self.folder, self.sources if sources is None else sources)

    def prefetch(
        self,
        period: Period = SPRING,
        session: str | None = "ses_1",
        channels: Sequence[Channel] = BOTH,
        symbols: Sequence[str] = ("AAPL",),
    ) -> Prefetch:
        return self.manager.prefetch(ME, session, symbols, channels, period, self.told.append)

    def import_posts(self, *moments: str, text: str = "bullish", symbol: str = "AAPL") -> None:
        posts = [
            Post(id=f"p{m}", symbol=symbol, channel="reddit", created_at=datetime.fromisoformat(m), text=f"{text} {m}")
            for m in moments
        ]
        self.stores.posts.write_posts("file", posts)
        self.manager.forget(symbol)

    @property
    def calls(self) -> Counter[str]:
        """How often the dataset store was asked since this desk was set up."""
        datasets = self.stores.datasets
        assert isinstance(datasets, CountedDatasets)
        return datasets.calls - self._before

    @property
    def stored(self) -> list[str]:
        """Ids of all stored versions, oldest first."""
        assert isinstance(self.stores.datasets, CountedDatasets)
        with self.stores.datasets._database.reading() as connection:
            return list(connection.scalars(select(trading_datasets.c.id).order_by(trading_datasets.c.number)))

    def linked(self, session: str = "ses_1") -> list[str]:
        """Ids of the versions that are linked to a session."""
        return [link.id for link in self.stores.datasets.session_datasets(ME, session)]


def add_sessions(stores: Stores) -> None:
    """The sessions that tests may name; ``ses_9`` is somebody else's."""
    for session in SESSIONS:
        stores.sessions.add_session(make_session(session, ME))
    stores.sessions.add_session(make_session("ses_9", "you"))


def only(prefetch: Prefetch) -> SentimentDataset:
    """The one dataset of a prefetch."""
    (dataset,) = prefetch.datasets
    return dataset
