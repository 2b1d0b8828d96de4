"""The table of strategies that were kept without a verdict."""

from sqlalchemy import Column, Table, UniqueConstraint

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, text

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
