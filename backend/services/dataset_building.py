"""Makes versions of sentiment datasets: daily records of a stretch, joined to those of an earlier version."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

import numpy as np

from backend.domain.errors import InvalidInput
from backend.domain.hashing import hash_json
from backend.domain.moments import period_of, rows_within, session_date
from backend.domain.periods import Period
from backend.domain.sentiment import (
    COVERAGE_CODES,
    Coverage,
    DatasetMetadata,
    ScoredPosts,
    SentimentDataset,
    SentimentDays,
)
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import TradingCalendar, trading_calendar
from backend.engine.sentiment import daily_sentiment
from backend.services.posts import Holding

EMPTY = COVERAGE_CODES.index(Coverage.EMPTY)
NOT_FETCHED = COVERAGE_CODES.index(Coverage.NOT_FETCHED)

NEARLY_ALL = 0.95
"""Share of sessions with known posts from which on nothing is said."""


@dataclass(frozen=True)
class Circumstances:
    """What a version records beside its content: whose it is, what scored it, when it was made."""

    owner: str
    scorer: str
    made_at: datetime


def sessions_of(period: Period) -> TradingCalendar:
    """The sessions of ``period``. Raises InvalidInput when there is none."""
    calendar = trading_calendar(period.start, period.end)
    if not len(calendar):
        raise InvalidInput(
            f"There is no trading session from {period.start} to {period.end}.", "choose a period with workdays"
        )
    return calendar


def post_days(calendar: TradingCalendar) -> Period:
    """The days in UTC on which posts of these sessions are stamped: from the close before the first one on."""
    first: date = calendar.earlier_close.astype("datetime64[D]").astype(object)
    return Period(start=first, end=session_date(calendar.sessions, -1))


def fetched_share(dataset: SentimentDataset, period: Period) -> float:
    """Share of the sessions of ``period`` whose posts are known; a dataset may reach further than was asked for."""
    rows = rows_within(dataset.days.session, period)
    return float(np.count_nonzero(dataset.days.fetched[rows])) / max(1, len(sessions_of(period)))


def coverage_notices(dataset: SentimentDataset, period: Period) -> tuple[str, ...]:
    """What to say when the posts of a part of ``period`` are not known; nothing about a few sessions."""
    share = fetched_share(dataset, period)
    if share >= NEARLY_ALL:
        return ()
    there = dataset.days.session[dataset.days.fetched]
    reach = f"; what is known lies in {there[0]}..{there[-1]}" if there.size else ""
    who = f"{dataset.channel.capitalize()} posts about {dataset.symbol}"
    where = f"{share * 100:.1f} % of the sessions from {period.start} to {period.end}"
    return (f"{who} are known for {where}{reach}; on the others their sentiment is missing, which is not zero.",)


def measure(holding: Holding, calendar: TradingCalendar, posts: ScoredPosts) -> SentimentDays:
    """Daily records of the sessions of ``calendar``, from the posts stamped on its ``post_days``."""
    known = holding.answers_for(calendar, posts)
    return daily_sentiment(posts, calendar, np.where(known, EMPTY, NOT_FETCHED).astype(np.int8))


def missing_sessions(wanted: TradingCalendar, base: SentimentDataset | None) -> tuple[TradingCalendar, ...]:
    """The stretches of ``wanted`` before and after the records of ``base``."""
    if base is None:
        return (wanted,)
    known = rows_within(wanted.sessions, Period(start=base.start, end=base.end))
    stretches = (wanted.slice(0, known.start), wanted.slice(known.stop, len(wanted)))
    return tuple(stretch for stretch in stretches if len(stretch))


def adjoins(wanted: TradingCalendar, base: SentimentDataset) -> bool:
    """Whether no session lies between ``wanted`` and the records of ``base``."""
    asked = period_of(wanted.sessions)
    if asked.overlaps(Period(start=base.start, end=base.end)):
        return True
    between = trading_calendar(min(asked.end, base.end), max(asked.start, base.start))
    return len(between) == 2


def new_version(
    holding: Holding, pieces: Sequence[SentimentDays], base: SentimentDataset | None, circumstances: Circumstances
) -> SentimentDataset:
    """A dataset of the new pieces and the records of ``base``, under an id derived from owner and content."""
    days = _joined(pieces if base is None else (*pieces, base.days))
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
        metadata=_metadata(days, holding, 0 if base is None else len(base.days), circumstances.made_at),
    )
    identity = hash_json([circumstances.owner, made.content_hash])
    return replace(made, id=f"ds_{identity[:16]}")


def _joined(pieces: Sequence[SentimentDays]) -> SentimentDays:
    ordered = sorted(pieces, key=lambda piece: piece.session[0])
    return SentimentDays(
        *(np.concatenate([getattr(piece, field.name) for piece in ordered]) for field in fields(SentimentDays))
    )


def _metadata(days: SentimentDays, holding: Holding, from_cache_days: int, made_at: datetime) -> DatasetMetadata:
    unique = int(days.unique_posts.sum())
    total = float(np.nansum(days.mean * days.unique_posts))
    return DatasetMetadata(
        total_days=len(days),
        days_with_data=int(np.count_nonzero(days.posts)),
        total_posts=int(days.posts.sum()),
        avg_sentiment=total / unique if unique else None,
        coverage=float(days.fetched.mean()),
        from_cache_days=from_cache_days,
        fetched_at=made_at,
        point_in_time=True,
        notices=holding.notices,
        available_posts=holding.available_posts,
    )
