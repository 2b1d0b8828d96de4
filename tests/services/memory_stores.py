"""Small in-memory stores behind the ports, for tests of services."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput, NotFound, Unavailable
from backend.domain.moments import period_of, rows_within, session_date
from backend.domain.periods import Period
from backend.domain.ports import BarSpan, PostSpan, StoredBars
from backend.domain.sentiment import Channel, DatasetLink, Post, ScoredPosts, SentimentDataset
from backend.domain.stretches import ONE_DAY, joined, missing
from backend.domain.timeframes import Timeframe
from backend.services.posts import as_arrays


class MemoryMarketStore:
    """Bars by series, with their coverage."""

    def __init__(self) -> None:
        self.bars: dict[tuple[str, Timeframe, str], Bars] = {}
        self.covered: dict[tuple[str, Timeframe, str], list[Period]] = {}

    def read_bars(self, symbol: str, timeframe: Timeframe, source: str, period: Period) -> Bars | None:
        bars = self.bars.get((symbol, timeframe, source))
        if bars is None:
            return None
        rows = rows_within(bars.session, period)
        return bars.window(rows.start, rows.stop) if rows.stop > rows.start else None

    def series(self, symbol: str, timeframe: Timeframe) -> tuple[StoredBars, ...]:
        return tuple(
            StoredBars(key[2], joined(stretches), period_of(bars.session) if len(bars := self.bars[key]) else None)
            for key, stretches in sorted(self.covered.items())
            if key[:2] == (symbol, timeframe)
        )

    def write_bars(self, bars: Bars, covered: Period) -> None:
        rows = rows_within(bars.session, covered)
        if rows != slice(0, len(bars)):
            raise InvalidInput("There are bars outside of what is covered.")
        key = (bars.symbol, bars.timeframe, bars.source)
        old = self.bars.get(key)
        self.bars[key] = bars if old is None else _replaced_within(old, bars, covered)
        self.covered[key] = [*self.covered.get(key, []), covered]

    def replace_series(self, bars: Bars, covered: Period) -> None:
        key = (bars.symbol, bars.timeframe, bars.source)
        self.bars[key], self.covered[key] = bars, [covered]

    def delete_bars(
        self, *, symbol: str | None = None, timeframe: Timeframe | None = None, before: date | None = None
    ) -> int:
        wanted = [k for k in self.bars if symbol in (None, k[0]) and timeframe in (None, k[1])]
        return sum(self._delete(key, before) for key in wanted)

    def _delete(self, key: tuple[str, Timeframe, str], before: date | None) -> int:
        bars, covered = self.bars.pop(key), self.covered.pop(key)
        first = len(bars) if before is None else int(np.searchsorted(bars.session, np.datetime64(before, "D")))
        if before is not None:
            self.bars[key] = bars.window(first, len(bars))
            self.covered[key] = [p for c in covered for p in missing(c, [Period(start=date.min, end=before - ONE_DAY)])]
        return first

    def bar_spans(self) -> tuple[BarSpan, ...]:
        return tuple(
            BarSpan(*key, session_date(bars.session, 0), session_date(bars.session, -1), len(bars))
            for key, bars in sorted(self.bars.items())
            if len(bars)
        )


def _replaced_within(old: Bars, new: Bars, covered: Period) -> Bars:
    rows = rows_within(old.session, covered)
    kept = np.r_[0 : rows.start, rows.stop : len(old)]
    order = np.argsort(np.concatenate([old.end[kept], new.end]), kind="stable")
    columns = {name: np.concatenate([getattr(old, name)[kept], getattr(new, name)])[order] for name in old.arrays()}
    return Bars(symbol=old.symbol, timeframe=old.timeframe, source=old.source, **columns)


class MemoryPostStore:
    """Posts by provider, channel, symbol and id; scores beside them."""

    def __init__(self) -> None:
        self.posts: dict[tuple[str, str, str], dict[str, Post]] = {}
        self.scores: dict[tuple[str, str, str, str], dict[str, float]] = {}

    def write_posts(self, provider: str, posts: Sequence[Post]) -> int:
        added = 0
        for post in posts:
            stored = self.posts.setdefault((provider, post.symbol, post.channel), {})
            added += post.id not in stored
            stored.setdefault(post.id, post)
        return added

    def read_posts(self, provider: str, symbol: str, channel: Channel, period: Period) -> tuple[Post, ...]:
        stored = self.posts.get((provider, symbol, channel), {}).values()
        inside = [post for post in stored if period.start <= post.created_at.date() <= period.end]
        return tuple(sorted(inside, key=lambda post: (post.created_at, post.id)))

    def post_span(self, provider: str, symbol: str, channel: Channel) -> PostSpan | None:
        days = [post.created_at.date() for post in self.posts.get((provider, symbol, channel), {}).values()]
        return PostSpan(symbol, channel, provider, min(days), max(days), len(days)) if days else None

    def post_spans(self) -> tuple[PostSpan, ...]:
        found = [
            self.post_span(provider, symbol, _channel(channel)) for provider, symbol, channel in sorted(self.posts)
        ]
        return tuple(span for span in found if span is not None)

    def read_scored(
        self, provider: str, symbol: str, channel: Channel, period: Period, scorer: str
    ) -> ScoredPosts | None:
        posts = self.read_posts(provider, symbol, channel, period)
        scores = self.scores.get((provider, symbol, channel, scorer), {})
        if any(post.id not in scores for post in posts):
            return None
        return as_arrays(posts, [scores[post.id] for post in posts])

    def write_scores(self, provider: str, symbol: str, channel: Channel, scorer: str, scores: dict[str, float]) -> None:
        self.scores.setdefault((provider, symbol, channel, scorer), {}).update(scores)


def _channel(name: str) -> Channel:
    channel: Channel = name  # type: ignore[assignment]
    return channel


class MemoryDatasetStore:
    """Versions in the order of storing; fails on demand, as a database that is away would."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, str], SentimentDataset] = {}
        self.links: dict[tuple[str, str], dict[tuple[str, str], SentimentDataset]] = {}
        self.batches = 0
        self.away = False
        self.refused: set[str] = set()

    def newest_dataset(
        self, owner: str, symbol: str, channel: Channel, provider: str, timeframe: Timeframe, scorer: str
    ) -> SentimentDataset | None:
        wanted = (symbol, channel, provider, timeframe, scorer)
        fitting = [
            d
            for (whose, _), d in self.versions.items()
            if whose == owner and (d.symbol, d.channel, d.provider, d.timeframe, d.scorer) == wanted
        ]
        return fitting[-1] if fitting else None

    def load_dataset(self, owner: str, dataset_id: str) -> SentimentDataset:
        if (owner, dataset_id) not in self.versions:
            raise NotFound(f"There is no dataset {dataset_id}.")
        return self.versions[owner, dataset_id]

    def store_datasets(self, owner: str, session_id: str, datasets: Sequence[SentimentDataset]) -> int:
        if self.away:
            raise Unavailable("The database does not answer.", "try again later")
        if session_id in self.refused:
            raise NotFound(f"There is no session {session_id}.")
        self.batches += 1
        new = [d for d in datasets if (owner, d.id) not in self.versions]
        self.versions.update({(owner, d.id): d for d in new})
        self.links.setdefault((owner, session_id), {}).update({(d.symbol, d.channel): d for d in datasets})
        return len(new)

    def session_datasets(self, owner: str, session_id: str) -> tuple[DatasetLink, ...]:
        linked = self.links.get((owner, session_id), {})
        return tuple(DatasetLink.of(dataset) for _, dataset in sorted(linked.items()))
