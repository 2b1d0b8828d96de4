"""Tables of posts, shared by all owners, and of the score that each scorer version gave them."""

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKeyConstraint, Index, Table

from backend.stores.sql.column_types import Utc
from backend.stores.sql.tables.schema import METADATA, text

POST_KEY = ("provider", "channel", "symbol", "id")

posts = Table(
    "posts",
    METADATA,
    *(text(name, key=True) for name in POST_KEY),
    Column("created_at", Utc, nullable=False),
    Column("known_at", Utc),
    Column("date_only", Boolean, nullable=False),
    text("author"),
    text("text"),
    Column("score", Double),
    text("url"),
    Column("text_key", BigInteger, nullable=False),
    Column("author_key", BigInteger, nullable=False),
    Index(None, "provider", "channel", "symbol", "created_at"),
)

post_scores = Table(
    "post_scores",
    METADATA,
    *(text(name, key=True) for name in POST_KEY),
    text("scorer", key=True),
    Column("sentiment", Double, nullable=False),
    ForeignKeyConstraint(POST_KEY, [f"posts.{name}" for name in POST_KEY], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
