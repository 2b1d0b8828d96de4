"""Small in-memory stores behind the ports, for tests of services."""

from collections.abc import Sequence

import numpy as np

from backend.domain.bars import Bars
from backend.domain.errors import NotFound, Unavailable
from backend.domain.moments import rows_within, session_date
from backend.domain.periods import Period
from backend.domain.ports import BarSpan, PostSpan
from backend.domain.sentiment import Channel, DatasetLink, Post, ScoredPosts, SentimentDataset
from backend.domain.stretches import joined
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

    def coverage(self, symbol: str, timeframe: Timeframe, source: str) -> tuple[Period, ...]:
        return joined(self.covered.get((symbol, timeframe, source), []))

    def write_bars(self, bars: Bars, covered: Period) -> None:
        key = (bars.symbol, bars.timeframe, bars.source)
        old = self.bars.get(key)
        self.bars[key] = bars if old is None else _merged(old, bars)
        self.covered.setdefault(key, []).append(covered)

    def bar_spans(self) -> tuple[BarSpan, ...]:
        return tuple(
            BarSpan(*key, session_date(bars.session, 0), session_date(bars.session, -1), len(bars))
            for key, bars in sorted(self.bars.items())
            if len(bars)
        )


def _merged(old: Bars, new: Bars) -> Bars:
    kept = ~np.isin(old.end, new.end)
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
