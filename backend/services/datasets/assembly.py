"""Puts a dataset together: the newest version, extended by the sessions that it lacks and by nothing else."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from backend.domain.errors import Unavailable
from backend.domain.moments import rows_within
from backend.domain.periods import Period
from backend.domain.ports import Clock, Progress
from backend.domain.sentiment import ScoredPosts, SentimentDataset
from backend.engine.calendar import trading_calendar
from backend.services.datasets.building import (
    Circumstances,
    DailyRecords,
    Wanted,
    calendar_of,
    coverage_notices,
    daily_records,
    new_version,
    post_days,
)
from backend.services.datasets.days import FAILED, columns_of, picked, reasons_of
from backend.services.datasets.fetching import PostFetching
from backend.services.datasets.gaps import Gaps, covers, find_gaps
from backend.services.datasets.known import KnownDatasets, KnownSeries
from backend.services.datasets.single import SingleSessions
from backend.services.posts import Holding

POSTS_IN_MEMORY = 64
"""Datasets whose scored posts are kept at hand for the causality check."""


@dataclass(frozen=True, eq=False)
class Assembled:
    """A dataset that covers what was wanted and perhaps more, and what must be said about it."""

    dataset: SentimentDataset
    notices: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Task:
    """What a new version is made of and for."""

    wanted: Wanted
    series: KnownSeries
    holding: Holding
    progress: Progress
    keep: bool


class DatasetAssembly:
    """Looks in memory, then in the store, then makes what is missing from posts.

    Args:
        known: newest versions, in memory or in the store.
        single: records of single sessions that were kept by themselves.
        fetching: gives posts.
        clock: when a version was made.
    """

    def __init__(self, known: KnownDatasets, single: SingleSessions, fetching: PostFetching, clock: Clock) -> None:
        self._known = known
        self._single = single
        self._fetching = fetching
        self._clock = clock
        self._scored: OrderedDict[str, ScoredPosts] = OrderedDict()
        self._loose: set[str] = set()

    def assemble(self, wanted: Wanted, progress: Progress, *, keep: bool) -> Assembled:
        """The newest version if it covers what is wanted, or one that holds it and what it lacks.

        Args:
            wanted: what is asked for.
            progress: told of parts of a long fetch.
            keep: whether posts, scores and later the version are stored; the version is the same either way.

        Raises:
            InvalidInput: there is no session in the period.
            DataUnavailable: nobody has posts.
            Unavailable: the source did not give the posts of a single session.
        """
        calendar = calendar_of(wanted.period)
        series = self._known.series(wanted.owner, wanted.symbol, wanted.channel)
        with series.building:
            holding = self._fetching.posts.choose(wanted.symbol, wanted.channel, wanted.period, series.spans)
            base = series.newest(holding.source.name, keep=keep)
            if base is not None and not holding.unchanged_since(base):
                base = None
            if base is None or not covers(base, calendar):
                gaps = find_gaps(holding, calendar, base)
                if base is None or gaps.missing.any():
                    base = self._extended(_Task(wanted, series, holding, progress, keep), base, gaps)
            return Assembled(base, (*holding.notices, *coverage_notices(base, wanted.period)))

    def scored_posts(self, dataset: SentimentDataset) -> ScoredPosts:
        """The posts that a dataset was made of; scores that are stored are not made again."""
        if dataset.id not in self._scored:
            period = Period(start=dataset.start, end=dataset.end)
            known = self._known.spans(dataset.symbol, dataset.channel)
            spans = self._fetching.posts.spans(dataset.symbol, dataset.channel) if known is None else known
            holding = self._fetching.posts.holding(dataset.provider, dataset.symbol, dataset.channel, spans)
            days = post_days(calendar_of(period))
            posts = self._fetching.again(holding, days, stored=dataset.id not in self._loose)
            if holding.available_posts is None and not _made_of(dataset, posts):
                posts = self._fetching.again(holding, days, stored=False)  # the store was away when they came
            self._remember_posts(dataset, posts)
        return self._scored[dataset.id]

    def _extended(self, task: _Task, base: SentimentDataset | None, gaps: Gaps) -> SentimentDataset:
        kept = () if base is None else (_without(base, gaps),)
        from_history = self._from_history(task, gaps)
        for piece in from_history:
            gaps = gaps.without(np.isin(gaps.calendar.sessions, piece.days.session))
        fetched = [
            (stretch, self._fetching.fetch(task.holding, stretch, task.progress, keep=task.keep))
            for stretch in gaps.stretches()
        ]
        measured = [daily_records(task.holding, stretch, posts) for stretch, posts in fetched]
        circumstances = Circumstances(task.wanted.owner, self._fetching.posts.scorer, self._clock())
        made = new_version(task.holding, [*kept, *from_history, *measured], circumstances)
        _refuse_if_all_failed(made, task.wanted)
        self._remember(task, made)
        if len(fetched) == 1 and not kept and not from_history:
            self._remember_posts(made, fetched[0][1].posts)
        return made

    def _from_history(self, task: _Task, gaps: Gaps) -> tuple[DailyRecords, ...]:
        """Missing sessions of which there are records, as one piece or none."""
        missing = set(gaps.calendar.sessions[gaps.missing].tolist())
        records = self._single.within(task.wanted, task.holding, gaps.calendar)
        found = [record for record in records if record.session in missing]
        return (DailyRecords(columns_of(found), from_cache_days=len(found)),) if found else ()

    def _remember(self, task: _Task, made: SentimentDataset) -> None:
        task.series.remember(made, keep=task.keep)
        if task.keep:
            self._loose.discard(made.id)
        else:
            self._loose.add(made.id)

    def _remember_posts(self, dataset: SentimentDataset, posts: ScoredPosts) -> None:
        self._scored[dataset.id] = posts
        while len(self._scored) > POSTS_IN_MEMORY:
            self._scored.popitem(last=False)


def _made_of(dataset: SentimentDataset, posts: ScoredPosts) -> bool:
    """Whether as many posts are there as the dataset counts."""
    calendar = trading_calendar(dataset.start, dataset.end)
    index = calendar.session_index_of_posts(posts.created_at, posts.date_only)
    counted = np.append(dataset.days.fetched, False)[index] & (index >= 0)
    return int(np.count_nonzero(counted)) == dataset.metadata.total_posts


def _without(base: SentimentDataset, gaps: Gaps) -> DailyRecords:
    """The records of ``base`` that are not made anew."""
    kept = picked(base.days, ~np.isin(base.days.session, gaps.calendar.sessions[gaps.missing]))
    return DailyRecords(kept, reasons_of(kept, base.metadata.failures), len(kept))


def _refuse_if_all_failed(made: SentimentDataset, wanted: Wanted) -> None:
    rows = rows_within(made.days.session, wanted.period)
    if made.days.fetched[rows].any() or not (made.days.coverage[rows] == FAILED).any():
        return
    period = wanted.period
    raise Unavailable(
        f"None of the {wanted.channel} posts about {wanted.symbol} from {period.start} to {period.end} "
        f"could be fetched: {made.metadata.failures[-1].reason}",
        f"try again later, or leave the channel out: `--without {wanted.channel}`",
    )
