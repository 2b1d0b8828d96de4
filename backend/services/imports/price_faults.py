"""Finds the very rows of a file that make a series unusable."""

from collections.abc import Mapping

import numpy as np

from backend.domain.arrays import Bools, Floats, Integers
from backend.domain.bars import ORDER_TOLERANCE, Bars
from backend.domain.errors import InvalidInput
from backend.services.imports.price_times import BarTimes
from backend.services.price_jumps import split_like_jumps


class BadRows(InvalidInput):
    """Rows that refuse their symbol.

    Args:
        message: one sentence: what is wrong and where.
        hint: what would be right.
        rows: positions in the file, of these rows alone.
    """

    def __init__(self, message: str, hint: str, rows: Integers) -> None:
        super().__init__(message, hint)
        self.rows = rows


def require_sound_rows(symbol: str, times: BarTimes, prices: Mapping[str, Floats], volume: Floats) -> None:
    """Raises BadRows when a bar appears twice, is out of order, overlaps another, or contradicts itself."""
    repeated = _repeated(times)
    _refuse(symbol, times, repeated, "appears twice", "keep one row for each bar")
    latest = np.maximum.accumulate(times.end.astype(np.int64))
    late: Bools = times.end.astype(np.int64) < latest
    _refuse(symbol, times, late, "is out of order", "sort the rows by time")
    early: Bools = np.concatenate([[False], times.start[1:] < times.end[:-1]])
    _refuse(symbol, times, early, f"starts within the {times.timeframe} bar before it", "keep bars of one length")
    slack = prices["high"] * ORDER_TOLERANCE
    lowest, highest = np.minimum(prices["open"], prices["close"]), np.maximum(prices["open"], prices["close"])
    loose: Bools = (prices["low"] > lowest + slack) | (prices["high"] < highest - slack)
    _refuse(symbol, times, loose, "has a high or low that does not enclose its open and close", "repair the row")
    _refuse(symbol, times, volume < 0, "has no valid volume", "use 0 where none is known")


def refuse_jumps(bars: Bars, times: BarTimes) -> None:
    """Raises BadRows when prices that may not be adjusted jump as in a split."""
    jumps = split_like_jumps(bars)
    if not jumps:
        return
    change = jumps[0].ratio - 1
    felt = f"a {'loss' if change < 0 else 'gain'} of {abs(change):.0%}".replace("%", " %")
    more = f" ({len(jumps)} such jumps)" if len(jumps) > 1 else ""
    rows = times.rows[np.searchsorted(bars.session, [np.datetime64(jump.session, "D") for jump in jumps])]
    raise BadRows(
        f"prices jump and there is no adjusted close: {jumps[0]}{more}, which a strategy would take for {felt} that no"
        " shareholder had",
        "add a column adj_close, or bring adjusted prices; if it was a real move, accept the jumps: `--accept-jumps`",
        rows,
    )


def _repeated(times: BarTimes) -> Bools:
    """Every row but the first of each bar."""
    _, first = np.unique(times.end, return_index=True)
    repeated = np.ones(times.end.size, dtype=np.bool_)
    repeated[first] = False
    return repeated


def _refuse(symbol: str, times: BarTimes, bad: Bools, what: str, hint: str) -> None:
    rows = np.flatnonzero(bad)
    if rows.size:
        more = f" ({rows.size} such rows)" if rows.size > 1 else ""
        raise BadRows(f"The bar of {symbol} at {times.end[rows[0]]}Z {what}{more}", hint, times.rows[rows])
