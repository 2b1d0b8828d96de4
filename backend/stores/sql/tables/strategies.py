"""Tables of strategies that were kept without a verdict, and of batches that run one over many markets."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, Table, Text, UniqueConstraint

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, owned, text

strategies = Table(
    "strategies",
    METADATA,
    number(),
    text("owner"),
    text("strategy_id"),
    text("name"),
    text("spec_hash"),
    Column("created_at", Utc, nullable=False),
    Column("document", Document, nullable=False),
    UniqueConstraint("strategy_id"),
    UniqueConstraint("owner", "strategy_id"),
    UniqueConstraint("owner", "name"),
)

batches = Table(
    "batches",
    METADATA,
    number(),
    text("owner"),
    text("batch_id"),
    text("status"),
    Column("created_at", Utc, nullable=False),
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
