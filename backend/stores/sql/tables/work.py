"""Tables of work that outlives a request: jobs, tokens, and requests that are sent twice."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, text

jobs = Table(
    "jobs",
    METADATA,
    number(),
    text("owner"),
    text("job_id"),
    text("kind"),
    text("status"),
    Column("session_id", Text),
    Column("created_at", Utc, nullable=False),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Column("document", Document, nullable=False),
    UniqueConstraint("job_id"),
    ForeignKeyConstraint(["owner", "session_id"], ["sessions.owner", "sessions.session_id"], ondelete="CASCADE"),
    Index(None, "owner", "created_at"),
    Index(None, "status", "number"),
    Index(None, "owner", "session_id"),
)

# A token itself is never stored.
api_tokens = Table(
    "api_tokens",
    METADATA,
    number(),
    text("owner"),
    text("token_id"),
    text("name"),
    Column("token_hash", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
    Column("revoked_at", Utc),
    UniqueConstraint("token_id"),
    UniqueConstraint("token_hash"),
    Index(None, "owner", "created_at"),
)

idempotency_keys = Table(
    "idempotency_keys",
    METADATA,
    text("owner", key=True),
    text("key", key=True),
    text("request_hash"),
    Column("created_at", Utc, nullable=False),
    Column("status", Integer),
    Column("response", Document),
    Index(None, "created_at"),
)
