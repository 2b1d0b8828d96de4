"""What keeps dataset versions, and the batches of them that wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.domain.periods import Period
from backend.domain.ports.post_store import PostSpan
from backend.domain.sentiment import Channel, DatasetLink, DatasetMetadata, SentimentDataset, SentimentDay
from backend.domain.timeframes import Timeframe


@dataclass(frozen=True, eq=False)
class StoredSentiment:
    """Everything that is stored of one symbol and channel, by provider.

    Attributes:
        spans: posts of each provider; private and shared ones.
        datasets: the version of each provider that was stored last.
    """

    spans: tuple[PostSpan, ...]
    datasets: tuple[SentimentDataset, ...]


@dataclass(frozen=True)
class DatasetUse:
    """A dataset version and who keeps it.

    Attributes:
        bots: ids of those that link it, by id.
        sessions: ids of running ones that use it, by id; a version without either may be cleaned up.
        metadata: what is known of how it was made; one that was cleaned up and is stored again has other metadata.
    """

    dataset: DatasetLink
    bots: tuple[str, ...]
    sessions: tuple[str, ...]
    metadata: DatasetMetadata


class DatasetStore(Protocol):
    """Immutable dataset versions and who uses them."""

    def read_series(
        self, owner: str, symbol: str, channel: Channel, timeframe: Timeframe, scorer: str
    ) -> StoredSentiment:
        """The posts and the newest dataset version of every provider, in one read: one statement or one call."""

    def load_dataset(self, owner: str, dataset_id: str) -> SentimentDataset:
        """One version by id. Raises NotFound."""

    def list_datasets(self, owner: str, limit: int | None = None, after: str | None = None) -> tuple[DatasetUse, ...]:
        """Every version without its rows, the one that was stored last first, from the one behind ``after`` on.

        Raises InvalidInput where that is none of the owner's.
        """

    def dataset_use(self, owner: str, dataset_id: str) -> DatasetUse:
        """One version without its rows. Raises NotFound."""

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
