"""Buy and hold, measured as the strategy is."""

import math

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.record import Record
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import observed_periods_per_year, periods_per_year
from backend.engine.metrics.growth import DAYS_PER_YEAR, LARGEST_EXPONENT
from backend.engine.metrics.sample import NEGLIGIBLE
from backend.services.reports.curves import Curves, below_peak


class LineResult(Record):
    """The metrics that need nothing but a line of values; fractions, and None where undefined."""

    total_return: float
    cagr: float | None
    volatility: float | None
    sharpe: float | None
    max_drawdown: float


def benchmark_result(curves: Curves, timeframe: Timeframe, risk_free_rate: float) -> LineResult | None:
    """Of buying at the first open and holding, free of costs; None where the run has no such line."""
    return None if curves.benchmark is None else line_result(curves.benchmark, curves, timeframe, risk_free_rate)


def line_result(line: Floats, curves: Curves, timeframe: Timeframe, risk_free_rate: float) -> LineResult:
    """The metrics of a line over the moments of ``curves``, by the formulas of ``backend.engine.metrics``.

    Args:
        line: shape (N,), N >= 1; every value before the last above zero.
        curves: whose capital is the value before the first moment.
        timeframe: scales to a year.
        risk_free_rate: yearly; that of the run, so that both Sharpe ratios mean the same.
    """
    returns = line / np.append(curves.capital, line[:-1]) - 1.0
    scale = math.sqrt(observed_periods_per_year(timeframe, curves.sessions))
    excess = float(returns.mean()) - risk_free_rate / periods_per_year(timeframe)
    deviation = float(returns.std(ddof=1)) if line.size > 1 else None
    varies = deviation is not None and deviation > NEGLIGIBLE
    return LineResult(
        total_return=float(line[-1]) / curves.capital - 1.0,
        cagr=_cagr(float(line[-1]) / curves.capital, curves),
        volatility=deviation * scale if deviation is not None else None,
        sharpe=excess / deviation * scale if deviation is not None and varies else None,
        max_drawdown=float(below_peak(line, curves.capital).max()),
    )


def _cagr(growth: float, curves: Curves) -> float | None:
    days = int((curves.sessions[-1] - curves.sessions[0]).astype(np.int64))
    if days == 0 or growth <= 0.0:
        return None
    exponent = math.log(growth) * DAYS_PER_YEAR / days
    return math.expm1(exponent) if exponent < LARGEST_EXPONENT else None
