"""Evidence made by hand, with a planted edge or without one, for the checks and the verdict."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from backend.domain.arrays import Bools, Dates, Floats
from backend.domain.goal import Goal, Target
from backend.domain.periods import Period
from backend.domain.results import Metrics
from backend.domain.signals import Signals
from backend.proof.causality import Unfounded
from backend.proof.evidence import Evidence, Origin, PeriodEvidence
from backend.proof.trials import TrialCount
from benchmarks.null_markets import with_leading_signal

TRAIN, VALIDATION, HOLDOUT = 1260, 504, 756
"""Sessions: 5, 2 and 3 years."""

_METRICS: dict[str, Any] = {
    "final_equity": 120_000.0,
    "total_return": 0.2,
    "cagr": 0.06,
    "volatility": 0.12,
    "sharpe": 1.1,
    "sortino": 1.5,
    "calmar": 0.6,
    "max_drawdown": 0.1,
    "longest_drawdown_days": 90,
    "trades": 20,
    "win_rate": 0.55,
    "profit_factor": 1.4,
    "average_trade": 0.01,
    "best_trade": 0.08,
    "worst_trade": -0.05,
    "exposure": 0.5,
    "turnover": 12.0,
    "costs_paid": 800.0,
    "benchmark_return": 0.15,
    "alpha": 0.03,
    "beta": 0.4,
}


def metrics(**changes: Any) -> Metrics:
    """Metrics of a decent period: 20 % in 20 trades, drawdown 10 %, Sharpe ratio 1.1."""
    return Metrics.model_validate(_METRICS | changes)


def period_evidence(returns: Floats, weight: Floats, market: Floats, first: str) -> PeriodEvidence:
    """A period on consecutive weekdays from ``first``."""
    session: Dates = np.busday_offset(np.datetime64(first, "D"), np.arange(returns.size), roll="forward")
    start, end = (date.fromisoformat(str(day)) for day in (session[0], session[-1]))
    growth = float(np.prod(1 + returns)) - 1
    return PeriodEvidence(
        period=Period(start=start, end=end),
        metrics=metrics(total_return=growth),
        returns=returns,
        weight=weight,
        market_return=market,
        session=session,
        open_at_end=False,
    )


def evidence(strength: float = 0.2, seed: int | list[int] = 5, **changes: Any) -> Evidence:
    """Ten years of a rule that is long after a good signal; the signal leads by ``strength`` volatilities.

    0.2 is a yearly Sharpe ratio above 2 (sqrt(252) * 0.2 / sqrt(2) less the noise of being in half of the time), 0 is
    no edge at all. The goal: a drawdown of at most 15 %.
    """
    returns, signal = with_leading_signal(seed, 1, TRAIN + VALIDATION + HOLDOUT, strength)
    market, weight = returns[0], (signal[0] > 0).astype(np.float64)
    net = np.concatenate([[0.0], weight[:-1]]) * market
    bounds = np.cumsum([0, TRAIN, VALIDATION, HOLDOUT])
    train, validation, holdout = (
        period_evidence(net[start:stop], weight[start:stop], market[start:stop], first)
        for start, stop, first in zip(bounds[:-1], bounds[1:], ("2010-01-04", "2015-01-05", "2017-01-02"), strict=True)
    )
    made = Evidence(
        goal=Goal(request="", symbols=("TEST",), targets=(Target(metric="max_drawdown", op="<=", value=0.15),)),
        origin=Origin("built-in search (rule-based, no language model)"),
        attempt=3,
        attempts=8,
        train=train,
        validation=validation,
        holdout=holdout,
        trials=TrialCount(trials=412, effective=38.2),
        opening_rank=1,
        warmup=20,
        longest_holding=15,
        probes=(SteadyProbe(2_520),),
        periods_per_year=252.0,
    )
    return replace(made, **changes)


def with_metrics(period: PeriodEvidence, **changes: Any) -> PeriodEvidence:
    """The same period with other metrics."""
    return replace(period, metrics=period.metrics.model_copy(update=changes))


def entries(flags: Bools) -> Signals:
    """Signals that only ever enter long."""
    never = np.zeros(len(flags), np.bool_)
    return Signals(long_entry=flags, long_exit=never, short_entry=never, short_exit=never)


class SteadyProbe:
    """A strategy that enters on every tenth bar, whatever the data says."""

    def __init__(self, bars: int) -> None:
        self._flags = np.arange(bars) % 10 == 0

    def signals(self) -> Signals:
        return entries(self._flags)

    def unfounded(self) -> Unfounded | None:
        return None

    def truncated(self, cut: int) -> Signals:
        return entries(self._flags[: cut + 1])

    def perturbed(self, cut: int, seed: int) -> Signals:
        assert cut >= 0 <= seed
        return entries(self._flags)
