"""Tables of language models: every call of a session, and every reply that was recorded."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, owned, text

model_calls = Table(
    "model_calls",
    METADATA,
    text("session_id", key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    text("owner"),
    text("request_hash"),
    text("status"),
    Column("document", Document, nullable=False),
    owned("session_id", "sessions.session_id", cascade=True),
)

model_replies = Table(
    "model_replies",
    METADATA,
    text("owner", key=True),
    text("request_hash", key=True),
    text("model"),
    Column("created_at", Utc, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("reply", Document, nullable=False),
    Index(None, "owner", "created_at"),
)
