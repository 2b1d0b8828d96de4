"""Sentiment datasets: found in memory or the store, extended from a source, stored as immutable versions."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock

import numpy as np
import structlog

from backend.domain.bars import Bars
from backend.domain.errors import Unavailable
from backend.domain.frames import Frame, SentimentColumns
from backend.domain.periods import Period
from backend.domain.ports import Clock, DatasetStore, Progress
from backend.domain.sentiment import (
    ALL_CHANNELS,
    COVERAGE_CODES,
    Channel,
    Coverage,
    DatasetLink,
    ScoredPosts,
    SentimentDataset,
    SentimentDay,
    SentimentDays,
)
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.engine.sentiment import combine, sentiment_columns
from backend.services.counters import DataCounters
from backend.services.dataset_building import (
    Circumstances,
    adjoins,
    coverage_notices,
    measure,
    missing_sessions,
    new_version,
    post_days,
    sessions_of,
)
from backend.services.posts import Holding, Posts

POSTS_IN_MEMORY = 64
"""Datasets whose scored posts are kept at hand for the causality check."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, eq=False)
class Prefetch:
    """The datasets of a session, by symbol and channel, and what must be said about them."""

    datasets: tuple[SentimentDataset, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True)
class _Series:
    """What identifies the versions of one dataset."""

    owner: str
    symbol: str
    channel: Channel
    provider: str


@dataclass(frozen=True)
class _Batch:
    """A write that waits until the store answers again."""

    owner: str
    session_id: str
    datasets: tuple[SentimentDataset, ...]


