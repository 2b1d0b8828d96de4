"""For which trading sessions a provider knows every post; of the others nothing is known, which is not zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from backend.domain.arrays import Bools
from backend.domain.moments import session_date
from backend.domain.periods import Period
from backend.domain.sentiment import ScoredPosts
from backend.engine.calendar import TradingCalendar

Stretches = tuple[tuple[datetime, datetime], ...]
"""First and last moment of each stretch, ascending."""


class Reach(Protocol):
    """What a provider answers for."""

    def answers_for(self, calendar: TradingCalendar, posts: ScoredPosts) -> Bools:
        """Sessions of which no post is missing; shape (S,).

        Args:
            calendar: S sessions.
            posts: all that the provider has on the days of these sessions.
        """


@dataclass(frozen=True)
class WholeDays:
    """Every post of the days from first to last in UTC, as a source with a past has them."""

    days: Period

    def answers_for(self, calendar: TradingCalendar, posts: ScoredPosts) -> Bools:  # noqa: ARG002 - as Reach names it
        """Sessions whose posts are stamped on these days alone."""
        begun = calendar.earlier_closes.astype("datetime64[D]") >= np.datetime64(self.days.start, "D")
        return np.asarray(begun & (calendar.sessions <= np.datetime64(self.days.end, "D")), dtype=np.bool_)


@dataclass(frozen=True)
class FirstToLast:
    """Every post from the first one to the last one, which lie on these days, where no more is known of an import."""

    days: Period

    def answers_for(self, calendar: TradingCalendar, posts: ScoredPosts) -> Bools:
        """Sessions from that of the first post to that of the last one."""
        size = len(calendar)
        index = calendar.session_index_of_posts(posts.created_at, posts.date_only)
        first_day = calendar.earlier_close.astype("datetime64[D]").astype(object)
        first = int(index.min(initial=size)) if self.days.start >= first_day else 0
        last = int(index.max(initial=-1)) if self.days.end <= session_date(calendar.sessions, -1) else size - 1
        rows = np.arange(size)
        return np.asarray((rows >= first) & (rows <= last), dtype=np.bool_)


@dataclass(frozen=True)
class Seen:
    """Every post between the moments of each stretch, as the visits of a collector saw them."""

    stretches: Stretches

    def answers_for(self, calendar: TradingCalendar, posts: ScoredPosts) -> Bools:  # noqa: ARG002 - as Reach names it
        """Sessions that lie within one stretch from the close before them to their own."""
        earlier, known = calendar.earlier_closes, np.zeros(len(calendar), dtype=np.bool_)
        for first, last in self.stretches:
            known |= (earlier >= _instant(first)) & (calendar.closes <= _instant(last))
        return known


@dataclass(frozen=True)
class Files:
    """Every post between the moments of each stretch, which are those of a file's first post and of its last one."""

    stretches: Stretches

    def answers_for(self, calendar: TradingCalendar, posts: ScoredPosts) -> Bools:  # noqa: ARG002 - as Reach names it
        """Sessions from that of a stretch's first post to that of its last one."""
        return self.known_of(calendar)

    def known_of(self, calendar: TradingCalendar) -> Bools:
        """The same, which needs no posts."""
        rows, known = np.arange(len(calendar)), np.zeros(len(calendar), dtype=np.bool_)
        for stretch in self.stretches:
            first, last = sessions_of_ends(calendar, stretch)
            known |= (rows >= first) & (rows <= last)
        return known


def sessions_of_ends(calendar: TradingCalendar, stretch: tuple[datetime, datetime]) -> tuple[int, int]:
    """Positions of the sessions to which posts of the first and of the last moment belong; -1 or S outside.

    A post with a date alone is stamped with the midnight that ends its day, and so belongs where its stamp does.
    """
    first, last = calendar.session_index_of_posts(np.array([_instant(end) for end in stretch]), np.zeros(2, np.bool_))
    return int(first), int(last)


def holes(known: Bools) -> tuple[tuple[int, int], ...]:
    """First and last position of each run of unknown sessions that lies between two known ones, ascending."""
    rows = np.flatnonzero(known)
    before = np.flatnonzero(np.diff(rows) > 1).tolist()
    return tuple((int(rows[n]) + 1, int(rows[n + 1]) - 1) for n in before)


def days_of(stretches: Sequence[tuple[datetime, datetime]]) -> Period:
    """The days in UTC from the first moment to the last."""
    return Period(start=stretches[0][0].astimezone(UTC).date(), end=stretches[-1][1].astimezone(UTC).date())


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")
