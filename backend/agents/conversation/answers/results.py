"""Answers from results: attempts, years, periods, the market beside them."""

from collections.abc import Sequence

from backend.agents.conversation.answers.teller import SEALED, UNKNOWN, Teller
from backend.agents.conversation.questions import Asked
from backend.agents.conversation.units import METRIC_LABELS

PERIOD_NAMES = {"train": "on train", "validation": "on validation", "holdout": "on the hold-out"}
SAYINGS = {
    "relax_condition": "more trades",
    "target_volatility": "less drawdown",
    "add_stop": "less drawdown",
    "slow_down": "fewer trades",
    "drop_sentiment": "without sentiment",
    "switch_family": "try mean reversion instead",
}
"""What can be said to ask for a kind of change."""
COMPARED = ("sharpe", "total_return", "max_drawdown", "trades")


def comparison(teller: Teller, asked: Asked) -> str | None:
    """Several attempts side by side."""
    if len(asked.attempts) < 2:
        return None
    lines = []
    for n in asked.attempts:
        trouble = _no_attempt(teller, n)
        if trouble:
            return trouble
        lines.append(_attempt_line(teller, f"attempt.{n}"))
    return " ".join(lines)


def why(teller: Teller, asked: Asked) -> str | None:
    """Why a session ended as it did, or what a year was like."""
    if not asked.says("why", "how come", "reason", "reasons"):
        return None
    if asked.years:
        return " ".join(_why_in_year(teller, asked, year) for year in asked.years)
    if asked.attempts:
        return about_attempts(teller, asked)
    if not teller.knows("verdict.outcome"):
        return "There is no verdict yet."
    parts = [teller.text("verdict.reasons")]
    if teller.knows("chosen.evidence"):
        parts.append(teller.fill("What was seen on train: {chosen.evidence}"))
    return " ".join(parts)


def _why_in_year(teller: Teller, asked: Asked, year: int) -> str:
    text = _year(teller, prefix_of(asked), year)
    if text is None:
        return _no_year(teller, year)
    parts = [text]
    if teller.knows("chosen.evidence"):
        parts.append(teller.fill("What held it back on train as a whole: {chosen.evidence}"))
    if teller.text("verdict.failed") not in ("none", UNKNOWN):
        parts.append(teller.fill("Required checks that failed: {verdict.failed}."))
    return " ".join(parts)


def years(teller: Teller, asked: Asked) -> str | None:
    """Figures of calendar years."""
    if not asked.years:
        return None
    if not asked.metrics:
        return " ".join(_year(teller, prefix_of(asked), year) or _no_year(teller, year) for year in asked.years)
    known = [name for name in asked.metrics if name in ("total_return", "cagr", "max_drawdown", "trades")]
    other = [METRIC_LABELS[name] for name in asked.metrics if name not in known]
    told = [] if not known else [_year(teller, prefix_of(asked), y) or _no_year(teller, y) for y in asked.years]
    told += [f"The {label} of a single year is unknown: it is kept for whole periods." for label in other]
    return " ".join(told)


def advice(teller: Teller, asked: Asked) -> str | None:
    """What to try next: what held the chosen attempt back on train, and what may be said about it."""
    if not asked.says(
        "next", "improve", "can i try", "suggest", "suggestion", "suggestions", "recommend", "should i", "what now"
    ):
        return None
    diagnosis = teller.told.chosen.diagnosis if teller.told.chosen else None
    if diagnosis is None:
        return None
    parts = [teller.fill("Attempt {chosen.n}, on train: {chosen.evidence}")]
    parts += [teller.fill("Suggested: {chosen.suggested}.")] if teller.knows("chosen.suggested") else []
    if teller.text("verdict.failed") not in ("none", UNKNOWN):
        parts.append(teller.fill("Required checks that failed: {verdict.failed}."))
    words = dict.fromkeys(SAYINGS[c.kind] for c in diagnosis.suggested_changes if c.kind in SAYINGS)
    said = " or ".join(f'"{word}"' for word in (*words, "10 more attempts"))
    return " ".join([*parts, f"You can say {said}."])


def best(teller: Teller, asked: Asked) -> str | None:
    """The attempt that was chosen, or the worst."""
    if not asked.says("best", "worst", "chosen", "chose", "selected", "nearest"):
        return None
    if asked.says("best trade", "worst trade"):
        return None
    measured = [a for a in teller.told.attempts if a.validation is not None and a.validation.sharpe is not None]
    if asked.says("worst") and measured:
        worst = min(measured, key=lambda a: a.validation.sharpe if a.validation and a.validation.sharpe else 0.0)
        return "The lowest Sharpe ratio on validation: " + _attempt_line(teller, f"attempt.{worst.n}")
    if not teller.knows("chosen.n"):
        return "No attempt was chosen yet."
    return "Chosen by validation: " + _attempt_line(teller, "chosen")


def figure(teller: Teller, asked: Asked) -> str | None:
    """One or several figures of an attempt."""
    if not asked.metrics:
        return None
    prefix = prefix_of(asked)
    if asked.attempts and (trouble := _no_attempt(teller, asked.attempts[0])):
        return trouble
    if not teller.knows(f"{prefix}.n"):
        return "No attempt was measured yet."
    return " ".join(_metric(teller, prefix, name, asked.periods) for name in asked.metrics)


