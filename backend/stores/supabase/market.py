"""Bars by symbol, timeframe and source, with the stretches known to be complete."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from backend.domain.bars import Bars
from backend.domain.periods import Period
from backend.domain.ports import BarSpan, StoredBars
from backend.domain.sources import SHARED, kept_for
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.bars import BAR_COLUMNS, refuse_outside
from backend.stores.codecs.documents import dump
from backend.stores.codecs.rows import reading
from backend.stores.sql.market import EVERY_LOCK, coverage_of, series_lock
from backend.stores.supabase.client import Callers
from backend.stores.supabase.rows import row_text

_DTYPES = dict(zip(BAR_COLUMNS, ("int64", "int64", "int64", *["float64"] * 6), strict=True))
_UNITS = {"session": "datetime64[D]", "start": "datetime64[s]", "end": "datetime64[s]"}


class SupabaseMarketStore:
    """The MarketStore port over a Supabase project.

    Args:
        owner: whose imported series it serves, beside the fetched ones that are everybody's.
    """

    def __init__(self, callers: Callers, owner: str) -> None:
        self._callers = callers
        self._call = callers.own.call
        self._owner = owner

    def series(self, symbol: str, timeframe: Timeframe) -> tuple[StoredBars, ...]:
        """What there is of each source, by source, in one read."""
        rows = self._call("bar_series", owner=self._owner, symbol=symbol, timeframe=str(timeframe))
        return tuple(_stored_bars(row) for row in rows)

    def read_bars(self, symbol: str, timeframe: Timeframe, source: str, period: Period) -> Bars | None:
        """Stored bars within ``period``, in one read; None when there are none."""
        columns = self._call(
            "read_bars",
            owner=kept_for(source, self._owner),
            symbol=symbol,
            timeframe=str(timeframe),
            source=source,
            start=period.start.isoformat(),
            end=period.end.isoformat(),
        )
        return None if columns is None else _bars_of(columns, symbol, timeframe, source)

    def write_bars(self, bars: Bars, covered: Period) -> None:
        """Put the bars in place of all that is stored of their series within ``covered``, and mark it as complete.

        In one transaction.

        Raises:
            InvalidInput: a bar lies outside ``covered``.
        """
        self._write(bars, covered, whole=False)

    def replace_series(self, bars: Bars, covered: Period) -> None:
        """Put the bars in place of the whole series of that source: its history has changed. In one transaction.

        Raises:
            InvalidInput: a bar lies outside ``covered``.
        """
        self._write(bars, covered, whole=True)

    def delete_bars(
        self,
        *,
        symbol: str | None = None,
        timeframe: Timeframe | None = None,
        before: date | None = None,
        shared: bool = True,
    ) -> int:
        """Delete bars and coverage of the sessions before ``before`` (None: all); returns how many bars.

        Snapshots that bots pinned stay. An argument left out means every one; imported series of other owners stay, and
        with ``shared`` false those that were fetched, too.
        """
        deleted = self._callers.writing(SHARED if shared else self._owner).call(
            "delete_bars",
            locks=dump(EVERY_LOCK),
            owner=self._owner,
            symbol=symbol,
            timeframe=None if timeframe is None else str(timeframe),
            before=None if before is None else before.isoformat(),
            shared=shared,
        )
        return int(deleted)

    def coverage(self) -> Mapping[tuple[str, Timeframe, str], tuple[Period, ...]]:
        """The complete stretches of every series, by symbol, timeframe and source; far cheaper than counting bars."""
        return coverage_of(self._call("bar_coverage", owner=self._owner))

    def bar_spans(self) -> tuple[BarSpan, ...]:
        """Every stored series, by symbol."""
        rows = self._call("bar_spans", owner=self._owner)
        return tuple(
            BarSpan(symbol, Timeframe(timeframe), source, date.fromisoformat(start), date.fromisoformat(end), bars)
            for symbol, timeframe, source, start, end, bars in rows
        )

    def _write(self, bars: Bars, covered: Period, *, whole: bool) -> None:
        refuse_outside(bars, covered)
        owner = kept_for(bars.source, self._owner)
        named = {"symbol": bars.symbol, "timeframe": str(bars.timeframe), "source": bars.source, "owner": owner}
        self._callers.writing(owner).call(
            "write_bars",
            lock=series_lock(bars.symbol, bars.timeframe, bars.source, owner),
            series=row_text(named),
            columns=dump(_columns_of(bars)),
            start=covered.start.isoformat(),
            end=covered.end.isoformat(),
            whole=whole,
        )


def _columns_of(bars: Bars) -> dict[str, list[Any]]:
    """Lists by column; sessions as days and moments as seconds since 1970."""
    return {name: column.astype(_DTYPES[name]).tolist() for name, column in bars.arrays().items()}


def _bars_of(columns: dict[str, list[Any]], symbol: str, timeframe: Timeframe, source: str) -> Bars:
    with reading(f"series of {timeframe} bars of {symbol} from {source}"):
        arrays = {name: np.array(columns[name], dtype=dtype) for name, dtype in _DTYPES.items()}
        moments = {name: arrays[name].astype(unit) for name, unit in _UNITS.items()}
        return Bars(symbol=symbol, timeframe=timeframe, source=source, **(arrays | moments))


def _stored_bars(row: dict[str, Any]) -> StoredBars:
    covered = tuple(Period(start=start, end=end) for start, end in row["covered"])
    held = None if row["held"] is None else Period(start=row["held"][0], end=row["held"][1])
    return StoredBars(source=row["source"], covered=covered, held=held)
