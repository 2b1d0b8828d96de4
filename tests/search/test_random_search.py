"""The yardstick draws evenly from the grammar, keeps to its budget, and looks at nothing but train."""

from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np

from backend.domain.arrays import Floats
from backend.language import compile_spec
from backend.search.context import SearchContext
from backend.search.families import FAMILIES
from backend.search.random_search import random_attempt, random_candidates
from backend.search.tuner import TuningTask
from tests.search.markets import aapl_frame
from tests.search.sessions import goal_of
from tests.search.test_tuner import task

CONTEXT = SearchContext(goal_of(("momentum",), ("reddit",)), n=1)
DRAWN = list(islice(random_candidates(CONTEXT, np.random.default_rng(1)), 1100))


def test_every_family_is_as_likely_whatever_the_goal_asks_for() -> None:
    counts = Counter(candidate.family for candidate in DRAWN)
    # 100 of each are expected, with a standard deviation of 9.5
    assert set(counts) == set(FAMILIES)
    assert all(60 < count < 140 for count in counts.values())


def test_filters_exits_and_sizing_are_drawn_too() -> None:
    sized = sum(candidate.spec.sizing.kind == "volatility_target" for candidate in DRAWN)
    stopped = sum(any(v is not None for v in candidate.spec.risk.model_dump().values()) for candidate in DRAWN)
    # a half, and four of five, of 1,100
    assert 480 < sized < 620
    assert 820 < stopped < 940


def test_every_structure_is_valid_and_reads_only_what_the_goal_names() -> None:
    for candidate in DRAWN[:100]:
        assert compile_spec(candidate.spec).channels <= {"reddit"}
    silent = islice(random_candidates(SearchContext(goal_of(), n=1), np.random.default_rng(1)), 100)
    assert all(not compile_spec(candidate.spec).channels for candidate in silent)


def test_the_budget_is_used_up_and_every_evaluation_observed() -> None:
    seen: list[Floats] = []
    found = random_attempt(CONTEXT, task(aapl_frame(), evaluations=60), 4, seen.append)
    assert found is not None
    assert found[1].trials == len(seen) <= 60
    assert len(seen) > 30


def test_the_best_on_train_is_handed_out() -> None:
    # the same draws, one structure at a time: the best of a few is none of the worse ones
    wanted = task(aapl_frame(), evaluations=40)
    few, more = (random_attempt(CONTEXT, wanted, structures, lambda _: None) for structures in (1, 4))
    assert few is not None
    assert more is not None
    assert few == random_attempt(CONTEXT, wanted, 1, lambda _: None)
    assert few != random_attempt(CONTEXT, _with_seed(wanted, 2), 1, lambda _: None)


def _with_seed(wanted: TuningTask, seed: int) -> TuningTask:
    return replace(wanted, seed=seed)
