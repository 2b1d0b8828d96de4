"""Writes stored bars to a file that an import takes back as it is."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.moments import period_of, utc_moments
from backend.domain.ports import MarketStore, Progress
from backend.domain.record import Record
from backend.domain.timeframes import Timeframe
from backend.services.whole_files import PACKED, require_place, whole_file

Format = Literal["csv", "jsonl", "parquet"]


class Exported(Record):
    """What was written."""

    file: str
    format: Format
    symbol: str
    timeframe: Timeframe
    source: str
    start: date
    end: date
    rows: int


@dataclass(frozen=True)
class Destination:
    """Where to write.

    Attributes:
        file: is written whole or not at all.
        format: None to tell it by the ending of the file's name.
        overwrite: whether a file that is there may be replaced.

    Raises:
        InvalidInput: the ending names no format, or a compressed file.
    """

    file: Path
    format: Format | None = None
    overwrite: bool = False

    @property
    def written_as(self) -> Format:
        """The format, stated or told by the name."""
        ending = self.file.suffix.lstrip(".").lower()
        if ending in PACKED:
            raise InvalidInput(
                f"{self.file} would be a compressed file, and an export writes none.",
                f"name it {self.file.stem}, and compress it afterwards; an import reads .csv.gz and .jsonl.gz",
            )
        for known in get_args(Format):
            if known == (self.format or ending):
                found: Format = known
                return found
        raise InvalidInput(f"{self.file} names no format.", f"say one of {', '.join(get_args(Format))}")


class Exporting:
    """Exports what is stored; fetches nothing.

    Args:
        store: where bars are.
        sources: names of price sources, in the order in which they are looked for.
    """

    def __init__(self, store: MarketStore, sources: Sequence[str]) -> None:
        self._store = store
        self._sources = tuple(sources)

    def export(
        self, symbol: str, timeframe: Timeframe, destination: Destination, progress: Progress = lambda _: None
    ) -> Exported:
        """Write every stored bar of the first source that has any; numbers read back as the same floats.

        Raises:
            DataUnavailable: nothing is stored.
            Conflict: the file is there and may not be replaced.
            InvalidInput: no file can be written there, or its format is none.
            Unavailable: the disk refuses.
        """
        written_as = destination.written_as
        require_place(destination.file, overwrite=destination.overwrite)
        progress(f"reading {symbol}")
        bars = self._stored(symbol.strip().upper(), timeframe)
        progress(f"writing {len(bars)} bars to {destination.file}")
        with whole_file(destination.file) as out:
            WRITERS[written_as](bars, out)
        held = period_of(bars.session)
        return Exported(
            file=str(destination.file),
            format=written_as,
            symbol=bars.symbol,
            timeframe=timeframe,
            source=bars.source,
            start=held.start,
            end=held.end,
            rows=len(bars),
        )

    def _stored(self, symbol: str, timeframe: Timeframe) -> Bars:
        held = {stored.source: stored.held for stored in self._store.series(symbol, timeframe)}
        for source in self._sources:
            period = held.get(source)
            bars = None if period is None else self._store.read_bars(symbol, timeframe, source, period)
            if bars is not None:
                return bars
        raise DataUnavailable(
            f"No {timeframe} bars of {symbol} are stored.", f"fetch them first: `backproof data warm {symbol}`"
        )


def _columns(bars: Bars) -> dict[str, Sequence[Any]]:
    """By the names that an import looks for; the adjusted close says that nothing is left to adjust.

    Prices over ``adjustment`` are the raw ones.
    """
    daily = bars.timeframe is Timeframe.DAY
    times = bars.session.astype(object).tolist() if daily else utc_moments(bars.start)
    prices = {name: getattr(bars, name).tolist() for name in ("open", "high", "low", "close", "volume")}
    named = {name: [value] * len(bars) for name, value in (("symbol", bars.symbol), ("source", bars.source))}
    adjusted = {"adj_close": prices["close"], "adjustment": bars.adjustment.tolist()}
    return named | {"date" if daily else "ts_utc_bar_start": times} | prices | adjusted


def _rows(bars: Bars) -> Iterator[dict[str, Any]]:
    columns = _columns(bars)
    for values in zip(*columns.values(), strict=True):
        yield {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in zip(columns, values, strict=True)
        }


def _write_csv(bars: Bars, out: BinaryIO) -> None:
    text = TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.DictWriter(text, _columns(bars), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(bars))  # floats are written in their shortest exact form
    text.detach()


def _write_jsonl(bars: Bars, out: BinaryIO) -> None:
    for row in _rows(bars):
        out.write(json.dumps(row).encode() + b"\n")


def _write_parquet(bars: Bars, out: BinaryIO) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table(_columns(bars)), out)


WRITERS: dict[Format, Callable[[Bars, BinaryIO], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
}
