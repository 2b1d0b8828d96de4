"""Makes versions of sentiment datasets: daily records of a stretch, joined to those of an earlier version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np

from backend.domain.arrays import Dates
from backend.domain.errors import InvalidInput
from backend.domain.hashing import hash_json
from backend.domain.moments import period_of, rows_within, session_date
from backend.domain.periods import Period
from backend.domain.sentiment import (
    Channel,
    DatasetMetadata,
    ScoredPosts,
    SentimentDataset,
    SentimentDays,
)
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import TradingCalendar, trading_calendar
from backend.engine.sentiment import daily_sentiment
from backend.services.datasets.days import EMPTY, FAILED, NOT_FETCHED, failed_stretches, joined
from backend.services.post_reach import holes
from backend.services.posts import Holding

NEARLY_ALL = 0.95
"""Share of sessions with known posts from which on nothing is said."""


@dataclass(frozen=True)
class Wanted:
    """The daily sentiment of one symbol and channel over the sessions of a period."""

    owner: str
    symbol: str
    channel: Channel
    period: Period


@dataclass(frozen=True)
class Circumstances:
    """What a version records beside its content: whose it is, what scored it, when it was made."""

    owner: str
    scorer: str
    made_at: datetime


@dataclass(frozen=True)
class FailedDays:
    """Days whose posts a source did not give, and why."""

    days: Period
    reason: str


@dataclass(frozen=True, eq=False)
class FetchedPosts:
    """The posts of a stretch of sessions, but for the days that failed."""

    posts: ScoredPosts
    failed: tuple[FailedDays, ...] = ()


@dataclass(frozen=True, eq=False)
class DailyRecords:
    """Daily records of sessions, with the reason of each that failed.

    Attributes:
        from_cache_days: records that were not made anew.
    """

    days: SentimentDays
    reasons: Mapping[date, str] = field(default_factory=dict)
    from_cache_days: int = 0


def calendar_of(period: Period) -> TradingCalendar:
    """The sessions of ``period``. Raises InvalidInput when there is none."""
    calendar = trading_calendar(period.start, period.end)
    if not len(calendar):
        raise InvalidInput(
            f"There is no trading session from {period.start} to {period.end}.", "choose a period with workdays"
        )
    return calendar


def post_days(calendar: TradingCalendar) -> Period:
    """The days in UTC on which posts of these sessions are stamped: from the close before the first one on."""
    first, last = _days_of_posts(calendar)
    return Period(start=session_date(first, 0), end=session_date(last, -1))


def fetched_share(dataset: SentimentDataset, period: Period) -> float:
    """Share of the sessions of ``period`` whose posts are known; a dataset may reach further than was asked for."""
    rows = rows_within(dataset.days.session, period)
    return float(np.count_nonzero(dataset.days.fetched[rows])) / max(1, len(calendar_of(period)))


def coverage_notices(dataset: SentimentDataset, period: Period) -> tuple[str, ...]:
    """What to say when the posts of a part of ``period`` failed or are not known; nothing about a few unknown ones."""
    who = f"{dataset.channel.capitalize()} posts about {dataset.symbol}"
    failed = [f for f in dataset.metadata.failures if Period(start=f.start, end=f.end).overlaps(period)]
    notices = [
        f"{who} could not be fetched from {f.start} to {f.end} and are tried again next time: {f.reason}"
        for f in failed
    ]
    share = fetched_share(dataset, period)
    if share < NEARLY_ALL:
        there = dataset.days.session[dataset.days.fetched]
        reach = f"; what is known lies in {there[0]}..{there[-1]}{_but_for(dataset, period)}" if there.size else ""
        where = f"{share * 100:.1f} % of the sessions from {period.start} to {period.end}"
        unknown = "on the others their sentiment is missing, which is not zero"
        notices.append(f"{who} are known for {where}{reach}; {unknown}.")
    return tuple(notices)


def _but_for(dataset: SentimentDataset, period: Period) -> str:
    """The longest stretch of sessions that is not known between known ones of the period, in words."""
    rows = rows_within(dataset.days.session, period)
    between = sorted(holes(dataset.days.coverage[rows] != NOT_FETCHED), key=lambda hole: hole[0] - hole[1])
    if not between:
        return ""
    first, last = (dataset.days.session[rows][row] for row in between[0])
    others = ", and for shorter stretches" if len(between) > 1 else ""
    return f" but for {first}..{last}{others}"


def daily_records(holding: Holding, calendar: TradingCalendar, fetched: FetchedPosts) -> DailyRecords:
    """Daily records of the sessions of ``calendar``, from the posts stamped on its ``post_days``.

    A session is failed when one of its days is, be it the evening before.
    """
    known = holding.answers_for(calendar, fetched.posts)
    coverage = np.where(known, EMPTY, NOT_FETCHED).astype(np.int8)
    first, last = _days_of_posts(calendar)
    reasons: dict[date, str] = {}
    for failure in fetched.failed:
        touched = (first <= np.datetime64(failure.days.end, "D")) & (last >= np.datetime64(failure.days.start, "D"))
        touched &= coverage == EMPTY
        coverage[touched] = FAILED
        reasons |= dict.fromkeys(calendar.sessions[touched].tolist(), failure.reason)
    return DailyRecords(daily_sentiment(fetched.posts, calendar, coverage), reasons)


def new_version(holding: Holding, pieces: Sequence[DailyRecords], circumstances: Circumstances) -> SentimentDataset:
    """A dataset of all pieces.

    Its id is derived from owner, content and the number of posts that it was made from: when posts arrive that change
    no session, the version that says so is another one, and the next session finds it up to date.
    """
    days = joined([piece.days for piece in pieces])
    covered = period_of(days.session)
    made = SentimentDataset(
        id="",
        symbol=holding.symbol,
        channel=holding.channel,
        provider=holding.source.name,
        timeframe=Timeframe.DAY,
        start=covered.start,
        end=covered.end,
        scorer=circumstances.scorer,
        days=days,
        metadata=_metadata(days, holding, pieces, circumstances.made_at),
    )
    identity = hash_json([circumstances.owner, made.content_hash, holding.available_posts])
    return replace(made, id=f"ds_{identity[:16]}")


def _days_of_posts(calendar: TradingCalendar) -> tuple[Dates, Dates]:
    """First and last day in UTC on which posts of each session are stamped; shape (S,)."""
    return calendar.earlier_closes.astype("datetime64[D]"), calendar.sessions


def _metadata(
    days: SentimentDays, holding: Holding, pieces: Sequence[DailyRecords], made_at: datetime
) -> DatasetMetadata:
    unique = int(days.unique_posts.sum())
    total = float(np.nansum(days.mean * days.unique_posts))
    reasons = {session: reason for piece in pieces for session, reason in piece.reasons.items()}
    return DatasetMetadata(
        total_days=len(days),
        days_with_data=int(np.count_nonzero(days.posts)),
        total_posts=int(days.posts.sum()),
        avg_sentiment=total / unique if unique else None,
        coverage=float(days.fetched.mean()),
        from_cache_days=sum(piece.from_cache_days for piece in pieces),
        fetched_at=made_at,
        point_in_time=True,
        notices=holding.notices,
        available_posts=holding.available_posts,
        failures=failed_stretches(days, reasons),
    )
