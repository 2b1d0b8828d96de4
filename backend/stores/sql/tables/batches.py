"""Tables of batches: the record, its cells, and its event log."""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, Table, Text, UniqueConstraint

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, owned, text

batches = Table(
    "batches",
    METADATA,
    number(),
    text("owner"),
    text("batch_id"),
    text("status"),
    Column("created_at", Utc, nullable=False),
    Column("cancel_requested", Boolean, nullable=False, default=False),
    Column("document", Document, nullable=False),
    UniqueConstraint("batch_id"),
    UniqueConstraint("owner", "batch_id"),
    Index(None, "owner", "created_at"),
)

batch_cells = Table(
    "batch_cells",
    METADATA,
    text("batch_id", key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    text("owner"),
    text("symbol"),
    text("status"),
    Column("run_id", Text),
    Column("document", Document, nullable=False),
    owned("batch_id", "batches.batch_id", cascade=True),
    ForeignKeyConstraint(["owner", "run_id"], ["backtest_runs.owner", "backtest_runs.run_id"]),
    Index(None, "owner", "run_id"),
)

batch_events = Table(
    "batch_events",
    METADATA,
    text("batch_id", key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    text("owner"),
    text("step"),
    Column("at", Utc, nullable=False),
    text("type"),
    Column("data", Document, nullable=False),
    UniqueConstraint("batch_id", "step"),
    owned("batch_id", "batches.batch_id", cascade=True),
)
