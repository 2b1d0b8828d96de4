"""Many variants of a strategy over the same bars, each reduced to one row of numbers."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backend.domain.arrays import Floats, Integers
from backend.domain.bars import Bars
from backend.domain.execution import Execution
from backend.domain.signals import Signals
from backend.engine.metrics.sample import deviation_of
from backend.engine.metrics.sharpe import sharpe_ratio
from backend.engine.simulation import Rules
from backend.engine.simulation.inputs import decisions_of, prices_of, stretch
from backend.engine.simulation.rules import terms_of


class Variant(NamedTuple):
    """One candidate: its decisions at the close of every bar, and its sizing and risk."""

    signals: Signals
    rules: Rules


@dataclass(frozen=True, eq=False)
class SweepResult:
    """One row for each of C variants, in their order; the same numbers as ``measure`` gives.

    Attributes:
        total_return: fraction, shape (C,).
        sharpe: yearly, shape (C,); NaN where it is undefined.
        max_drawdown: positive fraction, shape (C,).
        trades: closed trades, shape (C,).
    """

    total_return: Floats
    sharpe: Floats
    max_drawdown: Floats
    trades: Integers


def sweep(
    bars: Bars,
    variants: Iterable[Variant],
    execution: Execution,
    rows: slice,
    periods_per_year: float,
    observe: Callable[[Floats], None] | None = None,
) -> SweepResult:
    """Simulate every variant over ``rows`` of ``bars``, taking them one at a time from ``variants``.

    Memory is bounded by the bars, one variant, and one row of numbers per variant.

    Args:
        bars: all bars, T of them.
        variants: decisions of shape (T,) each, with rules.
        execution: capital, costs and rules of filling, the same for all.
        rows: the simulated stretch, N >= 1 bars.
        periods_per_year: bars in a year, e.g. 252 daily.
        observe: is handed the bar returns of each variant, shape (N,), in their order; they are its to keep.

    Raises:
        InvalidInput: as ``simulate`` does.
    """
    from backend.engine.metrics.curves import CHUNK, drawdown, moments_of, write_returns
    from backend.engine.simulation.kernel import run

    first, stop = stretch(bars, rows)
    prices, days = prices_of(bars), bars.session[first:stop].view(np.int64)
    table, scratch = [], np.empty(CHUNK)
    for signals, rules in variants:
        terms = terms_of(rules, execution, bars.timeframe)
        equity, _, closed, *_ = run(prices, decisions_of(signals, bars), bars.adjustment, terms, first, stop - first)
        mean, squares, *_ = moments_of(equity, execution.capital, 0.0, scratch)
        sharpe = _sharpe(mean, squares, equity.size, periods_per_year)
        depth, _ = drawdown(equity, execution.capital, days)
        table.append((equity[-1] / execution.capital - 1.0, sharpe, depth, closed))
        if observe is not None:
            returns = np.empty_like(equity)
            write_returns(equity, execution.capital, returns)
            observe(returns)
    columns = np.array(table, dtype=np.float64).reshape(-1, 4).T
    return SweepResult(columns[0], columns[1], columns[2], columns[3].astype(np.int64))


def _sharpe(mean: float, squares: float, size: int, periods_per_year: float) -> float:
    ratio = sharpe_ratio(mean, deviation_of(squares, size), periods_per_year)
    return math.nan if ratio is None else ratio
