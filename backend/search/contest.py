"""Lets several structures compete for one attempt: all are screened on train, and the best of them is tuned."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.errors import InvalidInput
from backend.domain.ports import CancelRequested
from backend.domain.sessions import Candidate
from backend.search.tuner import NumberSearch, Tuned, TuningTask, tune

SCREENED = 5
"""Sets of numbers by which a structure is judged before it may go on."""
FINALISTS = 2
FINALISTS_SHARE = 0.4
"""Share of what is left after the screening that the finalists draw numbers with; the rest refines the winner."""


@dataclass(frozen=True, eq=False)
class _Entrant:
    """A structure in the contest; its handicap is what its best score must make up for."""

    candidate: Candidate
    search: NumberSearch

    @property
    def standing(self) -> float:
        return self.search.best_score - self.candidate.handicap


def contest(
    candidate: Candidate, task: TuningTask, observe: Callable[[Floats], None], cancelled: CancelRequested
) -> tuple[Candidate, Tuned]:
    """The best structure among a candidate and its alternatives, with its numbers tuned.

    All of them share ``task.evaluations``: each is screened with its own numbers and a few drawn ones, the best two are
    searched further, and the best of these is refined. Without alternatives it is ``tune``.

    Args:
        candidate: with its alternatives; one that cannot be tested on this data is left out.
        task: data, goal, seed and budget.
        observe: is handed the bar returns of every evaluation, shape (N,).
        cancelled: polled before every evaluation is counted.

    Returns:
        The candidate that won, without alternatives, and the result; ``trials`` counts the evaluations of all.

    Raises:
        InvalidInput: none of them can be tested; it says why the candidate itself cannot.
        Cancelled: ``cancelled`` returned True.
    """
    if not candidate.alternatives:
        return candidate, tune(candidate.spec, task, observe, cancelled)
    rng = np.random.default_rng(task.seed)
    entrants = _screened(candidate, task, (observe, cancelled), rng)
    left = task.evaluations - sum(entrant.search.evaluated for entrant in entrants)
    finalists = sorted(entrants, key=lambda entrant: -entrant.standing)[:FINALISTS]
    for finalist in finalists:
        finalist.search.draw(rng, int(left * FINALISTS_SHARE) // len(finalists))
    winner = max(finalists, key=lambda entrant: entrant.standing)
    others = sum(entrant.search.evaluated for entrant in entrants) - winner.search.evaluated
    tuned = winner.search.refined(task.evaluations - others)
    return _announced(winner.candidate, len(entrants)), replace(tuned, trials=tuned.trials + others)


def _screened(
    candidate: Candidate,
    task: TuningTask,
    watchers: tuple[Callable[[Floats], None], CancelRequested],
    rng: np.random.Generator,
) -> list[_Entrant]:
    """Every structure that can be tested, with its first few evaluations, as far as the budget goes."""
    entrants: list[_Entrant] = []
    refused: list[InvalidInput] = []
    left = task.evaluations
    for one in (candidate, *candidate.alternatives):
        if left <= 0:
            break
        try:
            search = NumberSearch.begin(one.spec, replace(task, evaluations=left), *watchers)
        except InvalidInput as error:
            refused.append(error)
            continue
        search.draw(rng, SCREENED - 1)
        entrants.append(_Entrant(one, search))
        left -= search.evaluated
    if not entrants:
        raise refused[0]
    return entrants


def _announced(winner: Candidate, entrants: int) -> Candidate:
    origin = f"best of {entrants} structures on train: {winner.origin}"
    return winner.model_copy(update={"alternatives": (), "handicap": 0.0, "origin": origin})
