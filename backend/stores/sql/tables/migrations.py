"""The table that says which numbered steps a database went through."""

from sqlalchemy import Column, Table

from backend.stores.sql.column_types import RowNumber, Utc
from backend.stores.sql.tables.schema import METADATA, text

schema_migrations = Table(
    "schema_migrations",
    METADATA,
    Column("number", RowNumber, primary_key=True, autoincrement=False),
    text("name"),
    Column("applied_at", Utc, nullable=False),
)
