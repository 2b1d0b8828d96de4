"""Frames with prices that move and sentiment that has gaps."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backend.domain.arrays import Dates, Floats, Instants
from backend.domain.bars import Bars
from backend.domain.frames import Frame, SentimentColumns
from backend.domain.timeframes import Timeframe


def random_bars(size: int, seed: int = 0) -> Bars:
    """A random walk of ``size`` daily bars whose prices and volumes never repeat."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, size)))
    open_ = close * np.exp(rng.normal(0, 0.01, size))
    session: Dates = np.datetime64("2020-01-01", "D") + np.arange(size)
    midnight: Instants = session.astype("datetime64[s]")
    opens_at, closes_at = np.timedelta64(52_200, "s"), np.timedelta64(75_600, "s")
    return Bars(
        symbol="TEST",
        timeframe=Timeframe.DAY,
        session=session,
        start=midnight + opens_at,
        end=midnight + closes_at,
        open=open_,
        high=np.maximum(open_, close) * (1 + rng.uniform(0.001, 0.01, size)),
        low=np.minimum(open_, close) * (1 - rng.uniform(0.001, 0.01, size)),
        close=close,
        volume=rng.uniform(1_000, 9_000, size),
        source="test",
    )


def columns(values: Iterable[float]) -> SentimentColumns:
    """The same line as mean, deviation and number of posts: a test reads whichever it needs."""
    line: Floats = np.array(list(values), dtype=np.float64)
    return SentimentColumns(line.copy(), line.copy(), line.copy())


def frame_of(**channels: Iterable[float]) -> Frame:
    """A random walk with the given sentiment lines; all of the same length."""
    made = {name: columns(values) for name, values in channels.items()}
    return Frame(random_bars(len(next(iter(made.values())).mean)), made)


def random_frame(size: int, seed: int = 0) -> Frame:
    """Prices, and two channels of random lines without gaps."""
    rng = np.random.default_rng(seed + 1)
    channels = {name: columns(rng.uniform(1.0, 3.0, size)) for name in ("reddit", "news", "sec", "all")}
    return Frame(random_bars(size, seed), channels)


def joined(frame: Frame, other: Frame, cut: int) -> Frame:
    """``frame`` up to ``cut``, ``other`` from there on."""
    head, tail = frame.window(0, cut), other.window(cut, len(other))
    arrays: dict[str, Any] = {
        name: np.concatenate([x, tail.bars.arrays()[name]]) for name, x in head.bars.arrays().items()
    }
    lines = {
        name: columns(np.concatenate([head.sentiment[name].mean, tail.sentiment[name].mean]))
        for name in frame.sentiment
    }
    return Frame(replace(frame.bars, **arrays), lines)


def with_symbol(frame: Frame, symbol: str) -> Frame:
    """The same data under another symbol."""
    return replace(frame, bars=replace(frame.bars, symbol=symbol))


def rows_of(frame: Frame, rows: Sequence[int]) -> Frame:
    """Some rows of a frame: a symbol that has not traded in all bars."""
    chosen = np.array(rows, dtype=np.int64)
    arrays = {name: x[chosen] for name, x in frame.bars.arrays().items()}
    lines = {name: columns(x.mean[chosen]) for name, x in frame.sentiment.items()}
    return Frame(replace(frame.bars, **arrays), lines)


def beside(frame: Frame, *others: Frame) -> Frame:
    """``frame`` with other symbols to read."""
    return replace(frame, others={other.bars.symbol: other for other in others})
