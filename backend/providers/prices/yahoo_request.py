"""One request to Yahoo's chart service: how it is put, and what an answer to it means."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable, Unavailable
from backend.domain.periods import Period
from backend.domain.ports import SessionHours
from backend.domain.timeframes import Timeframe
from backend.providers.pacing import TransientFailure
from backend.providers.prices.yahoo_chart import (
    NEW_YORK,
    NO_CHART,
    Chart,
    Rows,
    daily_rows,
    exchange_date,
    exchange_dates,
    factors,
    intraday_rows,
    read_chart,
    refusal,
    usable,
)

YAHOO = "https://query2.finance.yahoo.com"
CONNECTING = 2.0
"""Seconds after which there is no way to it."""

SHARE_CLASS = re.compile(r"\.([A-Z])$")
CALLED = {
    Timeframe.MINUTE: "1-minute",
    Timeframe.FIVE_MINUTES: "5-minute",
    Timeframe.QUARTER_HOUR: "15-minute",
    Timeframe.HOUR: "1-hour",
    Timeframe.DAY: "daily",
}
NOTHING_THERE = "Data doesn't exist"
"""How Yahoo says that a symbol was not listed in the whole of a period."""


@dataclass(frozen=True, eq=False)
class ChartRequest:
    """Bars of one symbol, asked for at one moment.

    Attributes:
        hours: the sessions of ``period`` that have begun.
        now: UTC, ``datetime64[s]``.
    """

    symbol: str
    timeframe: Timeframe
    period: Period
    hours: SessionHours
    now: np.datetime64

    @property
    def ticker(self) -> str:
        """The symbol as Yahoo writes it, quoted for an address: BRK.B is BRK-B, ^GSPC is %5EGSPC."""
        return quote(SHARE_CLASS.sub(r"-\1", self.symbol), safe="")

    @property
    def parameters(self) -> dict[str, str]:
        """Of the address; from midnight to midnight in New York."""
        first, stop = (_midnight(day) for day in (self.period.start, self.period.end + timedelta(days=1)))
        return {
            "period1": str(first),
            "period2": str(stop),
            "interval": str(self.timeframe),
            "includePrePost": "false",
            "events": "div,splits",
        }

    def chart(self, status: int, body: bytes, wait: float | None) -> Chart:
        """The chart that was answered; one without rows when the symbol was not listed then.

        Raises:
            TransientFailure: the answer may be better next time.
            DataUnavailable: Yahoo does not have what was asked for.
            Unavailable: it refuses to answer at all.
        """
        if status == 200:
            chart = read_chart(body)
            self._refuse_other_hours(chart)
            return chart
        if status == 404:
            raise DataUnavailable(
                f"Yahoo has no symbol {self.symbol}: it may be renamed or delisted.",
                "check the ticker, or import a file: `backproof data import prices FILE`",
            )
        if status in (400, 422):
            return self._nothing_or_refused(refusal(body))
        if status == 429:
            raise TransientFailure("limits how often it may be asked", wait)
        if status >= 500:
            raise TransientFailure(f"fails with HTTP {status}", wait)
        raise Unavailable(f"Yahoo refuses to answer (HTTP {status}).", "try again later; it may block this network")

    def breaks_off(self, chart: Chart) -> bool:
        """Whether the first or the last finished session in which the symbol was traded has no row at all."""
        if chart.first_trade is None or chart.last_trade is None:
            return False
        first, last = (np.datetime64(exchange_date(moment)) for moment in (chart.first_trade, chart.last_trade))
        expected = self.hours.sessions[self.hours.closes <= self.now]
        expected = expected[(expected >= first) & (expected <= last)]
        answered = exchange_dates(chart.stamp)
        return bool(expected.size and not np.isin([expected[0], expected[-1]], answered).all())

    def rows(self, chart: Chart) -> Rows:
        """Which rows of a chart are bars. Raises DataUnavailable when they are in disorder."""
        called = f"{CALLED[self.timeframe]} bars of {self.symbol}"
        if self.timeframe.minutes is None:
            return daily_rows(chart, self.hours, called)
        return intraday_rows(chart, self.hours, self.timeframe.minutes, called)

    def factors(self, chart: Chart) -> Floats:
        """Adjusted close / close of each session by the daily chart; shape of ``hours``, NaN where there is none."""
        rows = daily_rows(chart, self.hours, f"daily bars of {self.symbol}")
        result = np.full(self.hours.sessions.size, np.nan)
        result[rows.session] = factors(chart)[rows.row]
        return result

    def bars(self, source: str, chart: Chart, factor: Floats) -> Bars:
        """The finished bars with complete prices, each multiplied by the factor of its session."""
        rows = self.rows(chart)
        adjustment = factor[rows.session]
        prices = chart.prices[:, rows.row] * adjustment
        kept = np.flatnonzero(usable(prices) & (rows.end <= self.now))
        columns = dict(zip(("open", "high", "low", "close"), prices[:, kept].copy(), strict=True))
        return Bars(
            symbol=self.symbol,
            timeframe=self.timeframe,
            session=self.hours.sessions[rows.session[kept]],
            start=rows.start[kept],
            end=rows.end[kept],
            volume=np.fmax(chart.volume[rows.row[kept]], 0.0),
            source=source,
            adjustment=adjustment[kept],
            **columns,
        )

    def _refuse_other_hours(self, chart: Chart) -> None:
        if chart.zone not in (None, NEW_YORK):
            raise DataUnavailable(
                f"{self.symbol} goes by the clock of {chart.zone}; only sessions of New York are known.",
                "choose a symbol that trades in New York, or import a file",
            )

    def _nothing_or_refused(self, reason: str) -> Chart:
        if NOTHING_THERE in reason:
            return NO_CHART
        raise DataUnavailable(
            f"Yahoo does not serve {CALLED[self.timeframe]} bars of {self.symbol} from {self.period.start} to "
            f"{self.period.end}: {reason or 'it gives no reason'}",
            "ask for another period, use a longer timeframe, or import a file",
        )


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time.min, ZoneInfo(NEW_YORK)).timestamp())
