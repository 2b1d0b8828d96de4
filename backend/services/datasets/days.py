"""Between the columns of a dataset and the records of single sessions, and what each session's coverage says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from backend.domain.arrays import Bools
from backend.domain.moments import instants_of, session_date, utc_moments
from backend.domain.sentiment import (
    COVERAGE_CODES,
    Coverage,
    FailedStretch,
    SentimentDataset,
    SentimentDay,
    SentimentDays,
)
from backend.engine.calendar import TradingCalendar

EMPTY = COVERAGE_CODES.index(Coverage.EMPTY)
NOT_FETCHED = COVERAGE_CODES.index(Coverage.NOT_FETCHED)
FAILED = COVERAGE_CODES.index(Coverage.FAILED)

UNKNOWN = "the reason was not recorded"

COUNTS = ("posts", "unique_posts", "authors", "positive", "neutral", "negative")
MEANS = ("mean", "median", "std")

Reasons = Mapping[date, str]
"""Why the posts of a session could not be fetched, by session."""


@dataclass(frozen=True)
class SessionCoverage:
    """What is known about the posts of one session."""

    coverage: Coverage
    failed_reason: str | None = None

    def __str__(self) -> str:
        return f"{self.coverage} ({self.failed_reason})" if self.failed_reason else str(self.coverage)


def record_of_day(dataset: SentimentDataset, row: int) -> SentimentDay:
    """One row of a dataset as a record."""
    days, metadata = dataset.days, dataset.metadata
    session = session_date(days.session, row)
    values = {name: float(getattr(days, name)[row]) for name in MEANS}
    return SentimentDay(
        session=session,
        cutoff_utc=utc_moments(days.cutoff[row : row + 1])[0],
        coverage=COVERAGE_CODES[int(days.coverage[row])],
        failed_reason=reasons_of(days, metadata.failures).get(session),
        **{name: int(getattr(days, name)[row]) for name in COUNTS},
        **{name: None if np.isnan(value) else value for name, value in values.items()},
        scorer=dataset.scorer,
        point_in_time=metadata.point_in_time,
        available_posts=metadata.available_posts,
    )


def columns_of(records: Sequence[SentimentDay]) -> SentimentDays:
    """Records of single sessions as columns, in the order given."""
    columns: dict[str, Any] = {name: np.array([getattr(r, name) for r in records], dtype=np.int64) for name in COUNTS}
    for name in MEANS:
        columns[name] = np.array([getattr(r, name) for r in records], dtype=np.float64)  # None is NaN
    return SentimentDays(
        session=np.array([r.session for r in records], dtype="datetime64[D]"),
        cutoff=instants_of(r.cutoff_utc for r in records),
        coverage=np.array([COVERAGE_CODES.index(r.coverage) for r in records], dtype=np.int8),
        **columns,
    )


def usable(records: Iterable[SentimentDay], calendar: TradingCalendar, available: int | None) -> list[SentimentDay]:
    """Those that were fetched, from the posts that there are today, up to the close that the calendar knows.

    A record that knows more than was known at the close is made anew.
    """
    closes = dict(zip(calendar.sessions.tolist(), utc_moments(calendar.closes), strict=True))
    fetched = (Coverage.WITH_POSTS, Coverage.EMPTY)
    return [
        r
        for r in records
        if r.coverage in fetched
        and r.point_in_time
        and r.available_posts == available
        and closes.get(r.session) == r.cutoff_utc
    ]


def contradiction(record: SentimentDay) -> str:
    """What cannot be in a record, in words; empty for a sound one."""
    counts = [getattr(record, name) for name in COUNTS]
    labels = record.positive + record.neutral + record.negative
    with_posts, failed = (record.coverage is code for code in (Coverage.WITH_POSTS, Coverage.FAILED))
    undefined = [getattr(record, name) is None for name in MEANS]
    wrong = {
        "a count is negative or above the number of posts": min(counts) < 0 or max(counts) > record.posts,
        "positive, neutral and negative do not add up to the unique posts": labels != record.unique_posts,
        f"{record.posts} posts, {record.unique_posts} of them unique, are not {record.coverage}": (
            [with_posts, with_posts] != [record.posts > 0, record.unique_posts > 0]
        ),
        "a reason belongs to failed sessions, and to them alone": failed != (record.failed_reason is not None),
        "mean and median belong to sessions with a post, std to those with two": (
            undefined != [record.unique_posts < fewest for fewest in (1, 1, 2)]
        ),
        "mean and median lie within -1..1, and std is not negative": (
            max(abs(record.mean or 0.0), abs(record.median or 0.0)) > 1 or (record.std or 0.0) < 0
        ),
    }
    return next((words for words, so in wrong.items() if so), "")


def picked(days: SentimentDays, rows: Bools) -> SentimentDays:
    """The rows where ``rows``, of shape (S,), is true."""
    return SentimentDays(*(getattr(days, field.name)[rows] for field in fields(SentimentDays)))


def joined(pieces: Sequence[SentimentDays]) -> SentimentDays:
    """Pieces without a common session as one, ascending."""
    columns = {f.name: np.concatenate([getattr(piece, f.name) for piece in pieces]) for f in fields(SentimentDays)}
    order = np.argsort(columns["session"], kind="stable")
    return SentimentDays(**{name: column[order] for name, column in columns.items()})


def failed_stretches(days: SentimentDays, reasons: Reasons) -> tuple[FailedStretch, ...]:
    """The failed sessions of ``days`` as few stretches as possible, ascending; each has one reason."""
    rows = np.flatnonzero(days.coverage == FAILED).tolist()
    named = [(row, reasons.get(session_date(days.session, row), UNKNOWN)) for row in rows]
    borders = [n for n, ((a, why), (b, other)) in enumerate(pairwise(named), 1) if b != a + 1 or why != other]
    found = []
    for first, stop in pairwise([0, *borders, len(named)] if named else []):
        start, end = (session_date(days.session, named[n][0]) for n in (first, stop - 1))
        found.append(FailedStretch(start=start, end=end, reason=named[first][1]))
    return tuple(found)


def reasons_of(days: SentimentDays, failures: Iterable[FailedStretch]) -> dict[date, str]:
    """The reason of each failed session of ``days``."""
    failed = days.session[days.coverage == FAILED].tolist()
    return {session: f.reason for f in failures for session in failed if f.start <= session <= f.end}


def states(days: SentimentDays, failures: Iterable[FailedStretch]) -> dict[date, SessionCoverage]:
    """What is known about each session of ``days``."""
    reasons = reasons_of(days, failures)
    pairs = zip(days.session.tolist(), days.coverage.tolist(), strict=True)
    return {session: SessionCoverage(COVERAGE_CODES[code], reasons.get(session)) for session, code in pairs}
