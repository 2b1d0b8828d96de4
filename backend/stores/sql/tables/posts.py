"""Tables of posts, of the score that each scorer version gave them, and of what is held of each series.

Posts that were fetched are everybody's and have the owner ``""``; imported ones belong to who brought them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from backend.stores.sql.column_types import Document, Utc
from backend.stores.sql.tables.schema import METADATA, number, text

SERIES_KEY = ("provider", "channel", "symbol", "owner")
POST_KEY = (*SERIES_KEY, "id")

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
    # A part of the posts by name, though all are in it: a server takes such an index only where the time is asked for.
    # It would otherwise look through a series for each score that is stored, as long as it has not counted the rows.
    Index(
        "ix_posts_series_created_at",
        *SERIES_KEY,
        "created_at",
        postgresql_where=literal_column("created_at IS NOT NULL"),
    ),
)

post_scores = Table(
    "post_scores",
    METADATA,
    *(text(name, key=True) for name in POST_KEY),
    text("scorer", key=True),
    Column("sentiment", Double, nullable=False),
    ForeignKeyConstraint(
        POST_KEY, [f"posts.{name}" for name in POST_KEY], name="fk_post_scores_post", ondelete="CASCADE"
    ),
    sqlite_with_rowid=False,
)

post_series = Table(
    "post_series",
    METADATA,
    *(text(name, key=True) for name in SERIES_KEY),
    # First and last day with a post in UTC; missing where a collector looked and has found none so far.
    Column("start", Date),
    Column("end", Date),
    Column("posts", Integer, nullable=False),
    # Stretches between whose moments no post is missing: [[from, to], ...], ascending.
    Column("seen", Document, nullable=False),
)

collection_runs = Table(
    "collection_runs",
    METADATA,
    number(),
    text("id"),
    text("owner"),
    text("provider"),
    text("symbol"),
    text("channel"),
    Column("started_at", Utc, nullable=False),
    Column("complete_from", Utc),
    Column("complete_to", Utc),
    Column("found", Integer, nullable=False),
    Column("failed_reason", Text),
    UniqueConstraint("owner", "id"),
    Index(None, "owner", "started_at"),
)
