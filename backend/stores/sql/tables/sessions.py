"""Tables of sessions: the record, its event log, its attempts and its trials."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, owned, text

sessions = Table(
    "sessions",
    METADATA,
    number(),
    text("owner"),
    text("session_id"),
    text("status"),
    Column("created_at", Utc, nullable=False),
    Column("cancel_requested", Boolean, nullable=False, default=False),
    Column("document", Document, nullable=False),
    UniqueConstraint("session_id"),
    UniqueConstraint("owner", "session_id"),
    Index(None, "owner", "created_at"),
)

session_events = Table(
    "session_events",
    METADATA,
    text("session_id", key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    text("owner"),
    text("step"),
    Column("at", Utc, nullable=False),
    text("type"),
    Column("data", Document, nullable=False),
    UniqueConstraint("session_id", "step"),
    owned("session_id", "sessions.session_id", cascade=True),
)

attempts = Table(
    "attempts",
    METADATA,
    text("session_id", key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    text("owner"),
    text("attempt_id"),
    Column("document", Document, nullable=False),
    # What it tried, by which a session is found that a strategy is from.
    Column("spec_hash", Text),
    owned("session_id", "sessions.session_id", cascade=True),
    Index(None, "owner", "spec_hash"),
)

trial_ledger = Table(
    "trial_ledger",
    METADATA,
    number(),
    text("owner"),
    text("session_id"),
    text("step"),
    Column("count", Integer, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    UniqueConstraint("session_id", "step"),
    owned("session_id", "sessions.session_id", cascade=True),
)