class DatasetManager:
    """Looks a dataset up in memory, then the store, then builds what is missing from posts.

    Args:
        datasets: where versions are kept.
        posts: where scored posts come from.
        counters: told of every read, fetch, score and write.
        clock: when a version was made.
    """

    def __init__(self, datasets: DatasetStore, posts: Posts, counters: DataCounters, clock: Clock) -> None:
        self._store = datasets
        self._posts = posts
        self._counters = counters
        self._clock = clock
        self._memory: dict[_Series, SentimentDataset] = {}
        self._stored: set[str] = set()
        self._scored: OrderedDict[str, ScoredPosts] = OrderedDict()
        self._outbox: list[_Batch] = []
        self._one_writer = Lock()

    def prefetch(
        self,
        owner: str,
        session_id: str | None,
        symbols: Sequence[str],
        channels: Sequence[Channel],
        period: Period,
        progress: Progress,
    ) -> Prefetch:
        """Every dataset of a session, and one atomic write for all that are new.

        Args:
            owner: whose datasets.
            session_id: the session they are linked to; None stores nothing and gives the same results.
            symbols: upper case.
            channels: a dataset for each symbol and channel.
            period: its sessions are covered by each dataset; a stored version may reach further.
            progress: told what is being done.

        Raises:
            DataUnavailable: nobody has posts of a symbol and channel; nothing is stored then.
        """
        keep = session_id is not None
        found: list[SentimentDataset] = []
        notices: list[str] = []
        for symbol in symbols:
            for channel in channels:
                progress(f"{channel} posts about {symbol}")
                holding = self._posts.choose(symbol, channel, period)
                found.append(self._dataset(owner, holding, period, keep=keep))
                notices += (*holding.notices, *coverage_notices(found[-1], period))
        if session_id is not None:
            notices += self._save(_Batch(owner, session_id, tuple(found)))
        return Prefetch(tuple(found), tuple(notices))

    def get_or_create_dataset(self, owner: str, symbol: str, channel: Channel, period: Period) -> SentimentDataset:
        """The dataset without a session: what is stored is reused, nothing is written."""
        return self._dataset(owner, self._posts.choose(symbol, channel, period), period, keep=False)

    def create_or_update_dataset(
        self, owner: str, session_id: str, symbol: str, channel: Channel, period: Period
    ) -> SentimentDataset:
        """The dataset of one symbol and channel, stored and linked to the session."""
        return self.prefetch(owner, session_id, [symbol], [channel], period, lambda _: None).datasets[0]

    def get_sentiment_for_date(self, owner: str, symbol: str, channel: Channel, day: date) -> SentimentDay | None:
        """The record of the session on ``day``; None when the exchange is closed that day."""
        if not len(trading_calendar(day, day)):
            return None
        dataset = self.get_or_create_dataset(owner, symbol, channel, Period(start=day, end=day))
        return _day(dataset.days, int(np.searchsorted(dataset.days.session, np.datetime64(day, "D"))))

    def frame(self, bars: Bars, datasets: Sequence[SentimentDataset]) -> Frame:
        """The bars with the columns of the datasets of their symbol, and with all these channels pooled."""
        days = {dataset.channel: dataset.days for dataset in datasets if dataset.symbol == bars.symbol}
        return Frame(bars, with_pooled_channels(bars, days))

    def associate_with_bot(self, owner: str, session_id: str) -> tuple[DatasetLink, ...]:
        """The dataset versions of a session, which the bot store links in the transaction that creates the bot."""
        self._retry()
        return self._store.session_datasets(owner, session_id)

    def scored_posts(self, dataset: SentimentDataset) -> ScoredPosts:
        """The posts that a dataset was made of; scores that are stored are not made again."""
        if dataset.id not in self._scored:
            period = Period(start=dataset.start, end=dataset.end)
            holding = self._posts.holding(dataset.provider, dataset.symbol, dataset.channel)
            days = post_days(sessions_of(period))
            read = self._posts.stored if dataset.id in self._stored else self._posts.scored
            self._remember_posts(dataset, read(holding, days, self._counters, keep=False))
        return self._scored[dataset.id]

    def _dataset(self, owner: str, holding: Holding, period: Period, *, keep: bool) -> SentimentDataset:
        wanted = sessions_of(period)
        series = _Series(owner, holding.symbol, holding.channel, holding.source.name)
        base = self._newest(series, keep=keep)
        if base is not None and not (_is_current(base, holding) and adjoins(wanted, base)):
            base = None
        missing = missing_sessions(wanted, base)
        if base is not None and not missing:
            return base
        posts = [self._posts.scored(holding, post_days(part), self._counters, keep=keep) for part in missing]
        pieces = [measure(holding, part, some) for part, some in zip(missing, posts, strict=True)]
        circumstances = Circumstances(owner, self._posts.scorer, self._clock())
        made = new_version(holding, pieces, base, circumstances)
        self._memory[series] = made
        if base is None:
            self._remember_posts(made, posts[0])
        return made

    def _newest(self, series: _Series, *, keep: bool) -> SentimentDataset | None:
        """The newest version; one that was never stored does not count for a session that stores."""
        known = self._memory.get(series)
        if known is not None and (known.id in self._stored or not keep):
            return known
        self._counters.data_reads += 1
        found = self._store.newest_dataset(
            series.owner, series.symbol, series.channel, series.provider, Timeframe.DAY, self._posts.scorer
        )
        if found is not None:
            self._memory[series] = found
            self._stored.add(found.id)
        return found

    def _save(self, batch: _Batch) -> tuple[str, ...]:
        """Write the batch and what waits from before; a store that does not answer is a notice, not a failure."""
        try:
            self._retry(batch)
        except Unavailable as error:
            log.warning("datasets.not_stored", session_id=batch.session_id, reason=error.message)
            return (f"The datasets could not be stored yet and wait in memory: {error.message}",)
        return ()

    def _retry(self, *new: _Batch) -> None:
        """Write everything that waits, in order; it waits on while the store does not answer."""
        with self._one_writer:
            self._outbox += new
            while self._outbox:
                batch = self._outbox.pop(0)
                try:
                    added = self._store.store_datasets(batch.owner, batch.session_id, batch.datasets)
                except Unavailable:
                    self._outbox.insert(0, batch)
                    raise
                self._counters.dataset_writes += added
                self._stored.update(dataset.id for dataset in batch.datasets)

    def _remember_posts(self, dataset: SentimentDataset, posts: ScoredPosts) -> None:
        self._scored[dataset.id] = posts
        while len(self._scored) > POSTS_IN_MEMORY:
            self._scored.popitem(last=False)


def with_pooled_channels(bars: Bars, days: Mapping[Channel, SentimentDays]) -> dict[str, SentimentColumns]:
    """The columns of each channel aligned with the bars, and under ``"all"`` the channels together."""
    columns: dict[str, SentimentColumns] = {channel: sentiment_columns(bars, d) for channel, d in days.items()}
    if columns:
        columns[ALL_CHANNELS] = combine(list(columns.values()))
    return columns


def _is_current(dataset: SentimentDataset, holding: Holding) -> bool:
    """Whether no post was imported since the version was made."""
    return dataset.metadata.available_posts == holding.available_posts


def _day(days: SentimentDays, row: int) -> SentimentDay:
    counts = {
        name: int(getattr(days, name)[row])
        for name in ("posts", "unique_posts", "authors", "positive", "neutral", "negative")
    }
    means = {name: float(getattr(days, name)[row]) for name in ("mean", "median", "std")}
    return SentimentDay(
        session=days.session[row].astype(object),
        coverage=COVERAGE_CODES[int(days.coverage[row])],
        **counts,
        **{name: None if np.isnan(value) else value for name, value in means.items()},
    )
