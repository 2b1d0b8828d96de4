"""Frames with prices that move and sentiment that has gaps."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from backend.domain.arrays import Dates, Floats, Instants
from backend.domain.bars import Bars
from backend.domain.frames import Frame, SentimentColumns
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar

CALENDAR = trading_calendar(date(2020, 1, 1), date(2021, 12, 31))
CLOCK_CHANGE = trading_calendar(date(2019, 11, 1), date(2019, 11, 4))
HALF_DAY = trading_calendar(date(2019, 11, 29), date(2019, 12, 2))


def random_bars(size: int, seed: int = 0) -> Bars:
    """A random walk of ``size`` daily bars whose prices and volumes never repeat."""
    sessions = CALENDAR.slice(0, size)
    return _walk(sessions.sessions, sessions.opens, sessions.closes, Timeframe.DAY, seed)


def random_quarters(size: int, seed: int = 0) -> Bars:
    """The same in quarters of an hour from the last session before a clock change on, over a half day, with gaps."""
    quarter = np.timedelta64(15 * 60, "s")
    days = (CLOCK_CHANGE, HALF_DAY)
    starts = [np.arange(*hours, quarter) for each in days for hours in zip(each.opens, each.closes, strict=True)]
    session = np.repeat(np.concatenate([each.sessions for each in days]), [each.size for each in starts])
    start: Instants = np.concatenate(starts).astype("datetime64[s]")
    kept = np.flatnonzero(np.arange(start.size) % 9 != 4)[:size]
    end: Instants = start + quarter
    return _walk(session[kept], start[kept], end[kept], Timeframe.QUARTER_HOUR, seed)


def _walk(session: Dates, start: Instants, end: Instants, timeframe: Timeframe, seed: int) -> Bars:
    rng, size = np.random.default_rng(seed), session.size
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, size)))
    open_ = close * np.exp(rng.normal(0, 0.01, size))
    return Bars(
        symbol="TEST",
        timeframe=timeframe,
        session=session.copy(),
        start=start.copy(),
        end=end.copy(),
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


def random_frame(size: int, seed: int = 0, bars: Callable[[int, int], Bars] = random_bars) -> Frame:
    """Prices, and channels of random lines without gaps."""
    rng = np.random.default_rng(seed + 1)
    channels = {name: columns(rng.uniform(1.0, 3.0, size)) for name in ("reddit", "news", "sec", "all")}
    return Frame(bars(size, seed), channels)


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
