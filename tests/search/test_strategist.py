"""What is proposed: valid, never twice, as the goal's words ask, and from train results alone."""

from dataclasses import fields

import numpy as np
import pytest

from backend.domain.goal import Goal
from backend.domain.sentiment import Channel
from backend.domain.sessions import Attempt, Diagnosis
from backend.language import compile_spec
from backend.search.context import SearchContext, TrainView
from backend.search.families import FAMILIES
from backend.search.strategist import propose, ranked_families
from backend.search.structure import structure
from tests.agents.records import attempt, metrics
from tests.search.sessions import goal_of, play

GOALS = (
    goal_of(),
    goal_of(("momentum",), ("reddit",)),
    goal_of(("mean_reversion", "contrarian"), ("twitter", "news"), "both"),
    goal_of(("breakout",), (), "short"),
)


@pytest.mark.parametrize("goal", GOALS, ids=["any", "momentum with reddit", "contrarian both", "short breakout"])
def test_thirty_sessions_propose_valid_strategies_and_none_twice(goal: Goal) -> None:
    for seed in range(30):
        candidates = play(goal, seed, iterations=12)
        assert len(candidates) == 12
        assert len({structure(c.spec) for c in candidates}) == 12
        for candidate in candidates:
            assert compile_spec(candidate.spec).unused == ()
            assert candidate.family in FAMILIES


def test_a_long_session_does_not_run_dry() -> None:
    candidates = play(goal_of(), seed=1, iterations=200)
    assert len({structure(c.spec) for c in candidates}) == 200


def test_the_same_seed_and_attempts_give_the_same_session() -> None:
    assert play(GOALS[1], 3, 10) == play(GOALS[1], 3, 10)
    assert play(GOALS[0], 3, 10) != play(GOALS[0], 4, 10)


@pytest.mark.parametrize(
    ("style", "family"),
    [
        ("trend", "trend_cross"),
        ("breakout", "breakout"),
        ("momentum", "momentum"),
        ("mean_reversion", "mean_reversion"),
        ("rsi", "rsi_pullback"),
        ("volatility", "volatility_squeeze"),
    ],
)
def test_the_words_of_the_goal_choose_the_first_family(style: str, family: str) -> None:
    for seed in range(5):
        opening = ranked_families(SearchContext(goal_of((style,)), n=1), np.random.default_rng(seed))
        own = {f.name for f in FAMILIES.values() if f.hints[0] == style and not f.reads_sentiment}
        assert family in own
        assert {f.name for f in opening[: len(own)]} == own


@pytest.mark.parametrize(
    ("style", "family"),
    [
        ("sentiment_momentum", "sentiment_momentum"),
        ("sentiment_contrarian", "sentiment_contrarian"),
        ("attention", "attention_spike"),
        ("momentum", "momentum"),
    ],
)
def test_sentiment_that_was_asked_for_is_read_from_the_first_attempt_on(style: str, family: str) -> None:
    channels: tuple[Channel, ...] = ("reddit",)
    for seed in range(5):
        first = play(goal_of((style,), channels), seed, 1)[0]
        assert compile_spec(first.spec).channels == {"reddit"}
        if style != "momentum":
            assert first.family == family


def test_several_channels_are_read_together_and_none_reads_none() -> None:
    assert all(compile_spec(c.spec).channels <= {"all"} for c in play(goal_of((), ("reddit", "news")), 2, 12))
    assert all(not compile_spec(c.spec).channels for c in play(goal_of(), 2, 12))


def test_it_explores_first_and_improves_later() -> None:
    parents = [c.parent for c in play(goal_of(), 5, 20)]
    assert parents[:7] == [None] * 7
    assert sum(parent is not None for parent in parents[12:]) >= 4


def test_an_improvement_names_its_parent_and_the_reason() -> None:
    improved = next(c for c in play(goal_of(), 5, 20) if c.parent is not None)
    assert improved.origin.startswith(f"attempt {improved.parent}: ")
    assert ", because " in improved.origin


def test_validation_cannot_reach_a_proposal() -> None:
    """Not by type, and not in fact: other validation numbers give the same candidate."""
    assert {f.name for f in fields(TrainView)} == {
        "n",
        "family",
        "spec",
        "train",
        "observations",
        "diagnosis",
        "parent",
    }
    diagnosis = Diagnosis(limiting_factor="none", evidence=(), suggested_changes=())

    def proposals(sharpe: float) -> list[object]:
        made: list[Attempt] = [
            attempt(n, metrics(sharpe=sharpe * n), family=name, spec=family.build("long", None), diagnosis=diagnosis)
            for n, (name, family) in enumerate(FAMILIES.items(), start=1)
            if not family.reads_sentiment
        ]
        views = tuple(TrainView.of(a) for a in made)
        context = SearchContext(goal_of(), n=len(made) + 1, attempts=views)
        return [propose(context, np.random.default_rng(seed)) for seed in range(10)]

    assert proposals(1.0) == proposals(-2.0)
