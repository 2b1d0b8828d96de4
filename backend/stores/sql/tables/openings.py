"""The table of openings: every look of an owner at a period of a market."""

from sqlalchemy import Column, Date, Index, LargeBinary, Table, UniqueConstraint

from backend.stores.sql.column_types import Utc
from backend.stores.sql.tables.schema import METADATA, number, text

holdout_openings = Table(
    "holdout_openings",
    METADATA,
    number(),
    text("owner"),
    text("id"),
    text("kind"),
    text("subject_id"),
    text("symbol"),
    text("spec_hash"),
    text("data_hash"),
    Column("start", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("opened_at", Utc, nullable=False),
    UniqueConstraint("owner", "id"),
    Index(None, "owner", "symbol"),
)
