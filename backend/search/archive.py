"""A MAP-Elites archive: the best attempt of each kind of behaviour, so that search keeps several ways open.

Cells after Mouret and Clune, "Illuminating search spaces by mapping elites" (2015): family, holding time, drawdown.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.results import Metrics
from backend.search.context import TrainView
from backend.search.objective import Objective, Outcome

HOLDING_EDGES = (0.005, 0.02, 0.08)
"""Average holding time as a share of the period: days, weeks, months, longer on a dozen years of daily bars."""
DRAWDOWN_EDGES = (0.1, 0.2, 0.4)


@dataclass(frozen=True)
class Cell:
    """One kind of behaviour; holding and drawdown are bucket numbers from 0."""

    family: str
    holding: int
    drawdown: int


@dataclass(frozen=True)
class Elite:
    """The best attempt of a cell and its train score."""

    view: TrainView
    score: float


def archive(attempts: Iterable[TrainView], objective: Objective) -> dict[Cell, Elite]:
    """The elites by cell, in the order in which cells were first reached; failed attempts are left out."""
    elites: dict[Cell, Elite] = {}
    for view in attempts:
        if view.train is None:
            continue
        elite = Elite(view, objective.score(view.spec, Outcome.of(view.train)))
        cell = cell_of(view.family, view.train)
        if cell not in elites or elite.score > elites[cell].score:
            elites[cell] = elite
    return elites


def cell_of(family: str, train: Metrics) -> Cell:
    """The cell of an attempt; one without closed trades holds as long as it is exposed."""
    holding = train.exposure / max(train.trades, 1)
    return Cell(family, _bucket(holding, HOLDING_EDGES), _bucket(train.max_drawdown, DRAWDOWN_EDGES))


def _bucket(value: float, edges: tuple[float, ...]) -> int:
    return sum(value >= edge for edge in edges)
