"""Structures compete on train within one budget; the winner is the one that does best there, handicaps deducted."""

import numpy as np
import pytest

from backend.domain.arrays import Floats
from backend.domain.errors import Cancelled, InvalidInput
from backend.domain.frames import LoopFrame
from backend.domain.sessions import Candidate
from backend.domain.spec import StrategySpec
from backend.search.contest import contest
from backend.search.families import FAMILIES
from backend.search.families.family import real, whole
from backend.search.tuner import tune
from tests.search.markets import aapl_frame, market
from tests.search.test_tuner import never, task


def entrant(spec: StrategySpec, family: str, handicap: float = 0.0) -> Candidate:
    return Candidate(spec=spec, family=family, parent=None, origin=f"fresh {family}", handicap=handicap)


def following(sign: str) -> StrategySpec:
    """Hold after a rise (``>``) or after a fall (``<``)."""
    other = "<" if sign == ">" else ">"
    return StrategySpec(
        name=f"hold {sign}",
        parameters=(real("hurdle", 0.0, 0.0, 0.003),),
        long_entry=f"roc(close, 1) {sign} hurdle",
        long_exit=f"roc(close, 1) {other} hurdle",
    )


# Three rises of 1 %, three falls of 1 %: what holds after a rise earns two bars of each run and loses one.
RUNS = market(np.array([0.01, 0.01, 0.01, -0.01, -0.01, -0.01] * 100) + np.random.default_rng(2).normal(0, 1e-4, 600))
RISE, FALL = entrant(following(">"), "rise"), entrant(following("<"), "fall")


def against(first: Candidate, *others: Candidate) -> Candidate:
    return first.model_copy(update={"alternatives": others})


def winner(candidate: Candidate, frame: LoopFrame = RUNS) -> Candidate:
    return contest(candidate, task(frame), lambda _: None, never)[0]


def test_the_structure_that_fits_the_market_wins_wherever_it_stands() -> None:
    assert winner(against(FALL, RISE)).family == "rise"
    assert winner(against(RISE, FALL)).family == "rise"


def test_the_winner_says_how_many_it_beat_and_takes_nobody_along() -> None:
    won = winner(against(FALL, RISE))
    assert won.origin == "best of 2 structures on train: fresh rise"
    assert won.alternatives == ()
    assert won.handicap == 0.0


def test_a_handicap_lets_the_next_best_win() -> None:
    assert winner(against(entrant(following(">"), "rise", handicap=50.0), FALL)).family == "fall"


def test_every_evaluation_of_every_structure_is_observed_and_the_budget_holds() -> None:
    seen: list[Floats] = []
    names = ("trend_cross", "breakout", "momentum", "mean_reversion")
    first, *others = (entrant(FAMILIES[name].build("long", None), name) for name in names)
    won, tuned = contest(against(first, *others), task(aapl_frame()), lambda row: seen.append(row.copy()), never)
    assert 40 < tuned.trials == len(seen) <= 60
    assert tuned.spec.with_values({p.name: p.value for p in won.spec.parameters}) == won.spec


def test_a_small_budget_holds_too() -> None:
    names = ("trend_cross", "breakout", "momentum", "mean_reversion")
    first, *others = (entrant(FAMILIES[name].build("long", None), name) for name in names)
    for evaluations in (1, 5, 11):
        _, tuned = contest(against(first, *others), task(aapl_frame(), evaluations=evaluations), lambda _: None, never)
        assert tuned.trials <= evaluations


def test_without_alternatives_it_is_the_tuner() -> None:
    alone = entrant(FAMILIES["breakout"].build("long", None), "breakout")
    won, tuned = contest(alone, task(aapl_frame()), lambda _: None, never)
    assert won is alone
    assert tuned == tune(alone.spec, task(aapl_frame()), lambda _: None, never)


def test_a_structure_that_needs_too_long_a_history_is_left_out() -> None:
    long = StrategySpec(name="long", parameters=(whole("n", 5_000, 4_000, 5_000),), long_entry="close > sma(close, n)")
    assert winner(against(entrant(long, "long"), RISE)).origin == "best of 1 structures on train: fresh rise"
    with pytest.raises(InvalidInput, match="bars to warm up"):
        winner(against(entrant(long, "long"), entrant(long, "as long")))


def test_the_same_seed_decides_the_same_way() -> None:
    assert contest(against(FALL, RISE), task(RUNS), lambda _: None, never) == contest(
        against(FALL, RISE), task(RUNS), lambda _: None, never
    )


def test_cancelling_stops_the_screening() -> None:
    polls = iter([False] * 7)
    with pytest.raises(Cancelled):
        contest(against(FALL, RISE), task(RUNS), lambda _: None, lambda: next(polls, True))
