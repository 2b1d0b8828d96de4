"""Bars as rows of the market table, and as one block for a pinned snapshot."""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np

from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.stores.codecs.packing import pack, unpack
from backend.stores.codecs.rows import StoredRow, damaged, reading

BAR_COLUMNS = ("session", "start", "end", "open", "high", "low", "close", "volume", "adjustment")
"""The columns of a row of one bar, in the order in which they are read."""

ROW_COLUMNS = ("symbol", "timeframe", "source", "owner", *BAR_COLUMNS)
"""The columns of a row of one bar, in the order in which they are written."""

END_TO_SESSION = np.timedelta64(7, "D")
"""A bar ends within a week of its session, so bars are found by their end, which is their key."""

_COPY_EPOCH = np.datetime64("2000-01-01", "D")
_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"

_DTYPES = ("datetime64[D]", "datetime64[s]", "datetime64[s]", *["float64"] * 6)


def refuse_outside(bars: Bars, covered: Period) -> None:
    """Raises InvalidInput when a bar lies outside the stretch ``covered`` that is written, or far from its session."""
    outside = (bars.session < np.datetime64(covered.start, "D")) | (bars.session > np.datetime64(covered.end, "D"))
    if outside.any():
        raise InvalidInput(
            f"The bar of {bars.symbol} on {bars.session[outside][0]} lies outside the stretch {covered.start} to"
            f" {covered.end} that is written.",
            "write a stretch that holds every bar",
        )
    distance = np.abs(bars.end - bars.session.astype("datetime64[s]"))
    if (distance > END_TO_SESSION).any():
        raise InvalidInput(
            f"The bar of {bars.symbol} on {bars.session[distance > END_TO_SESSION][0]} ends more than a week away from"
            " that day.",
            "give each bar the trading session that it belongs to",
        )


def ends_within(period: Period) -> tuple[int, int]:
    """Seconds since 1970 between which every stored bar of a session within ``period`` ends."""
    first = np.datetime64(period.start, "s") - END_TO_SESSION
    last = np.datetime64(period.end, "s") + END_TO_SESSION
    return int(first.astype(np.int64)), int(last.astype(np.int64))


def bar_rows(bars: Bars, owner: str) -> Iterator[tuple[Any, ...]]:
    """One row a bar in the order of ``ROW_COLUMNS``; sessions as ISO texts, instants as seconds since 1970 in UTC."""
    series = (bars.symbol, str(bars.timeframe), bars.source, owner)
    instants = {"start": bars.start.astype(np.int64), "end": bars.end.astype(np.int64)}
    columns = bars.arrays() | instants | {"session": bars.session.astype(str)}
    values = [columns[name].tolist() for name in BAR_COLUMNS]
    return zip(*map(repeat, series), *values)  # noqa: B905 - some repeat for ever


def bars_as_copy(bars: Bars, owner: str) -> bytes:
    """The rows of ``bar_rows`` in PostgreSQL's binary format of COPY.

    Each row is the number of its fields (2 bytes), then each field as its length (4 bytes) and its value, all of them
    big-endian: https://www.postgresql.org/docs/current/sql-copy.html. All rows are of one length, so they are one
    array.

    Raises:
        InvalidInput: a name of the series holds the character NUL.
    """
    series = [_as_text(part) for part in (bars.symbol, str(bars.timeframe), bars.source, owner)]
    values: list[Any] = [getattr(bars, name) for name in BAR_COLUMNS]
    values[0] = (bars.session - _COPY_EPOCH).astype(">i4")
    values[1:3] = [instant.astype(">i8") for instant in values[1:3]]
    values[3:] = [column.astype(">f8") for column in values[3:]]
    kinds = [f"V{len(part)}" for part in series] + [value.dtype.str for value in values]
    pairs = [[(f"length{n}", ">i4"), (f"{n}", kind)] for n, kind in enumerate(kinds)]
    rows = np.zeros(len(bars), dtype=[("fields", ">i2"), *chain(*pairs)])
    rows["fields"] = len(kinds)
    for n, value in enumerate([*map(np.void, series), *values]):
        rows[f"length{n}"] = rows.dtype[f"{n}"].itemsize
        if rows.dtype[f"{n}"].itemsize:
            rows[f"{n}"] = value
    return _COPY_HEADER + rows.tobytes() + _COPY_END


def _as_text(part: str) -> bytes:
    if "\0" in part:
        raise InvalidInput(f"The name {part!r} of a series holds the character NUL.", "leave it out")
    return part.encode()


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
    """The row of a pinned snapshot; its id is the content hash of the bars, and its block holds what is hashed."""
    columns = bars.arrays()
    if (bars.adjustment == 1.0).all():
        del columns["adjustment"]
    return {
        "snapshot_id": bars.content_hash,
        "symbol": bars.symbol,
        "timeframe": str(bars.timeframe),
        "source": bars.source,
        "bars": len(bars),
        "data": pack(columns),
    }


def bars_of_snapshot(row: StoredRow) -> Bars:
    """The bars of a snapshot, checked against their hash; without a column of adjustments these are 1.

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
