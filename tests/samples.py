"""Small bars written by hand, and the real AAPL series that the golden figures are about."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from bokeh_sampledata import stocks

from backend.domain.bars import Bars
from backend.domain.timeframes import Timeframe


def make_bars(rows: Sequence[Sequence[float]], symbol: str = "TEST", first: str = "2020-01-01") -> Bars:
    """Daily bars from ``[open, high, low, close]`` rows on consecutive days, 14:30 to 21:00 UTC, volume 1,000."""
    prices = np.array(rows, dtype=np.float64).T
    session = np.datetime64(first, "D") + np.arange(len(rows))
    midnight = session.astype("datetime64[s]")
    start, end = midnight + np.timedelta64(52_200, "s"), midnight + np.timedelta64(75_600, "s")
    volume = np.full(len(rows), 1_000.0)
    return Bars(symbol, Timeframe.DAY, session, start, end, *prices, volume, source="test")


def flat_bars(closes: Sequence[float]) -> Bars:
    """Daily bars whose open, high, low and close are the same price."""
    return make_bars([[price] * 4 for price in closes])


@cache
def aapl_bars() -> Bars:
    """AAPL daily 2000-03-01..2013-03-01, adjusted by adj_close / close (bokeh-sampledata 2026.1, public domain)."""
    rows = stocks.AAPL
    columns = {name: np.array(rows[name], dtype=np.float64) for name in ("open", "high", "low", "close", "adj_close")}
    factor = columns["adj_close"] / columns["close"]
    prices = [columns[name] * factor for name in ("open", "high", "low", "close")]
    session = np.array(rows["date"], dtype="datetime64[D]")
    midnight = session.astype("datetime64[s]")
    start, end = midnight + np.timedelta64(52_200, "s"), midnight + np.timedelta64(75_600, "s")
    return Bars("AAPL", Timeframe.DAY, session, start, end, *prices, np.array(rows["volume"], float), source="sample")
