"""Prices from Yahoo Finance through the yfinance library: decades of daily bars, and the last weeks of shorter ones.

Yahoo adjusts its prices for splits. For dividends they are adjusted here: open, high, low and close of a bar are
multiplied by adjusted close / close of its trading session, both from Yahoo's daily chart. That is the adjustment of
the bar, and it tells of dividends alone: the prices that were paid before a split are not delivered, so whole shares
before one are counted in the shares of today. Volume is as delivered.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from backend.domain.arrays import Dates, Instants
from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.ports import Clock, Exchange
from backend.domain.timeframes import Timeframe
from backend.providers.pacing import Pacing, knock
from backend.providers.prices.yahoo_chart import NO_CHART, Chart, exchange_date
from backend.providers.prices.yahoo_request import CALLED, CONNECTING, YAHOO, ChartRequest

if TYPE_CHECKING:
    from backend.providers.prices.yahoo_session import YahooSession

FIRST_DAILY = date(1971, 1, 1)
"""Yahoo goes back to 1962, the exchange calendar to this day."""

REACH = {Timeframe.MINUTE: 30, Timeframe.FIVE_MINUTES: 60, Timeframe.QUARTER_HOUR: 60, Timeframe.HOUR: 730}
"""Days for which Yahoo serves bars shorter than a day."""

LONGEST_MINUTE_REQUEST = 7
"""Days; Yahoo refuses more than eight."""


class YahooPrices:
    """Adjusted bars of whatever trades by New York hours.

    Args:
        exchange: opens and closes of the sessions.
        clock: the present moment, which decides what is finished and how far back Yahoo serves.
        pacing: how often Yahoo is asked.
        url: an address that answers like Yahoo; empty for Yahoo itself.
    """

    name = "yfinance"
    remote = True

    def __init__(self, exchange: Exchange, clock: Clock, pacing: Pacing, url: str = "") -> None:
        self._exchange = exchange
        self._clock = clock
        self._pacing = pacing
        self._url = url

    def symbols(self) -> tuple[str, ...]:
        """None: Yahoo has no list."""
        return ()

    def span(self, symbol: str, timeframe: Timeframe) -> Period:  # noqa: ARG002 - the port names them
        """From as far back as Yahoo serves, less a day in which to ask, until today; for any symbol."""
        reach = REACH.get(timeframe)
        return Period(start=self._days_ago(reach - 1) if reach else FIRST_DAILY, end=self._days_ago(0))

    def longest_request(self, timeframe: Timeframe) -> int | None:
        """A week of 1-minute bars; no limit otherwise."""
        return LONGEST_MINUTE_REQUEST if timeframe is Timeframe.MINUTE else None

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        """Every finished bar within ``period`` whose prices are complete; none from before the symbol was listed.

        A row without a price, or whose range does not enclose its open and close, is left out; so is a bar shorter
        than a day whose session has no daily row to adjust it by.

        Raises:
            DataUnavailable: Yahoo does not know the symbol, does not reach back that far, or answers with disorder.
            Unavailable: Yahoo does not answer now.
        """
        self._refuse_beyond_reach(symbol, timeframe, period)
        request = ChartRequest(symbol, timeframe, period, *self._begun(period))
        chart = self._chart(request)
        daily = chart if timeframe is Timeframe.DAY else self._chart(replace(request, timeframe=Timeframe.DAY))
        return request.bars(self.name, chart, request.factors(daily))

    @cached_property
    def _session(self) -> "YahooSession":
        knock(self._url or YAHOO, CONNECTING)  # whoever has no network is told before the seconds that the import takes
        from backend.providers.prices.yahoo_session import YahooSession

        return YahooSession(self._url)

    def _days_ago(self, days: int) -> date:
        return exchange_date(self._clock().timestamp()) - timedelta(days=days)

    def _begun(self, period: Period) -> tuple["_Begun", np.datetime64]:
        """The sessions of the period that have begun, and the present moment."""
        now = np.datetime64(int(self._clock().timestamp()), "s")
        hours = self._exchange(period.start, period.end)
        stop = int(np.searchsorted(hours.opens, now))
        return _Begun(hours.sessions[:stop], hours.opens[:stop], hours.closes[:stop]), now

    def _refuse_beyond_reach(self, symbol: str, timeframe: Timeframe, period: Period) -> None:
        reach = REACH.get(timeframe)
        if period.start >= (self._days_ago(reach) if reach else FIRST_DAILY):
            return
        back = f"go back {reach} days" if reach else f"are used from {FIRST_DAILY} on"
        raise DataUnavailable(
            f"Yahoo's {CALLED[timeframe]} bars {back}, so it cannot serve {symbol} from {period.start} on.",
            f"ask from {self.span(symbol, timeframe).start} on, or import a file: `backproof data import prices FILE`",
        )

    def _chart(self, request: ChartRequest) -> Chart:
        """The chart, asked for a second time when it breaks off: what is missing twice is not there."""

        def ask() -> Chart:
            return request.chart(*self._session.chart(request.ticker, request.parameters))

        if not request.hours.sessions.size:
            return NO_CHART
        chart = self._pacing.call(ask)
        return max(chart, self._pacing.call(ask), key=len) if request.breaks_off(chart) else chart


@dataclass(frozen=True, eq=False)
class _Begun:
    sessions: Dates
    opens: Instants
    closes: Instants
