"""Sample prices for work without a network: daily AAPL, IBM, MSFT, GOOG and FB up to 2013-03-01 (bokeh-sampledata).

The values come from Quandl WIKI Prices, which were declared public domain. Raw prices are scaled by adj_close / close:
that is the adjustment of each bar.
"""

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from backend.domain.arrays import Dates, Floats
from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.domain.moments import rows_within
from backend.domain.periods import Period
from backend.domain.ports import Exchange
from backend.domain.suggestions import did_you_mean
from backend.domain.timeframes import Timeframe

LAST_DAY = date(2013, 3, 1)
SPANS = {
    "AAPL": Period(start=date(2000, 3, 1), end=LAST_DAY),
    "FB": Period(start=date(2012, 5, 18), end=LAST_DAY),
    "GOOG": Period(start=date(2004, 8, 19), end=LAST_DAY),
    "IBM": Period(start=date(2000, 3, 1), end=LAST_DAY),
    "MSFT": Period(start=date(2000, 3, 1), end=LAST_DAY),
}
"""First and last session of each symbol; known without reading the files."""


class SamplePrices:
    """Daily adjusted bars from a package on this machine.

    Args:
        exchange: opens and closes of the sessions.
    """

    name = "sample"
    remote = False

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def symbols(self) -> tuple[str, ...]:
        """The five symbols, alphabetically."""
        return tuple(SPANS)

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:
        """The whole series; None for another symbol or timeframe."""
        return SPANS.get(symbol) if timeframe is Timeframe.DAY else None

    def longest_request(self, timeframe: Timeframe) -> int | None:  # noqa: ARG002 - the port names it
        """No limit."""
        return None

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        """The bars whose session lies in ``period``; none outside the span.

        Raises:
            DataUnavailable: another symbol or timeframe.
        """
        if self.span(symbol, timeframe) is None:
            hint = did_you_mean(symbol, SPANS) or f"it has daily bars of {', '.join(SPANS)}"
            raise DataUnavailable(f"The sample prices have no {timeframe} bars of {symbol}.", hint)
        session, prices, volume, adjustment = _adjusted(symbol)
        rows = rows_within(session, period)
        kept = session[rows]
        hours = self._exchange(SPANS[symbol].start, SPANS[symbol].end)
        at = np.searchsorted(hours.sessions, kept)
        columns = {name: prices[line, rows].copy() for line, name in enumerate(("open", "high", "low", "close"))}
        return Bars(
            symbol=symbol,
            timeframe=timeframe,
            session=kept.copy(),
            start=hours.opens[at],
            end=hours.closes[at],
            volume=volume[rows].copy(),
            source=self.name,
            adjustment=adjustment[rows].copy(),
            **columns,
        )


@lru_cache(maxsize=len(SPANS))
def _adjusted(symbol: str) -> tuple[Dates, Floats, Floats, Floats]:
    """Sessions (T,), adjusted open, high, low and close (4, T), volume and adjustment (T,)."""
    from bokeh_sampledata import stocks

    rows: dict[str, Any] = getattr(stocks, symbol)
    session = np.array(rows["date"], dtype="datetime64[D]")
    adjusted_close, close = (np.array(rows[name], dtype=np.float64) for name in ("adj_close", "close"))
    prices = np.array([rows[name] for name in ("open", "high", "low", "close")], dtype=np.float64)
    adjustment = adjusted_close / close
    return session, prices * adjustment, np.array(rows["volume"], dtype=np.float64), adjustment
