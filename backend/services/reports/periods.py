"""What a run earned in each calendar year and month, by the dates of its trading sessions."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
from pydantic import Field

from backend.domain.arrays import Floats
from backend.domain.moments import session_date
from backend.domain.record import Record
from backend.domain.results import Trade
from backend.services.reports.curves import Curves, below_peak, new_york_day


class PeriodResult(Record):
    """One year or month, as far as the run reaches into it.

    Attributes:
        label: ``2012`` or ``2012-03``.
        start, end: its first and last trading session in the run.
        bars: moments of the equity in it.
        return_: equity at its end against the equity before it; None when there was nothing left before.
        benchmark_return: of buying at the first open of the run and holding; None where the run has no such line.
        max_drawdown: deepest fall from a peak of the same year or month, its beginning included.
        trades: closed in it.
    """

    label: str
    start: date
    end: date
    bars: int
    return_: float | None = Field(alias="return")
    benchmark_return: float | None
    max_drawdown: float | None
    trades: int


def by_year(curves: Curves, trades: Sequence[Trade]) -> tuple[PeriodResult, ...]:
    """One row for each calendar year that has a trading session in the run, in order."""
    return _by(curves, trades, len("2012"))


def by_month(curves: Curves, trades: Sequence[Trade]) -> tuple[PeriodResult, ...]:
    """One row for each calendar month that has a trading session in the run, in order."""
    return _by(curves, trades, len("2012-03"))


def _by(curves: Curves, trades: Sequence[Trade], letters: int) -> tuple[PeriodResult, ...]:
    """By the first ``letters`` of the ISO date."""
    if not len(curves):
        return ()
    labels = curves.sessions.astype("U10").astype(f"U{letters}")
    firsts = np.flatnonzero(labels[1:] != labels[:-1]) + 1
    closed = Counter(new_york_day(trade.exit_time).isoformat()[:letters] for trade in trades)
    return tuple(
        _row(curves, slice(first, stop), str(labels[first]), closed)
        for first, stop in pairwise([0, *firsts.tolist(), len(curves)])
    )


def _row(curves: Curves, rows: slice, label: str, closed: Counter[str]) -> PeriodResult:
    before = _value_before(curves.equity, curves.capital, rows.start)
    deepest = float(below_peak(curves.equity[rows], before).max()) if before > 0.0 else None
    return PeriodResult(
        label=label,
        start=session_date(curves.sessions, rows.start),
        end=session_date(curves.sessions, rows.stop - 1),
        bars=rows.stop - rows.start,
        return_=_growth(curves.equity, curves.capital, rows),
        benchmark_return=None if curves.benchmark is None else _growth(curves.benchmark, curves.capital, rows),
        max_drawdown=deepest,
        trades=closed[label],
    )


def _growth(line: Floats, capital: float, rows: slice) -> float | None:
    before = _value_before(line, capital, rows.start)
    return float(line[rows.stop - 1]) / before - 1.0 if before > 0.0 else None


def _value_before(line: Floats, capital: float, first: int) -> float:
    return float(line[first - 1]) if first else capital
