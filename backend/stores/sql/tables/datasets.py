"""Tables of sentiment datasets: one row a version, and the sessions that use it."""

from sqlalchemy import Column, Date, Index, Table, UniqueConstraint

from backend.stores.sql.column_types import Document
from backend.stores.sql.tables.schema import METADATA, number, owned, text

trading_datasets = Table(
    "trading_datasets",
    METADATA,
    number(),
    text("owner"),
    text("id"),
    text("symbol"),
    text("channel"),
    text("provider"),
    text("timeframe"),
    text("scorer"),
    Column("start", Date, nullable=False),
    Column("end", Date, nullable=False),
    text("content_hash"),
    Column("metadata", Document, nullable=False),
    Column("data", Document, nullable=False),
    UniqueConstraint("owner", "id"),
    Index("ix_trading_datasets_series", "owner", "symbol", "channel", "provider", "timeframe", "scorer", "number"),
)

session_datasets = Table(
    "session_datasets",
    METADATA,
    text("session_id", key=True),
    text("dataset_id", key=True),
    text("owner"),
    owned("session_id", "sessions.session_id", cascade=True),
    owned("dataset_id", "trading_datasets.id"),
    Index(None, "owner", "dataset_id"),
)
