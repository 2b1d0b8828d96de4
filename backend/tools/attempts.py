"""The attempts so far as a model reads them: a bounded table of train figures, and the few that are worth improving."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from backend.domain.quoting import as_data
from backend.domain.record import Record
from backend.domain.results import Metrics
from backend.language import diff_specs
from backend.search.context import SearchContext, TrainView
from backend.search.objective import FULL_LENGTH, UNTRADED, Objective, Outcome
from backend.tools.strategies import written_as
from backend.tools.workbench import Workbench

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

NAME = "attempts"
DESCRIPTION = "Strategy, diagnosis and train figures of earlier attempts by their numbers; no numbers give the table."

MOST_ROWS = 24
"""Attempts in the table: the best, and the latest."""
LATEST_ROWS = 10
MOST_DETAILS = 4
LATEST_DETAILS = 2
LONGEST_TEXT = 400
MOST_TROUBLES = 4
MOST_LINES = 12
"""Lines of a change, and parts of an entry condition, that are told of one attempt."""

HEADER = "n | changes | name | Sharpe | return | drawdown | trades | win rate | exposure | held back by"
"""All figures are of the train period; fractions, drawdown positive."""


class Wanted(Record):
    """Which attempts; an empty list asks for the table of all."""

    numbers: tuple[int, ...]


def tool(bench: Workbench) -> "StructuredTool":
    """The tool of one session."""
    from langchain_core.tools import StructuredTool

    def look(numbers: tuple[int, ...]) -> str:
        found = details_of(bench.context, numbers[:MOST_DETAILS])
        return found or table(bench.context)

    return StructuredTool.from_function(look, name=NAME, description=DESCRIPTION, args_schema=Wanted)


def table(context: SearchContext) -> str:
    """One line an attempt, ascending by number."""
    if not context.attempts:
        return "none yet"
    shown = _chosen(context, MOST_ROWS, LATEST_ROWS)
    left_out = len(context.attempts) - len(shown)
    note = [f"({left_out} weaker attempts are left out)"] if left_out else []
    held = next((view.train.benchmark_return for view in shown if view.train is not None), None)
    note += [f"(buying and holding returned {held:.3g} on train)"] if held is not None else []
    return "\n".join([HEADER, *(_row(view) for view in shown), *note])


def troubles(context: SearchContext) -> str:
    """Why the latest proposals could not be tested, as data, one a line; a reason told twice is shown once."""
    told = dict.fromkeys(context.troubles[-MOST_TROUBLES:])
    return "\n".join(as_data(reason, LONGEST_TEXT) for reason in told) or "none"


def details(context: SearchContext) -> str:
    """Strategy, diagnosis and change of the best attempts and of the latest ones, as data."""
    shown = _chosen(context, MOST_DETAILS, LATEST_DETAILS)
    return details_of(context, [view.n for view in shown]) or "none yet"


def details_of(context: SearchContext, numbers: Collection[int]) -> str:
    """The same of the attempts of these numbers, one a line."""
    known = {view.n: view for view in context.attempts}
    shown = [view for view in context.attempts if view.n in numbers]
    return "\n".join(as_data(_detail(view, known), LONGEST_TEXT) for view in shown)


def figures(train: Metrics | None) -> tuple[str, ...]:
    """Sharpe, return, drawdown, trades, win rate and exposure of train, as they stand in the table."""
    if train is None:
        return ("failed", "-", "-", "-", "-", "-")
    rounded = (train.sharpe, train.total_return, train.max_drawdown, train.trades, train.win_rate, train.exposure)
    return tuple("undefined" if value is None else f"{value:.3g}" for value in rounded)


def _chosen(context: SearchContext, most: int, latest: int) -> list[TrainView]:
    """The latest attempts and the best of the others, ascending by number."""
    views = context.attempts
    recent, earlier = views[-latest:], views[:-latest]
    objective = Objective(context.goal, FULL_LENGTH)
    ranked = sorted(earlier, key=lambda view: (-_score(view, objective), view.n))
    return sorted([*ranked[: most - len(recent)], *recent], key=lambda view: view.n)


def _score(view: TrainView, objective: Objective) -> float:
    return UNTRADED if view.train is None else objective.score(view.spec, Outcome.of(view.train))


def _row(view: TrainView) -> str:
    limiting = view.diagnosis.limiting_factor if view.diagnosis else "-"
    parent = "-" if view.parent is None else str(view.parent)
    return " | ".join((str(view.n), parent, as_data(view.spec.name, 80), *figures(view.train), limiting))


def _detail(view: TrainView, known: dict[int, TrainView]) -> dict[str, Any]:
    told: dict[str, Any] = {"attempt": view.n, "strategy": written_as(view.spec)}
    parent = known.get(view.parent) if view.parent is not None else None
    if parent is not None:
        told["changed"] = list(diff_specs(parent.spec, view.spec))[:MOST_LINES]
    if view.observations is not None:
        rates = view.observations.condition_rates[:MOST_LINES]
        told["entry_conditions_true"] = {rate.expression: round(rate.rate, 4) for rate in rates}
    if view.diagnosis is not None:
        told |= _diagnosed(view.diagnosis.evidence, view.diagnosis.comment)
        told["suggested"] = [f"{c.kind} {c.place}: {c.reason}" for c in view.diagnosis.suggested_changes[:MOST_LINES]]
    return told


def _diagnosed(evidence: Sequence[str], comment: str) -> dict[str, Any]:
    return {"evidence": list(evidence)} | ({"comment": comment} if comment else {})
