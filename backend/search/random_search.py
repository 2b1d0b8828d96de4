"""Search without any judgement, as a yardstick: structures and numbers drawn evenly from the same grammar."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backend.domain.errors import InvalidInput
from backend.domain.ports import never
from backend.domain.sessions import Candidate
from backend.search.context import SearchContext
from backend.search.entrants import varied
from backend.search.families import FAMILIES
from backend.search.tuner import NumberSearch, Observe, Tuned, TuningTask, with_random_numbers

NAME = "random search"
SPARE = 3
"""Draws for each evaluation that is wanted."""


def random_candidates(context: SearchContext, rng: np.random.Generator) -> Iterator[Candidate]:
    """Structures without end: a family, at most one filter, at most one exit rule and a sizing, each as likely.

    What the goal asks for, and what earlier attempts showed, plays no part; its direction and channel are kept.
    """
    usable = [f for f in FAMILIES.values() if context.channel is not None or not f.reads_sentiment]
    while True:
        family = usable[rng.integers(len(usable))]
        spec, words = varied(family, context, rng)
        yield Candidate(spec=spec, family=family.name, parent=None, origin=f"{NAME}: {words}")


def random_attempt(
    context: SearchContext, task: TuningTask, structures: int, observe: Observe
) -> tuple[Candidate, Tuned] | None:
    """One attempt of random search: ``task.evaluations`` draws over ``structures`` structures, the best on train.

    Args:
        context: the goal.
        task: data, seed and budget; each structure gets an equal share of the evaluations.
        structures: how many are drawn; one that cannot be tested on this data takes its share with it.
        observe: is handed the bar returns of every evaluation, shape (N,).

    Returns:
        The best of all, whose ``trials`` counts every evaluation; None when no structure could be tested.
    """
    rng = np.random.default_rng(task.seed)
    share = max(task.evaluations // structures, 1)
    trials, best = 0, None
    for candidate, _ in zip(random_candidates(context, rng), range(structures), strict=False):
        search = _drawn(candidate, task, share, rng, observe)
        if search is None:
            continue
        trials += search.evaluated
        if best is None or search.best_score > best[1].best_score:
            best = (candidate, search)
    return None if best is None else (best[0], replace(best[1].result(), trials=trials))


def _drawn(
    candidate: Candidate, task: TuningTask, share: int, rng: np.random.Generator, observe: Observe
) -> NumberSearch | None:
    """The structure with ``share`` random sets of numbers evaluated; None where the data is too short for it."""
    begun = with_random_numbers(candidate.spec, rng)
    try:
        search = NumberSearch.begin(begun, replace(task, evaluations=share), observe, never)
    except InvalidInput:
        return None
    search.draw(rng, share * SPARE)  # those that were drawn before, or do not fit the data, are not evaluated
    return search
