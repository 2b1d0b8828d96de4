"""Direct backtests as rows: the run as a document, its curves and prices as a block, its trades a row each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.domain.arrays import Floats, Instants
from backend.domain.ports import RunCurves
from backend.domain.results import BacktestRun, PriceLine, Trade
from backend.stores.codecs.documents import parse, record_of
from backend.stores.codecs.packing import pack, unpack
from backend.stores.codecs.rows import StoredRow, reading

TRADE_COLUMNS = tuple(field.alias or name for name, field in Trade.model_fields.items())
"""The columns of a row of one closed trade."""

CURVES = {"value": "equity_value", "benchmark": "benchmark_value", "exposure": "exposure_value"}
"""Columns of the block by the field that they hold; a block of an earlier version has the first one only."""

TIME_OF, CLOSE_OF = "time of ", "close of "
"""Before the symbol, in the names of the two columns of its prices."""

NOT_IN_DOCUMENT: dict[str, Any] = {"trades": (), "equity_time": (), "prices": ()} | dict.fromkeys(CURVES.values(), ())
"""What is kept beside the document, as the document has it."""

REMEMBERED = 256
"""Summaries that stay parsed: a few pages of a list.

One takes 15 kB, and 160 kB where 100 positions are open at its end: 4 MB in all, and 40 MB at worst."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INSTANT = np.dtype("<M8[us]")
_FIRST, _LAST = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31", "us")


def run_row(run: BacktestRun) -> dict[str, Any]:
    """The row of one run, its trades left out."""
    return {
        "owner": run.owner,
        "run_id": run.run_id,
        "created_at": run.created_at,
        "document": run.model_copy(update=NOT_IN_DOCUMENT),
        "equity": pack(dict(_columns(run))),
    }


def trade_rows(run: BacktestRun) -> list[dict[str, Any]]:
    """A row for each closed trade of a run, numbered from 1."""
    key = {"owner": run.owner, "run_id": run.run_id}
    return [key | {"n": n} | trade.model_dump(by_alias=True) for n, trade in enumerate(run.trades, start=1)]


def summary_of(document: Any, run_id: str) -> BacktestRun:
    """The run without trades, curves and prices."""
    return record_of(BacktestRun, document, f"backtest {run_id}")


@lru_cache(REMEMBERED)
def summary_of_text(text: str, run_id: str) -> BacktestRun:
    """The same of a document as it is stored; the ones that were read last are not parsed again."""
    return summary_of(parse(text, f"backtest {run_id}"), run_id)


def curves_of(row: StoredRow) -> RunCurves:
    """The lines of a run from its row, as arrays.

    Raises:
        Unavailable: the stored values do not fit.
    """
    with reading(f"backtest {row['run_id']}"):
        columns = unpack(row["equity"])
        time = _sound_instants(columns, "time")
        lines = {name: _sound_values(columns, name, time.size) for name in CURVES if _is_there(name, columns)}
    return RunCurves(time, lines["value"], lines.get("benchmark"), lines.get("exposure"))


def run_of(row: StoredRow, trades: Sequence[StoredRow]) -> BacktestRun:
    """The whole run from its row and the rows of its trades, in their order.

    Raises:
        Unavailable: the stored values do not fit.
    """
    what = f"backtest {row['run_id']}"
    summary = summary_of(row["document"], row["run_id"])
    with reading(what):
        columns = unpack(row["equity"])
        moments = _moments(columns, "time")
        kept = {
            field: _values(columns, name, len(moments)) for name, field in CURVES.items() if _is_there(name, columns)
        }
        prices = tuple(_price_lines(columns))
    closed = trades_of(trades, row["run_id"])
    return summary.model_copy(update={"trades": closed, "equity_time": moments, "prices": prices, **kept})


def trades_of(rows: Sequence[StoredRow], run_id: str) -> tuple[Trade, ...]:
    """The closed trades of a run from their rows, in their order. Raises Unavailable: the stored values do not fit."""
    return tuple(record_of(Trade, dict(row), f"backtest {run_id}") for row in rows)


def _columns(run: BacktestRun) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each column of the block with its name; of what a run does not have there is none."""
    yield "time", _instants(run.equity_time)
    for name, field in CURVES.items():
        values = getattr(run, field)
        if values or field == "equity_value":
            yield name, np.array(values, dtype=np.float64)
    for line in run.prices:
        yield TIME_OF + line.symbol, _instants(line.time)
        yield CLOSE_OF + line.symbol, np.array(line.close, dtype=np.float64)


def _is_there(name: str, columns: Mapping[str, NDArray[Any]]) -> bool:
    """Whether the block has that curve; equity is in every one."""
    return name in columns or CURVES[name] == "equity_value"


def _price_lines(columns: Mapping[str, NDArray[Any]]) -> Iterator[PriceLine]:
    for name in columns:
        if name.startswith(TIME_OF):
            symbol = name.removeprefix(TIME_OF)
            moments = _moments(columns, name)
            yield PriceLine(symbol=symbol, time=moments, close=_values(columns, CLOSE_OF + symbol, len(moments)))


def _instants(moments: Sequence[datetime]) -> Instants:
    """Whole microseconds, which is what a moment holds."""
    counted = np.array([(moment - _EPOCH) // _MICROSECOND for moment in moments], dtype=np.int64)
    return counted.astype("datetime64[us]")


def _column(columns: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    if name not in columns:
        raise ValueError(f'there is no column "{name}"')
    return columns[name]


def _moments(columns: Mapping[str, NDArray[Any]], name: str) -> tuple[datetime, ...]:
    return tuple(moment.replace(tzinfo=UTC) for moment in _sound_instants(columns, name).tolist())


def _sound_instants(columns: Mapping[str, NDArray[Any]], name: str) -> Instants:
    """Raises ValueError: the column holds something else than moments of the years 1 to 9999."""
    instants = _column(columns, name)
    if instants.dtype != _INSTANT or instants.ndim != 1:
        raise ValueError(f'the column "{name}" holds no times')
    if not ((instants >= _FIRST) & (instants <= _LAST)).all():  # false for one that is missing, too
        raise ValueError(f'the column "{name}" holds a time that is none')
    return instants


def _values(columns: Mapping[str, NDArray[Any]], name: str, size: int) -> tuple[float, ...]:
    return tuple(_sound_values(columns, name, size).tolist())


def _sound_values(columns: Mapping[str, NDArray[Any]], name: str, size: int) -> Floats:
    """Raises ValueError: the column is not of ``size`` finite numbers."""
    values = _column(columns, name)
    if values.dtype != np.float64 or values.shape != (size,):
        raise ValueError(f'the column "{name}" does not hold one number for each of its {size} times')
    if not np.isfinite(values).all():
        raise ValueError(f'the column "{name}" holds a number that is not finite')
    return values
