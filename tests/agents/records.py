"""Small records of attempts, with only the figures that a test is about spelled out."""

from typing import Any

from backend.domain.goal import Goal, Target
from backend.domain.results import Metrics
from backend.domain.sessions import Attempt
from backend.domain.spec import StrategySpec

SPEC = StrategySpec(name="Above average", long_entry="close > sma(close, 20)", long_exit="close < sma(close, 20)")

GOOD = Metrics(
    final_equity=150_000.0,
    total_return=0.5,
    cagr=0.1,
    volatility=0.15,
    sharpe=1.0,
    sortino=1.2,
    calmar=1.0,
    max_drawdown=0.1,
    longest_drawdown_days=60,
    trades=40,
    win_rate=0.6,
    profit_factor=1.8,
    average_trade=0.01,
    best_trade=0.1,
    worst_trade=-0.05,
    exposure=0.5,
    turnover=8.0,
    costs_paid=900.0,
    benchmark_return=0.3,
    alpha=0.05,
    beta=0.4,
)


def metrics(**figures: Any) -> Metrics:
    """Good figures with some replaced."""
    return GOOD.model_copy(update=figures)


def goal(*targets: str, **fields: Any) -> Goal:
    """A goal on AAPL whose targets are written like ``max_drawdown <= 0.15``."""
    parsed = []
    for text in targets:
        metric, op, value = text.split()
        parsed.append(Target.model_validate({"metric": metric, "op": op, "value": float(value)}))
    return Goal(request="test", symbols=("AAPL",), targets=tuple(parsed), **fields)


def attempt(n: int, validation: Metrics | None, **fields: Any) -> Attempt:
    """Attempt ``n`` with these validation figures; train figures are good ones unless it failed."""
    facts = {
        "attempt_id": f"att_{n}",
        "family": "trend_cross",
        "parent": None,
        "origin": "fresh",
        "spec": SPEC,
        "spec_hash": f"hash{n}",
        "diff": (),
        "trials": 10,
        "train": GOOD if validation else None,
    }
    return Attempt(n=n, validation=validation, **(facts | fields))
