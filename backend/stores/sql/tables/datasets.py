"""Tables of sentiment: one row a dataset version, the sessions that use it, and records of single trading sessions."""

from sqlalchemy import Boolean, Column, Date, Double, Index, Integer, Table, Text, UniqueConstraint

from backend.stores.sql.column_types import Columns, Document, Utc
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
    Column("created_at", Utc, nullable=False),
    Column("metadata", Document, nullable=False),
    Column("data", Columns, nullable=False),
    UniqueConstraint("owner", "id"),
    Index("ix_trading_datasets_series", "owner", "symbol", "channel", "timeframe", "scorer", "provider", "number"),
    Index(None, "owner", "created_at"),
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

DAY_KEY = ("owner", "symbol", "channel", "provider", "scorer", "session")

sentiment_history = Table(
    "sentiment_history",
    METADATA,
    *(text(name, key=True) for name in DAY_KEY[:-1]),
    Column("session", Date, primary_key=True),
    Column("cutoff_utc", Utc, nullable=False),
    text("coverage"),
    Column("failed_reason", Text),
    *(
        Column(name, Integer, nullable=False)
        for name in ("posts", "unique_posts", "authors", "positive", "neutral", "negative")
    ),
    *(Column(name, Double) for name in ("mean", "median", "std")),
    Column("point_in_time", Boolean, nullable=False),
    Column("available_posts", Integer),
)
