"""Immutable dataset versions and the sessions that use them."""

from collections.abc import Sequence

from sqlalchemy import select

from backend.domain.sentiment import Channel, DatasetLink, SentimentDataset
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.datasets import dataset_of, dataset_row, link_of
from backend.stores.sql.database import Database
from backend.stores.sql.lookups import DATASET, SESSION, load_row
from backend.stores.sql.tables import session_datasets, trading_datasets
from backend.stores.sql.upserts import insert_missing

_LISTED = [column for column in trading_datasets.columns if column.name != "data"]


class SqlDatasetStore:
    """The DatasetStore port over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest_dataset(
        self, owner: str, symbol: str, channel: Channel, provider: str, timeframe: Timeframe, scorer: str
    ) -> SentimentDataset | None:
        """The version stored last, in one read; None when there is none."""
        key = {"owner": owner, "symbol": symbol, "channel": channel, "provider": provider, "scorer": scorer}
        query = select(trading_datasets).filter_by(**key, timeframe=str(timeframe))
        with self._database.reading() as connection:
            newest = query.order_by(trading_datasets.c.number.desc()).limit(1)
            row = connection.execute(newest).mappings().one_or_none()
        return None if row is None else dataset_of(row)

    def load_dataset(self, owner: str, dataset_id: str) -> SentimentDataset:
        """One version by id. Raises NotFound."""
        with self._database.reading() as connection:
            return dataset_of(load_row(connection, DATASET, owner, dataset_id))

    def store_datasets(self, owner: str, session_id: str, datasets: Sequence[SentimentDataset]) -> int:
        """Add the versions not yet stored and link all to the session, in one transaction; returns how many.

        Raises:
            NotFound: the owner has no such session.
        """
        by_id = {dataset.id: dataset for dataset in datasets}
        links = [{"owner": owner, "session_id": session_id, "dataset_id": dataset_id} for dataset_id in by_id]
        stored = select(trading_datasets.c.id).where(
            trading_datasets.c.owner == owner, trading_datasets.c.id.in_(by_id)
        )
        with self._database.writing() as connection:
            load_row(connection, SESSION, owner, session_id)
            known = set(connection.scalars(stored))
            missing = [dataset_row(owner, dataset) for key, dataset in by_id.items() if key not in known]
            added = insert_missing(connection, trading_datasets, missing)
            insert_missing(connection, session_datasets, links)
        return added

    def session_datasets(self, owner: str, session_id: str) -> tuple[DatasetLink, ...]:
        """The versions linked to a session, by symbol and channel."""
        linked = (
            select(*_LISTED)
            .join(session_datasets, session_datasets.c.dataset_id == trading_datasets.c.id)
            .where(trading_datasets.c.owner == owner)
            .where(session_datasets.c.owner == owner, session_datasets.c.session_id == session_id)
            .order_by(trading_datasets.c.symbol, trading_datasets.c.channel, trading_datasets.c.number)
        )
        with self._database.reading() as connection:
            rows = connection.execute(linked).mappings().all()
        return tuple(link_of(row) for row in rows)
