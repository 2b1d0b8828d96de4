"""Small bars written by hand, and the real AAPL series that the golden figures are about."""

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np
from bokeh_sampledata import stocks

from backend.domain.arrays import Dates, Floats
from backend.domain.bars import Bars
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar


def make_bars(rows: Sequence[Sequence[float]], symbol: str = "TEST", first: str = "2020-01-01") -> Bars:
    """Daily bars from ``[open, high, low, close]`` rows on consecutive days, 14:30 to 21:00 UTC, volume 1,000."""
    session: Dates = np.datetime64(first, "D") + np.arange(len(rows))
    return _daily(symbol, session, np.array(rows, dtype=np.float64).T, np.full(len(rows), 1_000.0), "test")


def flat_bars(closes: Sequence[float]) -> Bars:
    """Daily bars whose open, high, low and close are the same price."""
    return make_bars([[price] * 4 for price in closes])


@cache
def aapl_bars() -> Bars:
    """AAPL daily 2000-03-01..2013-03-01, adjusted by adj_close / close (bokeh-sampledata 2026.1, public domain)."""
    rows = stocks.AAPL
    adjusted_close, close = (np.array(rows[name], dtype=np.float64) for name in ("adj_close", "close"))
    prices = np.array([rows[name] for name in ("open", "high", "low", "close")], dtype=np.float64)
    session = np.array(rows["date"], dtype="datetime64[D]")
    volume = np.array(rows["volume"], dtype=np.float64)
    return _daily("AAPL", session, prices * (adjusted_close / close), volume, "sample")


def _daily(symbol: str, session: Dates, prices: Floats, volume: Floats, source: str) -> Bars:
    midnight = session.astype("datetime64[s]").astype(np.int64)
    return Bars(
        symbol=symbol,
        timeframe=Timeframe.DAY,
        session=session,
        start=(midnight + 52_200).astype("datetime64[s]"),
        end=(midnight + 75_600).astype("datetime64[s]"),
        open=prices[0].copy(),
        high=prices[1].copy(),
        low=prices[2].copy(),
        close=prices[3].copy(),
        volume=volume,
        source=source,
    )


def minute_bars(first: date, last: date, kept: float = 1.0, seed: int = 0) -> Bars:
    """Minutes of every session at random prices; each but the last is there with the chance ``kept``."""
    minute = np.timedelta64(60, "s")
    calendar, rng = trading_calendar(first, last), np.random.default_rng(seed)
    hours = zip(calendar.opens, calendar.closes, strict=True)
    start = np.concatenate([np.arange(opened, closed, minute) for opened, closed in hours])
    session = np.repeat(calendar.sessions, ((calendar.closes - calendar.opens) // minute).astype(int))
    there = rng.random(start.size) < kept
    there[-1] = True
    prices = np.exp(np.cumsum(rng.normal(0, 0.001, (start.size, 4)), axis=0).mean(axis=1)[:, None])
    prices = prices * np.exp(rng.normal(0, 0.001, (start.size, 4)))
    columns = {
        "open": prices[:, 0],
        "high": prices.max(axis=1),
        "low": prices.min(axis=1),
        "close": prices[:, 3],
        "volume": rng.integers(0, 100, start.size).astype(float),
    }
    kept_columns = {name: values[there].copy() for name, values in columns.items()}
    times = {"session": session[there], "start": start[there], "end": (start + minute)[there]}
    return Bars(symbol="TEST", timeframe=Timeframe.MINUTE, source="test", **times, **kept_columns)
