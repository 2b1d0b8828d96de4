"""Metrics of a simulation: to add one, write a function here, a line in ``METRICS``, a field in ``Metrics``."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from backend.domain.results import Metrics
from backend.engine.metrics.activity import costs_paid, exposure, turnover
from backend.engine.metrics.benchmark import alpha, benchmark_return, beta
from backend.engine.metrics.drawdown import calmar, longest_drawdown_days, max_drawdown
from backend.engine.metrics.growth import cagr, final_equity, total_return
from backend.engine.metrics.sample import Measurable, Sample, sample_of
from backend.engine.metrics.sharpe import sharpe
from backend.engine.metrics.sortino import sortino
from backend.engine.metrics.trading import average_trade, best_trade, profit_factor, trades, win_rate, worst_trade
from backend.engine.metrics.volatility import volatility

Metric = Callable[[Sample], float | None]

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "final_equity": final_equity,
        "total_return": total_return,
        "cagr": cagr,
        "volatility": volatility,
        "sharpe": sharpe,
        "sortino": sortino,
        "calmar": calmar,
        "max_drawdown": max_drawdown,
        "longest_drawdown_days": longest_drawdown_days,
        "trades": trades,
        "win_rate": win_rate,
        "profit_factor": profit_factor,
        "average_trade": average_trade,
        "best_trade": best_trade,
        "worst_trade": worst_trade,
        "exposure": exposure,
        "turnover": turnover,
        "costs_paid": costs_paid,
        "benchmark_return": benchmark_return,
        "alpha": alpha,
        "beta": beta,
    }
)


def measure(result: Measurable, periods_per_year: float, risk_free_rate: float = 0.0) -> Metrics:
    """Every metric of ``METRICS``; what is undefined is None.

    Args:
        result: N >= 1 bars of one symbol or of several, with or without trades.
        periods_per_year: bars in a year, e.g. 252 daily.
        risk_free_rate: yearly, as a fraction.
    """
    sample = sample_of(result, periods_per_year, risk_free_rate)
    return Metrics.model_validate({name: metric(sample) for name, metric in METRICS.items()})