def about_attempts(teller: Teller, asked: Asked) -> str | None:
    """What single attempts came to."""
    if not asked.attempts:
        return None
    lines = []
    for n in asked.attempts:
        lines.append(_no_attempt(teller, n) or _attempt_line(teller, f"attempt.{n}"))
        if teller.knows(f"attempt.{n}.evidence"):
            lines.append(teller.text(f"attempt.{n}.evidence"))
    return " ".join(lines)


def whole_periods(teller: Teller, asked: Asked) -> str | None:
    """The figures of whole periods."""
    if not asked.periods:
        return None
    lines = []
    for period in asked.periods:
        if period == "holdout" and not teller.opened:
            lines.append(SEALED)
            continue
        prefix = "holdout" if period == "holdout" else f"{prefix_of(asked)}.{period}"
        lines.append(f"{PERIOD_NAMES[period].capitalize()}: {_figures(teller, prefix)}.")
    return " ".join(lines)


def beside_the_market(teller: Teller, asked: Asked) -> str | None:
    """The strategy beside players without skill."""
    if not asked.says("market", "buy and hold", "benchmark", "holding", "random entries", "random search"):
        return None
    if not teller.opened:
        shown = teller.fill(
            "{chosen.validation.total_return} against {chosen.validation.benchmark_return} of buy and hold"
        )
        return f"On validation it returned {shown}. {SEALED}" if teller.knows("chosen.n") else None
    return teller.fill(
        "On the hold-out it returned {holdout.total_return} with a Sharpe ratio of {holdout.sharpe}; buy and hold"
        " {null.buy_and_hold.total_return} with {null.buy_and_hold.sharpe}, random entries"
        " {null.random_entries.total_return} with {null.random_entries.sharpe}."
    )


def prefix_of(asked: Asked) -> str:
    """Where the facts of the attempt that is meant begin: the one that is named, else the chosen one."""
    return f"attempt.{asked.attempts[0]}" if asked.attempts else "chosen"


def _year(teller: Teller, prefix: str, year: int) -> str | None:
    lines = []
    for period in ("train", "validation", "holdout"):
        key = f"{prefix}.{period}.year.{year}"
        if teller.knows(f"{key}.total_return"):
            lines.append(teller.fill(
                f"In {year}, {PERIOD_NAMES[period]}, attempt {{{prefix}.n}} returned {{{key}.total_return}} with a"
                f" maximum drawdown of {{{key}.max_drawdown}} and {{{key}.trades}} closed trades; buy and hold"
                f" returned {{{key}.benchmark_return}}."
            ))  # fmt: skip
    return " ".join(lines) or None


def _no_year(teller: Teller, year: int) -> str:
    periods = teller.told.session.periods
    if periods is None:
        return f"Nothing is known about {year}: there is no data yet."
    if periods.holdout.start.year <= year <= periods.holdout.end.year and not teller.opened:
        return f"{year} is in the hold-out. {SEALED}"
    if not periods.train.start.year <= year <= periods.holdout.end.year:
        return teller.fill(f"{year} is unknown: the data is from {{period.train.start}} to {{period.holdout.end}}.")
    return f"Figures of {year} are unknown: none were kept of it."


def _metric(teller: Teller, prefix: str, name: str, periods: Sequence[str]) -> str:
    chosen = teller.text(f"{prefix}.n") == teller.text("chosen.n")
    known = [period for period in teller.periods() if period != "holdout" or chosen]
    parts = []
    for period in periods or known:
        key = f"holdout.{name}" if period == "holdout" else f"{prefix}.{period}.{name}"
        if period == "holdout" and period not in known:
            parts.append("unknown on the hold-out, which was not opened with it")
        else:
            parts.append(f"{teller.text(key) if teller.knows(key) else 'undefined'} {PERIOD_NAMES[period]}")
    return teller.fill(f"The {METRIC_LABELS[name]} of attempt {{{prefix}.n}} is {', '.join(parts)}.")


def _no_attempt(teller: Teller, n: int) -> str | None:
    return (
        None
        if teller.knows(f"attempt.{n}.n")
        else teller.fill(f"There is no attempt {n}; there are {{attempts.count}}.")
    )


def _attempt_line(teller: Teller, prefix: str) -> str:
    head = teller.fill(f"Attempt {{{prefix}.n}}, {{{prefix}.name}}")
    if teller.knows(f"{prefix}.failed_reason"):
        return f"{head}: failed: {teller.text(f'{prefix}.failed_reason')}"
    parts = [f"{PERIOD_NAMES[period]} {_figures(teller, f'{prefix}.{period}')}" for period in ("train", "validation")]
    limited = teller.text(f"{prefix}.limited_by")
    held = "" if limited in ("none", UNKNOWN) else f"; held back on train by: {limited}"
    return f"{head}: {'; '.join(parts)}{held}."


def _figures(teller: Teller, prefix: str) -> str:
    return ", ".join(f"{METRIC_LABELS[name]} {teller.text(f'{prefix}.{name}')}" for name in COMPARED)
