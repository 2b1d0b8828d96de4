"""Frames to search on: the real AAPL prices with made-up posts, and generated markets with a known pattern."""

from functools import cache

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.frames import Frame, LoopFrame, SentimentColumns
from tests.samples import aapl_bars, make_bars

CHANNELS = ("all", "news", "reddit", "sec")


def made_up_sentiment(bars: int, rng: np.random.Generator) -> SentimentColumns:
    """Posts on every bar whose mood wanders slowly and says nothing about prices."""
    mood = np.zeros(bars)
    for bar in range(1, bars):
        mood[bar] = 0.9 * mood[bar - 1] + rng.normal(0.0, 0.1)
    posts = rng.poisson(20.0 * np.exp(rng.normal(0.0, 0.4, bars))).astype(np.float64) + 1.0
    return SentimentColumns(np.clip(0.05 + mood, -1.0, 1.0), np.full(bars, 0.2), posts)


@cache
def aapl_frame() -> LoopFrame:
    """AAPL 2000-03-01..2013-03-01 with made-up sentiment."""
    bars = aapl_bars()
    rng = np.random.default_rng(11)
    return LoopFrame(Frame(bars, {name: made_up_sentiment(len(bars), rng) for name in CHANNELS}))


def train_rows(frame: Frame) -> slice:
    """The first half, as a session cuts it."""
    return slice(0, len(frame) // 2)


def market(returns: Floats, mood: Floats | None = None) -> LoopFrame:
    """Daily bars that open at the last close and follow ``returns``; the mood is known at each close."""
    closes = 100.0 * np.cumprod(1.0 + returns)
    opens = np.concatenate([[100.0], closes[:-1]])
    highs, lows = np.maximum(opens, closes), np.minimum(opens, closes)
    bars = make_bars(np.stack([opens, highs, lows, closes], axis=1).tolist(), symbol="MADE")
    if mood is None:
        columns = made_up_sentiment(len(bars), np.random.default_rng(5))
    else:
        columns = SentimentColumns(np.clip(mood, -1, 1), np.full(len(bars), 0.2), np.full(len(bars), 20.0))
    return LoopFrame(Frame(bars, dict.fromkeys(CHANNELS, columns)))
