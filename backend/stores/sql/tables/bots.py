"""Tables of saved bots, with links to the very datasets and bars that they were tested on."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, owned, text

bots = Table(
    "bots",
    METADATA,
    number(),
    text("owner"),
    text("bot_id"),
    text("name"),
    text("session_id"),
    Column("created_at", Utc, nullable=False),
    Column("document", Document, nullable=False),
    UniqueConstraint("bot_id"),
    UniqueConstraint("owner", "bot_id"),
    UniqueConstraint("owner", "name"),
    owned("session_id", "sessions.session_id"),
)

bot_datasets = Table(
    "bot_datasets",
    METADATA,
    text("bot_id", key=True),
    text("dataset_id", key=True),
    text("owner"),
    owned("bot_id", "bots.bot_id", cascade=True),
    owned("dataset_id", "trading_datasets.id"),
    Index(None, "owner", "dataset_id"),
)

bot_snapshots = Table(
    "bot_snapshots",
    METADATA,
    text("bot_id", key=True),
    Column("snapshot_id", Text, ForeignKey("bars_snapshots.snapshot_id"), primary_key=True, index=True),
    text("owner"),
    owned("bot_id", "bots.bot_id", cascade=True),
)
