"""Everything about a session that can be told, by key; to add some, write a function and a line in ``GROUPS``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from backend.agents.conversation.units import METRIC_LABELS, Unit, in_words
from backend.domain.figures import METRIC_UNITS
from backend.domain.results import METRIC_NAMES, Metrics, YearFigures
from backend.domain.sessions import BUILT_IN, Attempt, Session
from backend.services.turns import chosen_before

OF_A_YEAR = ("total_return", "max_drawdown", "benchmark_return", "trades")
"""Metrics that are kept by calendar year, too."""


@dataclass(frozen=True)
class Fact:
    """One stored value with what it is; ``train`` marks those that a language model may read."""

    value: Any
    unit: Unit
    about: str
    train: bool = False

    @property
    def text(self) -> str:
        """As people read it."""
        return in_words(self.value, self.unit)


@dataclass(frozen=True)
class Told:
    """What the facts are made from: a session as it is stored now.

    Attributes:
        chosen: the attempt that the last verdict is about.
    """

    session: Session
    attempts: tuple[Attempt, ...]
    chosen: Attempt | None = field(default=None)

    @classmethod
    def of(cls, session: Session, attempts: Sequence[Attempt]) -> Self:
        """With the chosen attempt looked up."""
        wanted = chosen_before(session)
        return cls(session, tuple(attempts), next((a for a in attempts if a.attempt_id == wanted), None))


Facts = Mapping[str, Fact]
Found = Iterator[tuple[str, Fact]]


def facts_of(told: Told) -> Facts:
    """Every key that has a value; what is not known has no key."""
    found = ((key, fact) for group in GROUPS for key, fact in group(told))
    return {key: fact for key, fact in found if fact.value is not None}


def _session(told: Told) -> Found:
    session = told.session
    yield "session.id", Fact(session.session_id, "text", "id of the session")
    yield "session.status", Fact(session.status, "text", "whether it runs, is done, failed")
    yield "session.strategist", Fact(session.strategist, "text", "who proposes strategies")
    yield "session.request", Fact(session.request.text, "text", "the request word for word")
    yield "session.seed", Fact(session.request.seed, "plain", "seed")
    yield "session.trials", Fact(session.trials or None, "count", "backtests behind the verdict")
    yield (
        "session.effective_trials",
        Fact(session.effective_trials or None, "ratio", "independent trials they amount to"),
    )
    yield "session.data_hash", Fact(session.data_hash, "text", "hash of every value of the data")
    yield "session.engine_version", Fact(session.engine_version, "text", "version of the engine")
    yield "session.seconds", Fact(session.timings.total_s or None, "seconds", "time that it worked")


def _goal(told: Told) -> Found:
    goal = told.session.goal
    if goal is None:
        return
    yield "goal.symbol", Fact(", ".join(goal.symbols), "text", "symbol")
    yield "goal.timeframe", Fact(str(goal.timeframe), "text", "length of a bar")
    yield "goal.start", Fact(goal.start, "text", "first day")
    yield "goal.end", Fact(goal.end, "text", "last day")
    yield "goal.channels", Fact(", ".join(goal.channels) or "none", "text", "sentiment channels")
    yield "goal.targets", Fact(", ".join(map(str, goal.effective_targets)), "text", "targets, the implied one included")
    yield "goal.direction", Fact(goal.direction, "text", "long, short or both")
    yield "goal.style", Fact(", ".join(goal.style).replace("_", " ") or "any", "text", "kinds of strategy asked for")


def _periods(told: Told) -> Found:
    if told.session.periods is not None:
        for name in ("train", "validation", "holdout"):
            period = getattr(told.session.periods, name)
            yield f"period.{name}.start", Fact(period.start, "text", f"first session of {name}")
            yield f"period.{name}.end", Fact(period.end, "text", f"last session of {name}")


def _attempts(told: Told) -> Found:
    yield "attempts.count", Fact(len(told.attempts), "count", "attempts made")
    failed = sum(attempt.failed_reason is not None for attempt in told.attempts)
    yield "attempts.failed", Fact(failed, "count", "attempts that failed")
    for attempt in told.attempts:
        yield from _attempt(f"attempt.{attempt.n}", attempt)
    if told.chosen is not None:
        yield from _attempt("chosen", told.chosen)


def _attempt(prefix: str, attempt: Attempt) -> Found:
    about = f"attempt {attempt.n}"
    yield f"{prefix}.n", Fact(attempt.n, "plain", "its number", train=True)
    yield f"{prefix}.name", Fact(attempt.title, "text", f"name of {about}", train=True)
    yield f"{prefix}.family", Fact(attempt.family.replace("_", " ") or None, "text", f"family of {about}", train=True)
    yield f"{prefix}.origin", Fact(attempt.origin, "text", f"how {about} came about", train=True)
    author = BUILT_IN if attempt.author == "builtin" else "a language model"
    yield f"{prefix}.author", Fact(author, "text", f"who proposed {about}", train=True)
    yield f"{prefix}.turn", Fact(attempt.turn, "plain", f"the turn that made {about}", train=True)
    yield f"{prefix}.trials", Fact(attempt.trials, "count", f"backtests of {about}", train=True)
    yield f"{prefix}.failed_reason", Fact(attempt.failed_reason, "text", f"why {about} failed", train=True)
    if attempt.diagnosis is not None:
        factor = attempt.diagnosis.limiting_factor.replace("_", " ")
        yield f"{prefix}.limited_by", Fact(factor, "text", f"what held {about} back on train", train=True)
        yield f"{prefix}.evidence", Fact(" ".join(attempt.diagnosis.evidence), "text", "its evidence", train=True)
        changes = (f"{c.kind} {c.place}".replace("_", " ").strip() for c in attempt.diagnosis.suggested_changes)
        suggested = ", ".join(dict.fromkeys(changes))
        yield f"{prefix}.suggested", Fact(suggested or None, "text", f"what to change in {about}", train=True)
    yield from _rules(prefix, attempt)
    yield from _metrics(f"{prefix}.train", attempt.train, f"{about} on train", train=True)
    yield from _metrics(f"{prefix}.validation", attempt.validation, f"{about} on validation")
    yield from _years(prefix, "train", attempt.train_years, about)
    yield from _years(prefix, "validation", attempt.validation_years, about)


def _rules(prefix: str, attempt: Attempt) -> Found:
    if attempt.spec is None:
        return
    for name in ("long_entry", "long_exit", "short_entry", "short_exit"):
        yield f"{prefix}.{name}", Fact(getattr(attempt.spec, name), "text", name.replace("_", " "), train=True)
    numbers = ", ".join(f"{p.name} {p.value:g}" for p in attempt.spec.parameters)
    yield f"{prefix}.parameters", Fact(numbers or None, "text", "its numbers", train=True)
    yield f"{prefix}.spec_hash", Fact(attempt.spec_hash, "text", "hash of the strategy", train=True)


def _metrics(prefix: str, metrics: Metrics | None, about: str, *, train: bool = False) -> Found:
    for name in METRIC_NAMES if metrics is not None else ():
        label = f"{METRIC_LABELS[name]} of {about}"
        yield f"{prefix}.{name}", Fact(getattr(metrics, name), METRIC_UNITS[name], label, train=train)


def _years(prefix: str, period: str, years: Sequence[YearFigures], about: str) -> Found:
    for figures in years:
        for name in OF_A_YEAR:
            label = f"{METRIC_LABELS[name]} of {about} in {figures.year}, as far as it is in {period}"
            key = f"{prefix}.{period}.year.{figures.year}.{name}"
            yield key, Fact(getattr(figures, name), METRIC_UNITS[name], label, train=period == "train")


def _holdout(told: Told) -> Found:
    held = told.session.holdout
    if held is None:
        return
    yield from _metrics("holdout", held.metrics, "the chosen attempt on the hold-out")
    yield "holdout.p_value", Fact(held.p_value, "p", "chance of such an edge by luck")
    yield "holdout.p_value_adjusted", Fact(held.p_value_adjusted, "p", "the same, with every look counted")
    yield "holdout.openings", Fact(held.openings, "count", "which look at this market and period it was")
    yield from _years("chosen", "holdout", held.years, "the chosen attempt")


def _verdict(told: Told) -> Found:
    verdict = told.session.verdict
    if verdict is None:
        return
    yield "verdict.outcome", Fact(verdict.outcome, "text", "proven, unproven or rejected")
    yield "verdict.reasons", Fact(" ".join(verdict.reasons), "text", "why")
    failed = [check.name.replace("_", " ") for check in verdict.checks if check.required and check.passed is False]
    yield "verdict.failed", Fact(", ".join(failed) or "none", "text", "required checks that failed")
    for check in verdict.checks:
        state = {True: "holds", False: "fails", None: "was not made"}[check.passed]
        yield f"check.{check.name}.state", Fact(state, "text", f"whether {check.name} holds")
        yield f"check.{check.name}.value", Fact(check.value, "number", f"what {check.name} measured")
        yield f"check.{check.name}.threshold", Fact(check.threshold, "number", f"what {check.name} is held against")
        yield f"check.{check.name}.note", Fact(check.note, "text", f"what {check.name} found")
        role = "required" if check.required else "informs only"
        yield f"check.{check.name}.role", Fact(role, "text", f"whether {check.name} decides")


def _datasets(told: Told) -> Found:
    for link in told.session.datasets:
        about = f"{link.channel} posts about {link.symbol}"
        prefix = f"dataset.{link.channel}"
        yield f"{prefix}.provider", Fact(link.provider, "text", f"source of {about}")
        yield f"{prefix}.start", Fact(link.start, "text", f"first day of {about}")
        yield f"{prefix}.end", Fact(link.end, "text", f"last day of {about}")
        yield f"{prefix}.total_days", Fact(link.total_days, "count", f"trading sessions of {about}")
        yield f"{prefix}.days_with_data", Fact(link.days_with_data, "count", f"trading sessions with {about}")
        yield f"{prefix}.coverage", Fact(link.coverage, "share", f"share of trading sessions fetched of {about}")


def _costs(told: Told) -> Found:
    execution = told.session.request.execution
    yield "costs.capital", Fact(execution.capital, "money", "capital at the beginning of each period")
    yield "costs.commission", Fact(execution.costs.commission_rate, "rate", "commission of each fill")
    yield "costs.commission_fixed", Fact(execution.costs.commission_fixed, "money", "fixed commission of each order")
    yield "costs.slippage", Fact(execution.costs.slippage, "rate", "slippage of each fill")
    yield "costs.borrow_rate", Fact(execution.borrow_rate, "rate", "yearly fee for being short")
    yield "costs.interest_rate", Fact(execution.interest_rate, "rate", "yearly interest on cash")


def _usage(told: Told) -> Found:
    usage = told.session.usage
    counted = ("backtests", "calls", "recorded_calls", "tokens_in", "tokens_out", "source_calls", "posts_scored")
    for name in counted:
        yield f"usage.{name}", Fact(getattr(usage, name), "count", name.replace("_", " "))
    yield "usage.usd", Fact(usage.usd, "usd", "US dollars for the language model")


def _players(told: Told) -> Found:
    league = told.session.null_league
    if league is not None:
        for name in ("buy_and_hold", "random_entries", "random_search"):
            player = getattr(league, name)
            for figure, unit in _PLAYER.items() if player is not None else ():
                about = f"{figure.replace('_', ' ')} of {name.replace('_', ' ')} on the hold-out"
                yield f"null.{name}.{figure}", Fact(getattr(player, figure), unit, about)


_PLAYER: dict[str, Unit] = {"total_return": "signed", "sharpe": "ratio", "max_drawdown": "share", "beaten": "share"}


def _lift(told: Told) -> Found:
    lift = told.session.lift
    if lift is not None:
        yield "lift.model_sharpe", Fact(lift.model_sharpe, "ratio", "best validation Sharpe of the model")
        yield "lift.search_sharpe", Fact(lift.search_sharpe, "ratio", "best validation Sharpe of search")
        yield "lift.difference", Fact(lift.difference, "ratio", "what the model added to search")


GROUPS: tuple[Callable[[Told], Found], ...] = (
    _session, _goal, _periods, _attempts, _holdout, _verdict, _datasets, _costs, _usage, _players, _lift,
)  # fmt: skip
