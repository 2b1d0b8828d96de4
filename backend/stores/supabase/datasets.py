"""Immutable dataset versions, who uses them, and records of single sessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.domain.periods import Period
from backend.domain.ports import DatasetUse, StoredSentiment
from backend.domain.sentiment import Channel, DatasetLink, SentimentDataset, SentimentDay
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.datasets import dataset_of, dataset_row, day_of, day_row, link_of, metadata_of
from backend.stores.codecs.documents import dump
from backend.stores.seen import SeenVersions
from backend.stores.sql.tables import trading_datasets
from backend.stores.supabase.client import Callers
from backend.stores.supabase.posts import spans_of
from backend.stores.supabase.rows import row_of, rows_text


class SupabaseDatasetStore:
    """The DatasetStore port over a Supabase project.

    The rows of a version that was read or stored by this very store are not sent once more.
    """

    def __init__(self, callers: Callers) -> None:
        self._call = callers.own.call
        self._seen = SeenVersions()

    def read_series(
        self, owner: str, symbol: str, channel: Channel, timeframe: Timeframe, scorer: str
    ) -> StoredSentiment:
        """The posts and the newest dataset version of every provider, in one call."""
        wanted = {"symbol": symbol, "channel": channel, "timeframe": str(timeframe), "scorer": scorer}
        answer = self._call("read_series", owner=owner, **wanted)
        datasets = tuple(dataset_of(row_of(trading_datasets, row)) for row in answer["datasets"])
        self._seen.add(owner, [dataset.id for dataset in datasets])
        return StoredSentiment(spans=spans_of(answer["spans"]), datasets=datasets)

    def load_dataset(self, owner: str, dataset_id: str) -> SentimentDataset:
        """One version by id. Raises NotFound."""
        return dataset_of(row_of(trading_datasets, self._call("load_dataset", owner=owner, id=dataset_id)))

    def list_datasets(self, owner: str, limit: int | None = None, after: str | None = None) -> tuple[DatasetUse, ...]:
        """Every version without its rows, the one that was stored last first, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no version ``after``.
        """
        rows = self._call("list_dataset_uses", owner=owner, limit=limit, after=after)
        return tuple(_use_of(row) for row in rows)

    def dataset_use(self, owner: str, dataset_id: str) -> DatasetUse:
        """One version without its rows. Raises NotFound."""
        return _use_of(self._call("dataset_use", owner=owner, id=dataset_id))

    def store_datasets(self, owner: str, session_id: str, datasets: Sequence[SentimentDataset]) -> int:
        """Add the versions not yet stored and link all to the session, in one transaction; returns how many.

        Raises:
            NotFound: the owner has no such session.
        """
        by_id = {dataset.id: dataset for dataset in datasets}
        added = self._store(owner, session_id, by_id, self._seen.among(owner, by_id))
        if added is None:  # a version that was seen is no longer there
            added = self._store(owner, session_id, by_id, frozenset())
        self._seen.add(owner, by_id)
        return int(added)

    def session_datasets(self, owner: str, session_id: str) -> tuple[DatasetLink, ...]:
        """The versions linked to a session, by symbol and channel."""
        return _links(self._call("list_session_datasets", owner=owner, session_id=session_id))

    def orphans(self, owner: str, stored_before: datetime) -> tuple[DatasetLink, ...]:
        """Versions stored before that moment that belong to no bot and to no running session, oldest first."""
        return _links(self._call("orphans", owner=owner, stored_before=stored_before.isoformat()))

    def delete_orphans(self, owner: str, dataset_ids: Sequence[str], stored_before: datetime) -> int:
        """Delete the versions that are orphans still, with their links to ended sessions, in one transaction."""
        moment = stored_before.isoformat()
        return int(self._call("delete_orphans", owner=owner, ids=dump(dataset_ids), stored_before=moment))

    def read_days(
        self, owner: str, symbol: str, channel: Channel, provider: str, scorer: str, period: Period
    ) -> tuple[SentimentDay, ...]:
        """Records of single sessions that were stored by ``write_days``, ascending."""
        series = {"symbol": symbol, "channel": channel, "provider": provider, "scorer": scorer}
        within = {"start": period.start.isoformat(), "end": period.end.isoformat()}
        rows = self._call("read_days", owner=owner, **series, **within)
        return tuple(day_of(row) for row in rows)

    def write_days(
        self, owner: str, symbol: str, channel: Channel, provider: str, scorer: str, days: Sequence[SentimentDay]
    ) -> None:
        """Insert or replace records of single sessions, in one transaction; of two of one session the last counts."""
        last = {day.session: day.model_copy(update={"scorer": scorer}) for day in days}
        rows = [day_row(owner, symbol, channel, provider, day) for day in last.values()]
        self._call("write_days", rows=rows_text(rows))

    def _store(self, owner: str, session_id: str, by_id: Mapping[str, SentimentDataset], known: Collection[str]) -> Any:
        rows = rows_text([dataset_row(owner, dataset) for key, dataset in by_id.items() if key not in known])
        return self._call("store_datasets", owner=owner, session_id=session_id, rows=rows, known=dump(sorted(known)))


def _links(rows: Sequence[dict[str, Any]]) -> tuple[DatasetLink, ...]:
    return tuple(link_of(row_of(trading_datasets, row)) for row in rows)


def _use_of(row: dict[str, Any]) -> DatasetUse:
    dataset = row_of(trading_datasets, row["dataset"])
    return DatasetUse(link_of(dataset), tuple(row["bots"]), tuple(row["sessions"]), metadata_of(dataset))
