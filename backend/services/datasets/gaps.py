"""Which sessions a version lacks: those around it, between, and those that could not be fetched before."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from backend.domain.arrays import Bools
from backend.domain.moments import period_of, rows_within
from backend.domain.sentiment import SentimentDataset
from backend.engine.calendar import TradingCalendar, trading_calendar
from backend.services.datasets.days import EMPTY, FAILED, NOT_FETCHED
from backend.services.posts import Holding, as_arrays


@dataclass(frozen=True, eq=False)
class Gaps:
    """The sessions of a version to be, and which of them are missing.

    Attributes:
        calendar: S consecutive sessions.
        missing: shape (S,).
    """

    calendar: TradingCalendar
    missing: Bools

    def without(self, found: Bools) -> "Gaps":
        """The same sessions when those of ``found``, of shape (S,), are there."""
        return Gaps(self.calendar, self.missing & ~found)

    def stretches(self) -> Iterator[TradingCalendar]:
        """Runs of missing sessions, ascending."""
        rows = np.flatnonzero(self.missing)
        borders = np.flatnonzero(np.diff(rows) > 1) + 1
        for first, stop in pairwise([0, *borders.tolist(), rows.size] if rows.size else []):
            yield self.calendar.slice(int(rows[first]), int(rows[stop - 1]) + 1)


def covers(base: SentimentDataset, wanted: TradingCalendar) -> bool:
    """Whether the posts of every wanted session are known."""
    rows = rows_within(base.days.session, period_of(wanted.sessions))
    return rows.stop - rows.start == len(wanted) and bool((base.days.coverage[rows] <= EMPTY).all())


def find_gaps(holding: Holding, wanted: TradingCalendar, base: SentimentDataset | None) -> Gaps:
    """What has to be fetched so that one version holds ``base`` and ``wanted``.

    Sessions between the two are missing as well: a version has no holes, and nothing that was known before is lost.
    Within ``wanted``, sessions that failed are tried again, and so are those that the provider can answer for by now.
    """
    if base is None:
        return Gaps(wanted, np.ones(len(wanted), dtype=np.bool_))
    asked = period_of(wanted.sessions)
    calendar = trading_calendar(min(asked.start, base.start), max(asked.end, base.end))
    position = np.searchsorted(base.days.session, calendar.sessions).clip(max=len(base.days) - 1)
    there = base.days.session[position] == calendar.sessions
    coverage = base.days.coverage[position]
    inside = np.zeros(len(calendar), dtype=np.bool_)
    inside[rows_within(calendar.sessions, asked)] = True
    again = (coverage == FAILED) | ((coverage == NOT_FETCHED) & _asked_again(holding, calendar))
    return Gaps(calendar, ~there | (inside & again))


def _asked_again(holding: Holding, calendar: TradingCalendar) -> Bools:
    """Sessions that a source would answer for; what is stored has said all it knows. Shape (S,)."""
    if holding.available_posts is not None:
        return np.zeros(len(calendar), dtype=np.bool_)
    return holding.answers_for(calendar, as_arrays([], []))
