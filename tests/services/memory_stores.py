"""Small in-memory stores behind the ports, for tests of services."""

from datetime import date

import numpy as np

from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.moments import period_of, rows_within, session_date
from backend.domain.periods import Period
from backend.domain.ports import BarSpan, StoredBars
from backend.domain.stretches import ONE_DAY, joined, missing
from backend.domain.timeframes import Timeframe


class MemoryMarketStore:
    """Bars by series, with their coverage."""

    def __init__(self) -> None:
        self.bars: dict[tuple[str, Timeframe, str], Bars] = {}
        self.covered: dict[tuple[str, Timeframe, str], list[Period]] = {}

    def read_bars(self, symbol: str, timeframe: Timeframe, source: str, period: Period) -> Bars | None:
        bars = self.bars.get((symbol, timeframe, source))
        if bars is None:
            return None
        rows = rows_within(bars.session, period)
        return bars.window(rows.start, rows.stop) if rows.stop > rows.start else None

    def series(self, symbol: str, timeframe: Timeframe) -> tuple[StoredBars, ...]:
        return tuple(
            StoredBars(key[2], joined(stretches), period_of(bars.session) if len(bars := self.bars[key]) else None)
            for key, stretches in sorted(self.covered.items())
            if key[:2] == (symbol, timeframe)
        )

    def write_bars(self, bars: Bars, covered: Period) -> None:
        rows = rows_within(bars.session, covered)
        if rows != slice(0, len(bars)):
            raise InvalidInput("There are bars outside of what is covered.")
        key = (bars.symbol, bars.timeframe, bars.source)
        old = self.bars.get(key)
        self.bars[key] = bars if old is None else _replaced_within(old, bars, covered)
        self.covered[key] = [*self.covered.get(key, []), covered]

    def replace_series(self, bars: Bars, covered: Period) -> None:
        key = (bars.symbol, bars.timeframe, bars.source)
        self.bars[key], self.covered[key] = bars, [covered]

    def coverage(self) -> dict[tuple[str, Timeframe, str], tuple[Period, ...]]:
        return {key: joined(stretches) for key, stretches in self.covered.items()}

    def delete_bars(
        self,
        *,
        symbol: str | None = None,
        timeframe: Timeframe | None = None,
        before: date | None = None,
        shared: bool = True,
    ) -> int:
        assert shared, "this store has one owner"
        wanted = [k for k in self.bars if symbol in (None, k[0]) and timeframe in (None, k[1])]
        return sum(self._delete(key, before) for key in wanted)

    def _delete(self, key: tuple[str, Timeframe, str], before: date | None) -> int:
        bars, covered = self.bars.pop(key), self.covered.pop(key)
        first = len(bars) if before is None else int(np.searchsorted(bars.session, np.datetime64(before, "D")))
        if before is not None:
            self.bars[key] = bars.window(first, len(bars))
            self.covered[key] = [p for c in covered for p in missing(c, [Period(start=date.min, end=before - ONE_DAY)])]
        return first

    def bar_spans(self) -> tuple[BarSpan, ...]:
        return tuple(
            BarSpan(*key, session_date(bars.session, 0), session_date(bars.session, -1), len(bars))
            for key, bars in sorted(self.bars.items())
            if len(bars)
        )


def _replaced_within(old: Bars, new: Bars, covered: Period) -> Bars:
    rows = rows_within(old.session, covered)
    kept = np.r_[0 : rows.start, rows.stop : len(old)]
    order = np.argsort(np.concatenate([old.end[kept], new.end]), kind="stable")
    columns = {name: np.concatenate([getattr(old, name)[kept], getattr(new, name)])[order] for name in old.arrays()}
    return Bars(symbol=old.symbol, timeframe=old.timeframe, source=old.source, **columns)
