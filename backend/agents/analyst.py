"""The analyst: says what held an attempt back and what to change, from its train results alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.domain.goal import Goal, Target
from backend.domain.results import Metrics
from backend.domain.sessions import Change, Diagnosis, LimitingFactor, Observations
from backend.domain.spec import StrategySpec
from backend.search.objective import FULL_LENGTH, trades_wanted

DEEP_DRAWDOWN = 0.35
"""Without a target on it, a drawdown deeper than this is a finding."""
COST_SHARE = 0.5
"""Costs that take more than this share of the gross return dominate it."""
THIN_COVERAGE = 0.6
"""Sentiment on fewer than this share of sessions is thin."""
WEAK_SHARPE = 0.4

UPPER_BOUNDS = ("<", "<=")
RETURNS = ("total_return", "cagr", "average_trade", "alpha")


@dataclass(frozen=True)
class Finding:
    """One thing that holds an attempt back, with its evidence and what to try."""

    factor: LimitingFactor
    evidence: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class _Case:
    """Everything that a finding is made from; all of it of the train period."""

    goal: Goal
    train: Metrics
    observations: Observations
    spec: StrategySpec

    def missed(self, *metrics: str) -> tuple[Target, ...]:
        """The targets on these metrics that do not hold."""
        measured = self.train.model_dump()
        return tuple(t for t in self.goal.effective_targets if t.metric in metrics and not t.holds(measured[t.metric]))


def diagnose(goal: Goal, train: Metrics, observations: Observations, spec: StrategySpec) -> Diagnosis:
    """Find what limits an attempt, the most limiting first.

    Too few trades come before everything, since nothing can be said about the others; then drawdown, costs, thin
    sentiment, a weak edge and too low a return. The first finding is the limiting factor; the evidence and the
    changes of all of them follow in this order.
    """
    case = _Case(goal, train, observations, spec)
    findings = [finding for find in _FINDERS for finding in find(case)]
    if not findings:
        return Diagnosis(limiting_factor="none", evidence=(_all_well(case),), suggested_changes=(_REFINE,))
    changes = dict.fromkeys(change for finding in findings for change in finding.changes)
    return Diagnosis(
        limiting_factor=findings[0].factor,
        evidence=tuple(finding.evidence for finding in findings),
        suggested_changes=tuple(changes),
    )


def _too_few_trades(case: _Case) -> Iterator[Finding]:
    wanted = trades_wanted(case.goal, FULL_LENGTH)
    if case.train.trades >= wanted:
        return
    evidence = f"The strategy closed {case.train.trades} trades on train; {wanted:g} are wanted."
    rates = case.observations.condition_rates
    rarest = min(rates, key=lambda rate: rate.rate, default=None)
    if rarest is None:
        place, reason = "long_entry" if case.spec.long_entry else "short_entry", "it was hardly ever true"
    else:
        place, reason = rarest.expression, f"it was true on {_percent(rarest.rate)} of the bars"
        evidence += f" Its rarest condition, {rarest.expression}, {reason.removeprefix('it ')}."
    yield Finding(
        "too_few_trades",
        evidence,
        (
            Change(kind="relax_condition", place=place, reason=reason),
            Change(kind="switch_family", place="", reason="this family trades too seldom"),
        ),
    )


def _drawdown_too_deep(case: _Case) -> Iterator[Finding]:
    deepest = case.train.max_drawdown
    limits = [t for t in case.missed("max_drawdown", "volatility") if t.op in UPPER_BOUNDS]
    limited = any(t.metric == "max_drawdown" for t in case.goal.targets)
    if not limits and (limited or deepest <= DEEP_DRAWDOWN):
        return
    allowed = f"the target is {limits[0]}" if limits else f"more than {_percent(DEEP_DRAWDOWN)} is deep"
    reason = f"the equity fell by {_percent(deepest)}"
    stop = "risk.stop_loss" if case.spec.risk.stop_loss is None else "risk.trailing_stop"
    yield Finding(
        "drawdown_too_deep",
        f"The equity fell by up to {_percent(deepest)} on train; {allowed}.",
        (
            Change(kind="target_volatility", place="sizing", reason=reason),
            Change(kind="add_regime_filter", place="with the long trend", reason=reason),
            Change(kind="add_stop", place=stop, reason=reason),
            Change(kind="add_regime_filter", place="in calm markets", reason=reason),
        ),
    )


def _cost_dominated(case: _Case) -> Iterator[Finding]:
    gross, net = case.observations.gross_return, case.train.total_return
    if gross <= 0 or (gross - net) / gross <= COST_SHARE:
        return
    share = (gross - net) / gross
    yield Finding(
        "cost_dominated",
        f"Costs took {_percent(share)} of the gross return: {_percent(gross)} before them, {_percent(net)} after"
        f" {case.train.trades} trades.",
        (Change(kind="slow_down", place="exits", reason=f"costs took {_percent(share)} of the gross return"),),
    )


def _thin_sentiment(case: _Case) -> Iterator[Finding]:
    coverage = case.observations.sentiment_coverage
    if coverage is None or coverage >= THIN_COVERAGE:
        return
    reason = f"only {_percent(coverage)} of the sessions have posts"
    yield Finding(
        "thin_sentiment",
        f"Only {_percent(coverage)} of the train sessions have posts; below {_percent(THIN_COVERAGE)} is thin.",
        (
            Change(kind="carry_sentiment_forward", place="sentiment", reason=reason),
            Change(kind="drop_sentiment", place="sentiment", reason=reason),
        ),
    )


def _weak_edge(case: _Case) -> Iterator[Finding]:
    sharpe = case.train.sharpe
    missed = case.missed("sharpe", "sortino", "calmar", "win_rate", "profit_factor")
    if sharpe is not None and sharpe >= WEAK_SHARPE and not missed:
        return
    measured = "undefined" if sharpe is None else f"{sharpe:.2f}"
    wanted = f"the target is {missed[0]}" if missed else f"at least {WEAK_SHARPE:g} is worth improving"
    reason = f"its Sharpe ratio is {measured}"
    yield Finding(
        "weak_edge",
        f"The Sharpe ratio on train is {measured}; {wanted}.",
        (
            Change(kind="switch_family", place="", reason=reason),
            Change(kind="add_regime_filter", place="with the long trend", reason=reason),
        ),
    )


def _return_too_low(case: _Case) -> Iterator[Finding]:
    missed = [t for t in case.missed(*RETURNS) if t.op not in UPPER_BOUNDS]
    if not missed:
        return
    value = case.train.model_dump()[missed[0].metric]
    measured = "undefined" if value is None else _percent(value)
    yield Finding(
        "return_too_low",
        f"The {missed[0].metric} on train is {measured}; the target is {missed[0]}.",
        (Change(kind="switch_family", place="", reason=f"its {missed[0].metric} is {measured}"),),
    )


_FINDERS = (_too_few_trades, _drawdown_too_deep, _cost_dominated, _thin_sentiment, _weak_edge, _return_too_low)
"""In the order of priority."""

_REFINE = Change(kind="refine", place="", reason="nothing holds it back on train")


def _all_well(case: _Case) -> str:
    sharpe = "undefined" if case.train.sharpe is None else f"{case.train.sharpe:.2f}"
    return f"On train every target holds, with a Sharpe ratio of {sharpe} over {case.train.trades} trades."


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
