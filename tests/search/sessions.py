"""Made-up sessions: proposals answered by figures drawn at random, as a stand-in for backtests."""

from collections.abc import Callable

import numpy as np

from backend.domain.goal import Direction, Goal
from backend.domain.results import Metrics
from backend.domain.sentiment import Channel
from backend.domain.sessions import Candidate, Change, Diagnosis, Observations
from backend.search.context import SearchContext, TrainView
from backend.search.mutations import MUTATIONS
from backend.search.strategist import propose
from tests.agents.records import metrics

KINDS = tuple(MUTATIONS)


def goal_of(style: tuple[str, ...] = (), channels: tuple[Channel, ...] = (), direction: Direction = "long") -> Goal:
    return Goal(request="test", symbols=("AAPL",), style=style, channels=channels, direction=direction)


def random_metrics(rng: np.random.Generator) -> Metrics:
    sharpe = float(rng.normal(0.4, 0.5))
    trades, exposure = int(rng.integers(0, 200)), float(rng.random())
    return metrics(sharpe=sharpe, max_drawdown=float(rng.random() * 0.6), trades=trades, exposure=exposure)


def answer(candidate: Candidate, n: int, rng: np.random.Generator) -> TrainView:
    """The attempt that came of a candidate: every tenth failed, the others with a random diagnosis."""
    if rng.random() < 0.1:
        return TrainView(n, candidate.family, candidate.spec, None, None, None)
    chosen = rng.choice(len(KINDS), size=2, replace=False)
    wanted = tuple(Change.model_validate({"kind": KINDS[i], "place": "", "reason": "it was drawn"}) for i in chosen)
    diagnosis = Diagnosis(limiting_factor="weak_edge", evidence=("drawn",), suggested_changes=wanted)
    return TrainView(
        n, candidate.family, candidate.spec, random_metrics(rng), Observations(gross_return=0.1), diagnosis
    )


def play(
    goal: Goal,
    seed: int,
    iterations: int,
    answered: Callable[[Candidate, int, np.random.Generator], TrainView] = answer,
) -> list[Candidate]:
    """The candidates of one session."""
    rng, attempts, candidates = np.random.default_rng(seed), list[TrainView](), list[Candidate]()
    for n in range(1, iterations + 1):
        context = SearchContext(goal, n, tuple(attempts), iterations)
        candidate = propose(context, np.random.default_rng([seed, n]))
        if candidate is None:
            break
        candidates.append(candidate)
        attempts.append(answered(candidate, n, rng))
    return candidates
