"""What a simulation of one symbol did in each calendar year, by the dates of its trading sessions."""

from collections import Counter
from itertools import pairwise

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.domain.results import YearFigures
from backend.engine.simulation import Simulation

DIGITS = 9
"""Kept of a fraction: a year's figures are told to people, and equal sessions keep equal ones."""


def by_year(simulation: Simulation) -> tuple[YearFigures, ...]:
    """One row a year, in order; a year that began with nothing left has none."""
    years = _year_of(simulation.session)
    if not years.size:
        return ()
    firsts = np.flatnonzero(np.diff(years)) + 1
    closed = Counter(_years_of_exits(simulation).tolist())
    rows = (slice(first, stop) for first, stop in pairwise([0, *firsts.tolist(), years.size]))
    return tuple(
        _figures(simulation, part, int(years[part.start]), closed)
        for part in rows
        if _before(simulation.equity, simulation.capital, part.start) > 0
    )


def _figures(simulation: Simulation, rows: slice, year: int, closed: Counter[int]) -> YearFigures:
    equity = simulation.equity[rows]
    before = _before(simulation.equity, simulation.capital, rows.start)
    held_before = _before(simulation.benchmark, simulation.benchmark_start, rows.start)
    curve = np.concatenate([[before], equity])
    return YearFigures(
        year=year,
        total_return=round(float(equity[-1]) / before - 1, DIGITS),
        max_drawdown=round(float(np.max(1 - curve / np.maximum.accumulate(curve))), DIGITS),
        benchmark_return=round(float(simulation.benchmark[rows][-1]) / held_before - 1, DIGITS),
        trades=closed[year],
    )


def _before(line: Floats, start: float, row: int) -> float:
    return float(line[row - 1]) if row else start


def _years_of_exits(simulation: Simulation) -> Integers:
    sessions = simulation.session
    last = np.minimum(simulation.closed["exit_bar"], len(sessions) - 1)
    return _year_of(sessions[last])


def _year_of(sessions: "np.ndarray[tuple[int], np.dtype[np.datetime64]]") -> Integers:
    return sessions.astype("datetime64[Y]").astype(np.int64) + 1970
