"""Bars as rows of the market table, and as one block for a pinned snapshot."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import numpy as np

from backend.domain.bars import Bars
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.packing import pack, unpack
from backend.stores.codecs.rows import StoredRow, damaged, reading

BAR_COLUMNS = ("session", "start", "end", "open", "high", "low", "close", "volume")
"""The columns of a row of one bar, in the order in which they are read."""

_DTYPES = ("datetime64[D]", "datetime64[s]", "datetime64[s]", *["float64"] * 5)


def bar_rows(bars: Bars) -> list[dict[str, Any]]:
    """One row a bar; instants as seconds since 1970 in UTC."""
    series = {"symbol": bars.symbol, "timeframe": str(bars.timeframe), "source": bars.source}
    instants = {"start": bars.start.astype(np.int64), "end": bars.end.astype(np.int64)}
    values = [(bars.arrays() | instants)[name].tolist() for name in BAR_COLUMNS]
    names = (*series, *BAR_COLUMNS)
    return [dict(zip(names, row)) for row in zip(*map(repeat, series.values()), *values)]  # noqa: B905 - some repeat for ever


def bars_of_rows(symbol: str, timeframe: Timeframe, source: str, rows: Sequence[Sequence[Any]]) -> Bars:
    """The bars of at least one row, each in the order of ``BAR_COLUMNS``.

    Raises:
        Unavailable: the stored rows are not valid bars.
    """
    with reading(f"series of {timeframe} bars of {symbol} from {source}"):
        columns = zip(BAR_COLUMNS, _DTYPES, zip(*rows, strict=True), strict=True)
        arrays = {name: np.array(values, dtype=dtype) for name, dtype, values in columns}
        return Bars(symbol=symbol, timeframe=timeframe, source=source, **arrays)


def snapshot_row(bars: Bars) -> dict[str, Any]:
    """The row of a pinned snapshot; its id is the content hash of the bars."""
    return {
        "snapshot_id": bars.content_hash,
        "symbol": bars.symbol,
        "timeframe": str(bars.timeframe),
        "source": bars.source,
        "bars": len(bars),
        "data": pack(bars.arrays()),
    }


def bars_of_snapshot(row: StoredRow) -> Bars:
    """The bars of a snapshot, checked against their hash.

    Raises:
        Unavailable: the stored values are not those that were pinned.
    """
    what = f"snapshot {row['snapshot_id']} of {row['symbol']}"
    with reading(what):
        columns = unpack(row["data"])
        bars = Bars(symbol=row["symbol"], timeframe=Timeframe(row["timeframe"]), source=row["source"], **columns)
    if bars.content_hash != row["snapshot_id"]:
        raise damaged(what, "its values do not give its hash")
    return bars
