"""Posts as rows, and posts with scores as arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backend.domain.post_keys import author_key, text_key
from backend.domain.sentiment import Post, ScoredPosts
from backend.stores.codecs.documents import record_of
from backend.stores.codecs.rows import StoredRow

POST_COLUMNS = tuple(Post.model_fields)
SCORED_COLUMNS = ("created_at", "sentiment", "text_key", "author_key", "date_only")
"""What is read of each post to count and average it; the texts stay in the store."""


def post_row(provider: str, post: Post) -> dict[str, Any]:
    """The row of one post of ``provider``."""
    named = {name: getattr(post, name) for name in POST_COLUMNS}
    return named | {"provider": provider, "text_key": text_key(post.text), "author_key": author_key(post.author)}


def post_of(row: StoredRow) -> Post:
    """The post of a row with ``POST_COLUMNS``."""
    return record_of(Post, dict(row), f"post {row['id']}")


def scored_posts(rows: Sequence[Sequence[Any]]) -> ScoredPosts:
    """Posts as arrays from rows of ``SCORED_COLUMNS``, ascending by time; no rows give empty arrays."""
    created_at, sentiment, texts, authors, date_only = zip(*rows, strict=True) if rows else [()] * 5
    seconds = [int(moment.timestamp()) for moment in created_at]
    return ScoredPosts(
        created_at=np.array(seconds, dtype=np.int64).astype("datetime64[s]"),
        sentiment=np.array(sentiment, dtype=np.float64),
        text_key=np.array(texts, dtype=np.int64),
        author_key=np.array(authors, dtype=np.int64),
        date_only=np.array(date_only, dtype=np.bool_),
    )
