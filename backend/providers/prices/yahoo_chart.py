"""Reads Yahoo's charts: which rows of an answer are bars, and by how much each is adjusted."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from backend.domain.arrays import Bools, Dates, Floats, Instants, Integers
from backend.domain.errors import DataUnavailable
from backend.domain.ports import SessionHours
from backend.providers.pacing import TransientFailure

NEW_YORK = "America/New_York"
UNREADABLE = "answered with a text that is cut off or is not a chart"


@dataclass(frozen=True, eq=False)
class Chart:
    """One answer; arrays of shape (T,), as they were delivered.

    Attributes:
        zone: whose clock the exchange goes by; None when the answer does not say.
        first_trade, last_trade: between them the symbol is traded, in seconds since 1970; None when not said.
        stamp: seconds since 1970.
        prices: open, high, low and close, shape (4, T); NaN where there is none.
        adjusted_close: NaN where there is none; for bars shorter than a day Yahoo sends none, and it is the close.
        volume: NaN where there is none.
    """

    zone: str | None
    first_trade: int | None
    last_trade: int | None
    stamp: Integers
    prices: Floats
    adjusted_close: Floats
    volume: Floats

    def __len__(self) -> int:
        return int(self.stamp.size)


@dataclass(frozen=True, eq=False)
class Rows:
    """Which rows of a chart are bars, and when; arrays of shape (N,).

    Attributes:
        row: position in the chart.
        session: position in the hours that were given.
        start, end: in UTC, ``datetime64[s]``, ascending.
    """

    row: Integers
    session: Integers
    start: Instants
    end: Instants


NO_CHART = Chart(None, None, None, np.empty(0, np.int64), np.empty((4, 0)), np.empty(0), np.empty(0))
"""Nothing was traded."""


def read_chart(body: bytes) -> Chart:
    """Raises TransientFailure for a body that is cut off or none, DataUnavailable when its columns do not fit."""
    try:
        result = json.loads(body)["chart"]["result"][0]
        meta, quote = result["meta"], result["indicators"]["quote"][0]
        stamp = np.array(result.get("timestamp") or [], dtype=np.int64)
        columns = [_numbers(quote.get(name) or []) for name in ("open", "high", "low", "close", "volume")]
        adjusted = result["indicators"].get("adjclose") or [{}]
        adjusted_close = _numbers(adjusted[0].get("adjclose") or quote.get("close") or [])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise TransientFailure(UNREADABLE) from None
    if any(column.shape != stamp.shape for column in (*columns, adjusted_close)):
        raise DataUnavailable(f"Yahoo's chart of {meta.get('symbol')} has columns of different lengths.", "try later")
    return Chart(
        zone=meta.get("exchangeTimezoneName"),
        first_trade=meta.get("firstTradeDate"),
        last_trade=meta.get("regularMarketTime"),
        stamp=stamp,
        prices=np.stack(columns[:4]),
        adjusted_close=adjusted_close,
        volume=columns[4],
    )


def refusal(body: bytes) -> str:
    """Why Yahoo refused, in its words; empty when it does not say."""
    try:
        error = json.loads(body)["chart"]["error"]
        return " ".join(str(error["description"]).split())[:200]
    except (ValueError, KeyError, TypeError):
        return ""


def daily_rows(chart: Chart, hours: SessionHours, name: str) -> Rows:
    """Rows of the sessions in ``hours``; Yahoo stamps a day anywhere within it.

    While it trades, and for a while after, the last row is a quote of the day that the row before it is about as well.
    The later one counts.

    Raises:
        DataUnavailable: days repeat or descend anywhere else.
    """
    day = exchange_dates(chart.stamp)
    row = np.arange(day.size)
    if day.size > 1 and day[-1] == day[-2]:
        row = np.delete(row, -2)
    day = day[row]
    _refuse_disorder(day, name)
    known = np.isin(day, hours.sessions)
    at = np.searchsorted(hours.sessions, day[known])
    return Rows(row[known], at, hours.opens[at], hours.closes[at])


def intraday_rows(chart: Chart, hours: SessionHours, minutes: int, name: str) -> Rows:
    """Rows that start within a session of ``hours``; Yahoo stamps them with their start.

    The last bar of a session ends with it. While it trades, the last row is a quote of this moment and no bar.

    Raises:
        DataUnavailable: stamps repeat, descend, or are off the grid of the timeframe.
    """
    stamp = chart.stamp.astype("datetime64[s]")
    at = np.searchsorted(hours.opens, stamp, side="right") - 1
    row = np.flatnonzero((at >= 0) & (stamp < hours.closes[at]))
    step = np.timedelta64(minutes * 60, "s")
    off_grid = (stamp - hours.opens[at]) % step != np.timedelta64(0, "s")
    if row.size and row[-1] == stamp.size - 1 and (off_grid[-1] or stamp[-1] in stamp[:-1][-1:]):
        row = row[:-1]
    if off_grid[row].any():
        raise _disorder(name, f"{stamp[row][off_grid[row]][0]}Z is not a multiple of {minutes} minutes after the open")
    _refuse_disorder(stamp[row], name)
    start, at = stamp[row], at[row]
    return Rows(row, at, start, np.minimum(start + step, hours.closes[at]))


def factors(chart: Chart) -> Floats:
    """Adjusted close / close of each row, shape (T,); splits are in both already, dividends in the former alone."""
    close = chart.prices[3]
    known = (close > 0) & (chart.adjusted_close > 0)
    result: Floats = np.divide(chart.adjusted_close, close, out=np.full(close.shape, np.nan), where=known)
    return result


def usable(prices: Floats) -> Bools:
    """Which columns of (4, N) open, high, low and close can be a bar: above zero, the range around the rest."""
    lowest, highest = np.fmin(prices[0], prices[3]), np.fmax(prices[0], prices[3])
    return np.asarray((prices > 0).all(axis=0) & (prices[2] <= lowest) & (highest <= prices[1]))


def exchange_date(seconds: float) -> date:
    """The day in New York at a moment given in seconds since 1970."""
    return datetime.fromtimestamp(seconds, ZoneInfo(NEW_YORK)).date()


def exchange_dates(stamp: Integers) -> Dates:
    """The days in New York of moments given in seconds since 1970; shape (T,)."""
    return np.array([exchange_date(seconds) for seconds in stamp.tolist()], dtype="datetime64[D]")


def _numbers(values: list[Any]) -> Floats:
    column = np.array(values, dtype=np.float64)  # None becomes NaN
    return np.where(np.isfinite(column), column, np.nan)


def _refuse_disorder(moments: Dates | Instants, name: str) -> None:
    wrong = np.flatnonzero(np.diff(moments.astype(np.int64)) <= 0)
    if wrong.size:
        raise _disorder(name, f"{moments[wrong[0] + 1]} comes after {moments[wrong[0]]}")


def _disorder(name: str, what: str) -> DataUnavailable:
    hint = "try again later, or import a file: `backproof data import prices FILE`"
    return DataUnavailable(f"Yahoo's {name} are out of order: {what}.", hint)
