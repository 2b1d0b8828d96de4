"""Gets the scored posts of a stretch of sessions, part by part, so that a source that fails costs a part alone."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import structlog

from backend.domain.errors import SourceAway
from backend.domain.periods import Period
from backend.domain.ports import Progress
from backend.domain.sentiment import ScoredPosts
from backend.domain.stretches import chunks
from backend.engine.calendar import TradingCalendar
from backend.services.counters import DataCounters
from backend.services.datasets.building import FailedDays, FetchedPosts, post_days
from backend.services.posts import Holding, Posts, as_arrays

LONGEST_PART = 366
"""Days that are asked for at once."""

FAILURES_IN_A_ROW = 2
"""Parts that fail one after the other before the rest is not even asked for."""

log = structlog.get_logger(__name__)


class PostFetching:
    """Posts of a provider, from the store or from its source.

    Args:
        posts: gives posts with their scores.
        counters: told of calls, reads and scores.
    """

    def __init__(self, posts: Posts, counters: DataCounters) -> None:
        self.posts = posts
        self._counters = counters

    def fetch(self, holding: Holding, stretch: TradingCalendar, progress: Progress, *, keep: bool) -> FetchedPosts:
        """The posts of the sessions of ``stretch``; what a source does not give now is named, with the reason.

        Args:
            holding: who has them; stored posts are read at once, since the store answers for all of them or for none.
            stretch: consecutive sessions.
            progress: told of each part when there are several.
            keep: whether posts and scores are stored.
        """
        days = post_days(stretch)
        if holding.available_posts is not None:
            return FetchedPosts(self.posts.scored(holding, days, self._counters, keep=keep))
        found: list[ScoredPosts] = []
        failed: list[FailedDays] = []
        in_a_row = 0
        for part in chunks(days, LONGEST_PART):
            if in_a_row >= FAILURES_IN_A_ROW:
                failed.append(FailedDays(part, failed[-1].reason))
                continue
            if part != days:
                progress(f"{part.start} to {part.end}")
            try:
                found.append(self.posts.scored(holding, part, self._counters, keep=keep))
                in_a_row = 0
            except SourceAway as error:
                log.warning("posts.not_fetched", provider=holding.source.name, reason=error.message)
                failed.append(FailedDays(part, error.message))
                in_a_row += 1
        return FetchedPosts(_concatenated(found), tuple(failed))

    def again(self, holding: Holding, days: Period, *, stored: bool) -> ScoredPosts:
        """The posts that a version was made of; from the store if they are ``stored``."""
        read = self.posts.stored if stored else self.posts.scored
        return read(holding, days, self._counters, keep=False)


def _concatenated(parts: Sequence[ScoredPosts]) -> ScoredPosts:
    if not parts:
        return as_arrays([], [])
    return ScoredPosts(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(ScoredPosts)))
