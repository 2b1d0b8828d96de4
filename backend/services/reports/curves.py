"""The lines of a run as arrays: what its tables and charts are made from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

import numpy as np

from backend.domain.arrays import Bools, Dates, Floats, Instants
from backend.domain.moments import instants_of
from backend.domain.results import BacktestRun
from backend.engine.calendar import NEW_YORK


@dataclass(frozen=True, eq=False)
class Curves:
    """Lines over N moments.

    Attributes:
        capital: the first point of each line, before the first moment.
        times: end of each bar in UTC, shape (N,).
        sessions: the day in New York of each moment, shape (N,), ascending.
        equity: shape (N,).
        benchmark: shape (N,); None where the run has none.
        exposure: signed fraction of the equity, shape (N,); None where the run has none.
    """

    capital: float
    times: Instants
    sessions: Dates
    equity: Floats
    benchmark: Floats | None
    exposure: Floats | None

    def __len__(self) -> int:
        return int(self.equity.size)

    @cached_property
    def drawdown(self) -> Floats:
        """How far the equity is below its highest close so far, as a positive fraction of it; shape (N,)."""
        return below_peak(self.equity, self.capital)


def curves_of(run: BacktestRun) -> Curves:
    """The lines of a stored run."""
    times = instants_of(run.equity_time)
    return Curves(
        capital=run.execution.capital,
        times=times,
        sessions=new_york_days(times),
        equity=np.array(run.equity_value, dtype=np.float64),
        benchmark=_line(run.benchmark_value),
        exposure=_line(run.exposure_value),
    )


def below_peak(values: Floats, start: float) -> Floats:
    """Fall from the highest value so far as a positive fraction of it.

    Args:
        values: shape (N,).
        start: the first peak, above zero.
    """
    peaks = np.maximum(np.maximum.accumulate(values), start)
    drawdown: Floats = 1.0 - values / peaks
    return drawdown


def stretches_of(there: Bools) -> list[tuple[int, int]]:
    """Start and stop of each run of moments at which something is true, in order; ``there`` has shape (N,)."""
    padded = np.concatenate([[False], there, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def new_york_days(times: Instants) -> Dates:
    """The date that each moment has in New York, shape (N,)."""
    return new_york_times(times).astype("datetime64[D]")


def new_york_times(times: Instants) -> Instants:
    """What the clocks of New York show at each moment in UTC, shape (N,)."""
    days, where = np.unique(times.astype("datetime64[D]"), return_inverse=True)
    noons = (datetime.combine(day, time(12), NEW_YORK) for day in days.astype(object).tolist())
    offsets = np.array([noon.utcoffset() for noon in noons], dtype="timedelta64[s]")
    local: Instants = times + offsets[where]
    return local


def new_york_day(moment: datetime) -> date:
    """The date that one moment has in New York."""
    return moment.astimezone(NEW_YORK).date()


def _line(values: Iterable[float]) -> Floats | None:
    line = np.array(tuple(values), dtype=np.float64)
    return line if line.size else None
