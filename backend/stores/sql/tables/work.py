"""Tables of work that outlives a request: jobs, tokens, and requests that are sent twice."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint
from sqlalchemy import text as sql_text

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, text

UNFINISHED = "status in ('queued', 'running')"

jobs = Table(
    "jobs",
    METADATA,
    number(),
    text("owner"),
    text("job_id"),
    text("kind"),
    text("subject_id"),
    text("status"),
    Column("arguments", Document, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Column("tries", Integer, nullable=False),
    Column("not_before", Utc),
    Column("worker", Text),
    Column("leased_until", Utc),
    Column("cancel_requested", Boolean, nullable=False),
    text("progress"),
    Column("result", Document),
    Column("error", Text),
    UniqueConstraint("job_id"),
    Index(None, "owner", "created_at"),
    Index(None, "status", "number"),
    Index(
        "uq_jobs_unfinished",
        "owner",
        "kind",
        "subject_id",
        unique=True,
        sqlite_where=sql_text(UNFINISHED),
        postgresql_where=sql_text(UNFINISHED),
    ),
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
    Column("place", Text),
    Index(None, "created_at"),
)
