"""Turns the rows of a file into bars, symbol by symbol; a symbol with a bad row is refused as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.ports import FileTable
from backend.services.imports.columns import PRICE_COLUMNS, require_columns
from backend.services.imports.outside_hours import outside_notices
from backend.services.imports.post_rows import read_symbol
from backend.services.imports.price_faults import BadRows, refuse_jumps, require_sound_rows
from backend.services.imports.price_times import BarTimes, PriceTimes
from backend.services.imports.report import Refusals
from backend.services.market.notices import missing_notices
from backend.services.price_jumps import jump_notices

FILE = "file"
BarStamp = Literal["start", "end"]
MOST_NAMED = 5
"""Symbols of a file that are named where the wanted one is not among them."""

PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True)
class PriceOptions:
    """What the user said beside the file.

    Attributes:
        symbol: of all rows when the file has no such column, else the only one taken.
        bar_stamp: whether the times within a session name the start or the end of a bar.
        accept_jumps: take raw prices although they jump as in a split.
    """

    symbol: str | None = None
    bar_stamp: BarStamp | None = None
    accept_jumps: bool = False


@dataclass(frozen=True)
class _Sheet:
    """The file with its columns found."""

    table: FileTable
    found: Mapping[str, str]

    @property
    def is_adjusted(self) -> bool:
        """Whether the file tells by how much its prices are adjusted."""
        return "adjusted" in self.found or "adjustment" in self.found

    def column(self, key: str, rows: Integers) -> list[Any]:
        values = self.table.columns[self.found[key]]
        return [values[row] for row in rows]

    def lines(self, rows: Integers) -> list[int]:
        return [self.table.lines[row] for row in rows]


def bars_of(
    file: str, table: FileTable, options: PriceOptions, refusals: Refusals, now: datetime
) -> tuple[list[Bars], tuple[str, ...]]:
    """The clean series of a file, and what must be said about them; bars that have not ended ``now`` are left out.

    Raises:
        InvalidInput: a needed column is missing, or the times cannot be understood.
    """
    needed = ["time", *PRICES] if options.symbol else ["symbol", "time", *PRICES]
    sheet = _Sheet(table, require_columns(file, table.columns, PRICE_COLUMNS, needed))
    times = PriceTimes(file, table.columns[sheet.found["time"]], _bar_stamp(sheet, options), now)
    taken: list[Bars] = []
    told: list[str] = []
    for symbol, rows in _by_symbol(sheet, options.symbol, refusals).items():
        already = refusals.rows
        known = times.of(rows)
        try:
            bars = _bars(symbol, known, sheet, refusals)
            if not (sheet.is_adjusted or options.accept_jumps):
                refuse_jumps(bars, known)
        except InvalidInput as error:
            bad = sheet.lines(error.rows) if isinstance(error, BadRows) else []
            hint = f"; {error.hint}" if error.hint else ""
            whole = rows.size - (refusals.rows - already)
            refusals.add(f"{error.message.rstrip('.')}{hint}", bad, whole)
            continue
        taken.append(bars)
        told.extend((*outside_notices(symbol, known), *jump_notices(bars), *missing_notices(bars)))
    return taken, (*_notices(sheet, taken), *told)


def _bar_stamp(sheet: _Sheet, options: PriceOptions) -> BarStamp | None:
    column = sheet.found["time"]
    if not column.lower().endswith(("_start", "_end")):
        return options.bar_stamp
    named: BarStamp = "end" if column.lower().endswith("_end") else "start"
    if options.bar_stamp not in (None, named):
        raise InvalidInput(
            f"The column {column} names the {named} of its bars, but the bar stamp is stated as {options.bar_stamp}.",
            "rename the column if its name is wrong, or leave the bar stamp out: `--bar-stamp`",
        )
    return named


def _by_symbol(sheet: _Sheet, only: str | None, refusals: Refusals) -> dict[str, Integers]:
    size = len(sheet.table.lines)
    if "symbol" not in sheet.found:
        return {str(only): np.arange(size)}
    rows: dict[str, list[int]] = {}
    others: dict[str, None] = {}
    for row, value in enumerate(sheet.table.columns[sheet.found["symbol"]]):
        symbol = read_symbol(value)
        if symbol is None:
            refusals.add("its symbol is no ticker", [sheet.table.lines[row]])
        elif only is None or symbol == only:
            rows.setdefault(symbol, []).append(row)
        else:
            others[symbol] = None
    if others and not rows:
        refusals.add(f"it has no row of {only}; there are rows of {', '.join([*others][:MOST_NAMED])}", (), size)
    return {symbol: np.array(listed, dtype=np.int64) for symbol, listed in rows.items()}


def _bars(symbol: str, known: BarTimes, sheet: _Sheet, refusals: Refusals) -> Bars:
    for reason, dropped in known.dropped.items():
        refusals.add(f"{symbol}: {reason}", sheet.lines(dropped))
    if not known.rows.size:
        raise InvalidInput(
            f"{symbol} has no bar in the trading hours of the exchange.", "check the dates, and the zone of the times"
        )
    columns = {name: _numbers(symbol, sheet, name, known) for name in PRICES}
    adjustment = np.ones(known.rows.size)
    if "adjusted" in sheet.found:
        adjustment = _numbers(symbol, sheet, "adjusted", known) / columns["close"]
        columns = {name: values * adjustment for name, values in columns.items()}
    if "adjustment" in sheet.found:
        adjustment *= _numbers(symbol, sheet, "adjustment", known)
    has_volume = "volume" in sheet.found
    volume = _numbers(symbol, sheet, "volume", known) if has_volume else np.zeros(known.rows.size)
    require_sound_rows(symbol, known, columns, volume)
    return Bars(
        symbol=symbol,
        timeframe=known.timeframe,
        session=known.session,
        start=known.start,
        end=known.end,
        volume=volume,
        source=FILE,
        adjustment=adjustment,
        **columns,
    )


def _numbers(symbol: str, sheet: _Sheet, key: str, known: BarTimes) -> Floats:
    values = sheet.column(key, known.rows)
    numbers = np.array([_number(value) for value in values], dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers) | ((numbers <= 0) & (key != "volume")))
    if bad.size:
        line = sheet.lines(known.rows[bad[:1]])[0]
        what = "no number" if not np.isfinite(numbers[bad[0]]) else "not above zero"
        message = f"{symbol} has a value of {sheet.found[key]} that is {what} on line {line}"
        raise BadRows(message, "repair the row", known.rows[bad])
    return numbers


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _notices(sheet: _Sheet, taken: Sequence[Bars]) -> tuple[str, ...]:
    notices = []
    if "adjusted" in sheet.found and taken:
        notices.append(f"Open, high, low and close were scaled by {sheet.found['adjusted']} / {sheet.found['close']}.")
    if not sheet.is_adjusted and taken:
        notices.append("There is no adjusted close: prices are taken as adjusted for splits and dividends.")
    if "volume" not in sheet.found and taken:
        notices.append("There is no volume column: volume is 0.")
    return tuple(notices)
