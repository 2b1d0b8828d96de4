"""Numbers and predicates as people read them: "maximum drawdown 18.2 % (wanted: at most 15 %)"."""

from backend.domain.goal import Operator, Target

PERCENT, NUMBER, COUNT, MONEY = "percent", "number", "count", "money"

METRICS_IN_WORDS: dict[str, tuple[str, str]] = {
    "final_equity": ("final equity", MONEY),
    "total_return": ("net return", PERCENT),
    "cagr": ("yearly return", PERCENT),
    "volatility": ("volatility", PERCENT),
    "sharpe": ("Sharpe ratio", NUMBER),
    "sortino": ("Sortino ratio", NUMBER),
    "calmar": ("Calmar ratio", NUMBER),
    "max_drawdown": ("maximum drawdown", PERCENT),
    "longest_drawdown_days": ("longest drawdown in days", COUNT),
    "trades": ("closed trades", COUNT),
    "win_rate": ("win rate", PERCENT),
    "profit_factor": ("profit factor", NUMBER),
    "average_trade": ("average trade", PERCENT),
    "best_trade": ("best trade", PERCENT),
    "worst_trade": ("worst trade", PERCENT),
    "exposure": ("exposure", PERCENT),
    "turnover": ("turnover", NUMBER),
    "costs_paid": ("costs paid", MONEY),
    "benchmark_return": ("return of buy and hold", PERCENT),
    "alpha": ("alpha", PERCENT),
    "beta": ("beta", NUMBER),
}
"""Metric name -> its name in a sentence, and how its values are written."""

ROUND_YEARS = 20
"""From here on, years are written without decimals."""
MOST_YEARS = 1_000
"""Longer estimates are not told apart."""

_DECIMALS = {PERCENT: 1, NUMBER: 2, COUNT: 0, MONEY: 0}
_OPERATORS: dict[Operator, str] = {"<": "under", "<=": "at most", ">": "over", ">=": "at least"}


def metric_value(metric: str, value: float | None, more_decimals: int = 0) -> str:
    """A metric's value with its unit, e.g. ``18.2 %``; ``undefined`` for None."""
    if value is None:
        return "undefined"
    kind = METRICS_IN_WORDS[metric][1]
    decimals = _DECIMALS[kind] + more_decimals
    text = f"{value * 100 if kind is PERCENT else value:z,.{decimals}f}"
    if "." in text and kind is not NUMBER:
        text = text.rstrip("0").rstrip(".")
    return f"{text} %" if kind is PERCENT else text


def predicate(target: Target) -> str:
    """E.g. ``maximum drawdown at most 15 %``."""
    label = METRICS_IN_WORDS[target.metric][0]
    return f"{label} {_OPERATORS[target.op]} {metric_value(target.metric, target.value)}"


def measured_against(target: Target, measured: float | None) -> str:
    """E.g. ``maximum drawdown 18.2 % (wanted: at most 15 %)``; different numbers never read the same."""
    label = METRICS_IN_WORDS[target.metric][0]
    more = 0
    while measured is not None and measured != target.value and more < 8:
        if metric_value(target.metric, measured, more) != metric_value(target.metric, target.value, more):
            break
        more += 1
    wanted = f"{_OPERATORS[target.op]} {metric_value(target.metric, target.value, more)}"
    return f"{label} {metric_value(target.metric, measured, more)} (wanted: {wanted})"


def share(part: float) -> str:
    """A share of a whole, e.g. ``79.6 %``."""
    text = f"{part * 100:.1f}"
    return f"{text.removesuffix('.0')} %"


def years(bars: float, periods_per_year: float) -> str:
    """A number of bars as time, e.g. ``4.2 years``; long ones in round figures."""
    length = bars / periods_per_year
    return f"{length:,.0f} years" if length >= ROUND_YEARS else f"{length:.1f} years"


def about_years(bars: float, periods_per_year: float) -> str:
    """An estimate, e.g. ``about 4.2 years``; ``more than 1,000 years`` where the figure would say nothing."""
    if bars >= MOST_YEARS * periods_per_year:
        return f"more than {MOST_YEARS:,} years"
    return f"about {years(bars, periods_per_year)}"


def probability(p: float) -> str:
    """A p-value, e.g. ``0.031``; very small ones as a bound."""
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def counted(number: int, noun: str) -> str:
    """E.g. ``1 attempt``, ``8 attempts``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
