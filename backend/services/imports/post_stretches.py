"""What a file of posts makes known: the time from its first post to its last one, and nothing between two files."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.domain.collection import CollectionRun
from backend.domain.hashing import hash_json
from backend.domain.moments import session_date
from backend.domain.sentiment import Post
from backend.domain.sources import IMPORTED
from backend.engine.calendar import LAST_DAY, TradingCalendar, trading_calendar
from backend.services.post_reach import Files, Stretches, days_of, holes, sessions_of_ends

LONGEST_CLOSURE = timedelta(days=14)
"""A post belongs to a session within it."""


def import_of(posts: Sequence[Post], imported_at: datetime) -> CollectionRun:
    """The record of an import of one series, ascending by time; the same posts give the same id."""
    first, last = posts[0], posts[-1]
    series = (IMPORTED, first.symbol, first.channel)
    ends = (first.created_at, last.created_at)
    content = [*series, *(end.isoformat() for end in ends), sorted(post.id for post in posts)]
    return CollectionRun(f"import_{hash_json(content)}", *series, imported_at, *ends, found=len(posts))


def hole_notices(posts: Sequence[Post], seen: Stretches) -> tuple[str, ...]:
    """What is not known just before and just after the posts of one series, ascending by time.

    Args:
        posts: those of a file.
        seen: the stretches of all imports of the series, this one included.
    """
    days = days_of(seen)
    calendar = trading_calendar(days.start, min(days.end + LONGEST_CLOSURE, LAST_DAY))
    first, last = sessions_of_ends(calendar, (posts[0].created_at, posts[-1].created_at))
    unknown = holes(Files(seen).known_of(calendar))
    around = [hole for hole in unknown if hole[1] < first][-1:] + [hole for hole in unknown if hole[0] > last][:1]
    return tuple(_notice(posts[0], calendar, hole) for hole in around)


def _notice(post: Post, calendar: TradingCalendar, hole: tuple[int, int]) -> str:
    first, last = (session_date(calendar.sessions, row) for row in hole)
    return (
        f"No {post.channel} post about {post.symbol} was imported from {first} to {last}: whether there were any is "
        f"not known, which is not the same as none (sessions not fetched: {hole[1] - hole[0] + 1}); import them too."
    )
