"""Rebuilds a strategy's decisions from raw inputs that were cut or changed at a moment, for the causality check."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Bools, Floats
from backend.domain.bars import Bars
from backend.domain.frames import Frame
from backend.domain.moments import session_date
from backend.domain.sentiment import ScoredPosts, SentimentDataset, SentimentDays
from backend.domain.signals import Signals
from backend.engine.calendar import TradingCalendar, trading_calendar
from backend.engine.sentiment import daily_means, daily_sentiment, posts_before
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
    """Bars and scored posts as they were before any alignment.

    Attributes:
        posts: those of each dataset.
        others: the same of the symbols that ``of`` reads.
    """

    bars: Bars
    datasets: tuple[SentimentDataset, ...]
    posts: tuple[ScoredPosts, ...]
    others: Mapping[str, "RawInputs"] = field(default_factory=dict)

    @classmethod
    def of(cls, frame: Frame, datasets: Sequence[SentimentDataset], posts: Sequence[ScoredPosts]) -> Self:
        """What a frame was made of; ``posts`` holds those of each dataset, whichever symbol it is about."""
        pairs = list(zip(datasets, posts, strict=True))
        own = [pair for pair in pairs if pair[0].symbol == frame.bars.symbol]
        others = {symbol: cls.of(other, datasets, posts) for symbol, other in frame.others.items()}
        return cls(frame.bars, tuple(dataset for dataset, _ in own), tuple(some for _, some in own), others)

    def before(self, moment: np.datetime64) -> "RawInputs":
        """Bars that have ended at ``moment``, and posts stamped before it."""
        return replace(
            self,
            bars=self.bars.window(0, _ended(self.bars, moment)),
            posts=tuple(posts_before(posts, moment) for posts in self.posts),
            others={symbol: other.before(moment) for symbol, other in self.others.items()},
        )

    def with_other_future(self, moment: np.datetime64, rng: np.random.Generator) -> "RawInputs":
        """The same past; later prices move at random, later posts say something else."""
        posts = tuple(_with_other_future(some, moment, rng) for some in self.posts)
        bars = _shocked(self.bars, _ended(self.bars, moment), rng)
        others = {symbol: self.others[symbol].with_other_future(moment, rng) for symbol in sorted(self.others)}
        return replace(self, bars=bars, posts=posts, others=others)

    def frame(self) -> Frame:
        """The bars with what they read of daily records, which is made from the posts anew."""
        days = {dataset.channel: daily_means(some, *_sessions(dataset)) for dataset, some in self.pairs()}
        others = {symbol: other.frame() for symbol, other in self.others.items()}
        return Frame(self.bars, with_pooled_channels(self.bars, days), others)

    def pairs(self) -> Iterator[tuple[SentimentDataset, ScoredPosts]]:
        """Each dataset with its posts."""
        return zip(self.datasets, self.posts, strict=True)


@dataclass(frozen=True, eq=False)
class RebuiltSignals:
    """Decisions of one strategy on the frame it was tested on, and on frames rebuilt with another future.

    Since the rebuilt ones start from raw posts, a frame whose sentiment is in the wrong session is caught as well. The
    future of the symbols that ``of`` reads is another one, too.
    """

    compiled: CompiledSpec
    frame: Frame
    inputs: RawInputs

    def signals(self) -> Signals:
        """From the frame as it was tested."""
        return self.compiled.signals(self.frame)

    def unfounded(self) -> Unfounded | None:
        """Records that bars of the frame read and that their posts do not give."""
        found = [one for inputs in (self.inputs, *self.inputs.others.values()) for one in _unfounded(inputs)]
        if not found:
            return None
        return replace(min(found, key=lambda one: one.first), sessions=sum(one.sessions for one in found))

    def truncated(self, cut: int) -> Signals:
        """From bars up to ``cut`` and posts stamped before its end; arrays of ``cut + 1`` rows."""
        return self.compiled.signals(self.inputs.before(self.inputs.bars.end[cut]).frame())

    def perturbed(self, cut: int, seed: int) -> Signals:
        """From the same past and a random future: later prices move at random, later posts say something else."""
        rng = np.random.default_rng([seed, cut])
        return self.compiled.signals(self.inputs.with_other_future(self.inputs.bars.end[cut], rng).frame())


def _unfounded(inputs: RawInputs) -> Iterator[Unfounded]:
    """Of one symbol, by dataset."""
    for dataset, posts in inputs.pairs():
        different = dataset.days.session[_read(inputs.bars, dataset.days) & _differing(dataset, posts)]
        if different.size:
            yield Unfounded(int(different.size), dataset.channel, session_date(different, 0))


def _read(bars: Bars, days: SentimentDays) -> Bools:
    """Records of sessions with bars that ended with the last bar; shape (S,)."""
    ended = days.cutoff <= bars.end[-1] if len(bars) else np.zeros(len(days), dtype=np.bool_)
    return np.asarray(np.isin(days.session, bars.session) & ended, dtype=np.bool_)


def _ended(bars: Bars, moment: np.datetime64) -> int:
    """How many bars have ended at ``moment``."""
    return int(np.searchsorted(bars.end, moment, side="right"))


def _sessions(dataset: SentimentDataset) -> tuple[TradingCalendar, NDArray[np.int8]]:
    """Those of a dataset, and what is known about the posts of each."""
    return trading_calendar(dataset.start, dataset.end), dataset.days.coverage


def _differing(dataset: SentimentDataset, posts: ScoredPosts) -> Bools:
    """Records that are not what the posts give; shape (S,)."""
    given, there = daily_sentiment(posts, *_sessions(dataset)), dataset.days
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


def _shocked(bars: Bars, known: int, rng: np.random.Generator) -> Bars:
    """With other prices and volumes from bar ``known`` on."""
    factor: Floats = np.ones(len(bars))
    factor[known:] = np.exp(np.cumsum(rng.normal(0.0, DAILY_SHOCK, len(bars) - known)))
    prices = {name: getattr(bars, name) * factor for name in ("open", "high", "low", "close")}
    volume = bars.volume * np.where(np.arange(len(bars)) >= known, rng.uniform(0.2, 5.0, len(bars)), 1.0)
    return replace(bars, volume=volume, **prices)
