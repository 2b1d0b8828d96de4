"""What a live collector brings: the newest posts of a moment, and how far back it could see."""

from dataclasses import dataclass
from datetime import datetime

from backend.domain.sentiment import Channel, Post


@dataclass(frozen=True)
class Newest:
    """The newest posts of one symbol and channel at one moment.

    Attributes:
        posts: with ``known_at`` set to the moment at which they were first seen.
        complete_from: no post stamped from then on is missing; None when nothing can be said.
    """

    posts: tuple[Post, ...]
    complete_from: datetime | None


@dataclass(frozen=True)
class CollectionRun:
    """One visit of a collector, kept whether it succeeded or not; or the import of one series of a file.

    Attributes:
        complete_from, complete_to: between these moments no post is missing, of an import those of its first and last
            post; None when the visit failed.
        found: posts seen; those stored before are counted too.
        failed_reason: None when it succeeded.
    """

    id: str
    provider: str
    symbol: str
    channel: Channel
    started_at: datetime
    complete_from: datetime | None
    complete_to: datetime | None
    found: int
    failed_reason: str | None = None
