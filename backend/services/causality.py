"""Rebuilds a strategy's decisions from raw inputs that were cut or changed at a moment, for the causality check."""

from dataclasses import dataclass, replace

import numpy as np

from backend.domain.arrays import Bools, Floats
from backend.domain.bars import Bars
from backend.domain.frames import Frame
from backend.domain.moments import session_date
from backend.domain.sentiment import ScoredPosts, SentimentDataset, SentimentDays
from backend.domain.signals import Signals
from backend.engine.calendar import trading_calendar
from backend.engine.sentiment import daily_sentiment, posts_before
from backend.language import CompiledSpec
from backend.proof.causality import Unfounded
from backend.services.dataset_manager import with_pooled_channels
from backend.services.datasets.days import COUNTS, MEANS

SAME_MEAN = 1e-9
"""Sums of equal numbers in another order differ by less."""

DAILY_SHOCK = 0.05
"""Standard deviation of the random log moves that replace the future."""


@dataclass(frozen=True, eq=False)
class RawInputs:
    """Bars and scored posts as they were before any alignment; one entry of ``posts`` for each dataset."""

    bars: Bars
    datasets: tuple[SentimentDataset, ...]
    posts: tuple[ScoredPosts, ...]


@dataclass(frozen=True, eq=False)
class RebuiltSignals:
    """Decisions of one strategy on the frame it was tested on, and on frames rebuilt with another future.

    Since the rebuilt ones start from raw posts, a frame whose sentiment is in the wrong session is caught as well.
    """

    compiled: CompiledSpec
    frame: Frame
    inputs: RawInputs

    def signals(self) -> Signals:
        """From the frame as it was tested."""
        return self.compiled.signals(self.frame)

    def unfounded(self) -> Unfounded | None:
        """Records that bars of the frame read and that their posts do not give."""
        found = []
        for dataset, posts in zip(self.inputs.datasets, self.inputs.posts, strict=True):
            different = dataset.days.session[self._read(dataset.days) & _differing(dataset, posts)]
            if different.size:
                found.append(Unfounded(int(different.size), dataset.channel, session_date(different, 0)))
        if not found:
            return None
        return replace(min(found, key=lambda one: one.first), sessions=sum(one.sessions for one in found))

    def truncated(self, cut: int) -> Signals:
        """From bars up to ``cut`` and posts stamped before its end; arrays of ``cut + 1`` rows."""
        moment = self.inputs.bars.end[cut]
        posts = tuple(posts_before(p, moment) for p in self.inputs.posts)
        return self._decide(self.inputs.bars.window(0, cut + 1), posts)

    def perturbed(self, cut: int, seed: int) -> Signals:
        """From the same past and a random future: later prices move at random, later posts say something else."""
        rng = np.random.default_rng([seed, cut])
        moment = self.inputs.bars.end[cut]
        posts = tuple(_with_other_future(p, moment, rng) for p in self.inputs.posts)
        return self._decide(_shocked(self.inputs.bars, cut, rng), posts)

    def _read(self, days: SentimentDays) -> Bools:
        """Records of sessions with bars that ended with the last bar; shape (S,)."""
        bars = self.inputs.bars
        return np.asarray(np.isin(days.session, bars.session) & (days.cutoff <= bars.end[-1]), dtype=np.bool_)

    def _decide(self, bars: Bars, posts: tuple[ScoredPosts, ...]) -> Signals:
        pairs = zip(self.inputs.datasets, posts, strict=True)
        days = {dataset.channel: _daily(dataset, p) for dataset, p in pairs}
        return self.compiled.signals(Frame(bars, with_pooled_channels(bars, days)))


def _daily(dataset: SentimentDataset, posts: ScoredPosts) -> SentimentDays:
    calendar = trading_calendar(dataset.start, dataset.end)
    return daily_sentiment(posts, calendar, dataset.days.coverage)


def _differing(dataset: SentimentDataset, posts: ScoredPosts) -> Bools:
    """Records that are not what the posts give; shape (S,)."""
    given, there = _daily(dataset, posts), dataset.days
    counts = [getattr(given, name) != getattr(there, name) for name in ("coverage", *COUNTS)]
    means = [
        ~np.isclose(getattr(given, name), getattr(there, name), rtol=0.0, atol=SAME_MEAN, equal_nan=True)
        for name in MEANS
    ]
    return np.asarray(np.any([*counts, *means], axis=0), dtype=np.bool_)


def _with_other_future(posts: ScoredPosts, moment: np.datetime64, rng: np.random.Generator) -> ScoredPosts:
    later = posts.created_at >= moment
    other = np.where(later, rng.uniform(-1.0, 1.0, len(posts)), posts.sentiment)
    return replace(posts, sentiment=other)


def _shocked(bars: Bars, cut: int, rng: np.random.Generator) -> Bars:
    later = len(bars) - cut - 1
    factor: Floats = np.ones(len(bars))
    factor[cut + 1 :] = np.exp(np.cumsum(rng.normal(0.0, DAILY_SHOCK, later)))
    prices = {name: getattr(bars, name) * factor for name in ("open", "high", "low", "close")}
    volume = bars.volume * np.where(np.arange(len(bars)) > cut, rng.uniform(0.2, 5.0, len(bars)), 1.0)
    return replace(bars, volume=volume, **prices)
