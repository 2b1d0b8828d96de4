"""Numbers are searched on train rows only, within their bounds, the same way for the same seed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backend.domain.arrays import Floats
from backend.domain.errors import Cancelled, InvalidInput
from backend.domain.execution import Execution
from backend.domain.frames import Frame, LoopFrame
from backend.domain.spec import StrategySpec
from backend.engine.metrics import measure
from backend.engine.simulation import Rules, simulate
from backend.language import compile_spec
from backend.search.families import FAMILIES
from backend.search.families.family import real, whole
from backend.search.objective import Objective, Outcome
from backend.search.tuner import Tuned, TuningTask, on_grid, tune
from tests.agents.records import goal
from tests.search.markets import aapl_frame, market, train_rows

CROSS = FAMILIES["trend_cross"].build("long", None)


def never() -> bool:
    return False


def task(frame: LoopFrame, *targets: str, seed: int = 1, evaluations: int = 60) -> TuningTask:
    return TuningTask(frame, train_rows(frame), Execution(), goal(*targets), seed, evaluations)


def tuned(spec: StrategySpec, wanted: TuningTask) -> Tuned:
    return tune(spec, wanted, lambda _: None, never)


def score(spec: StrategySpec, wanted: TuningTask) -> float:
    """The train score by the full simulation and its metrics instead of the sweep."""
    signals = compile_spec(spec).signals(wanted.frame)
    rules = Rules(spec.sizing, spec.risk)
    simulation = simulate(wanted.frame.bars, signals, rules, wanted.execution, wanted.rows)
    outcome = Outcome.of(measure(simulation, 252.0)).along(simulation.returns, 252.0)
    return Objective(wanted.goal, wanted.rows.stop - wanted.rows.start).score(spec, outcome)


def test_every_evaluation_is_observed_and_the_budget_holds() -> None:
    seen: list[Floats] = []
    wanted = task(aapl_frame())
    result = tune(CROSS, wanted, lambda returns: seen.append(returns.copy()), never)
    assert 36 < result.trials == len(seen) <= 60
    assert {returns.shape for returns in seen} == {(len(aapl_frame()) // 2,)}
    assert all(np.isfinite(returns).all() for returns in seen)


def test_the_result_is_within_bounds_and_never_worse_than_the_proposal() -> None:
    for family in FAMILIES.values():
        spec = family.build("long", "reddit")
        result = tuned(spec, task(aapl_frame(), seed=7, evaluations=30))
        assert result.best_score >= tuned(spec, task(aapl_frame(), evaluations=1)).best_score
        for parameter in result.spec.parameters:
            assert parameter.low <= parameter.value <= parameter.high
            assert parameter.value == on_grid(parameter, parameter.value)
        assert result.spec.with_values({p.name: p.value for p in spec.parameters}) == spec


def test_the_best_score_is_that_of_the_full_simulation() -> None:
    wanted = task(aapl_frame(), "max_drawdown <= 0.4", "cagr >= 0.1")
    result = tuned(CROSS, wanted)
    # years are counted in bars here and in calendar days there, which moves the shortfall of cagr a little
    assert result.best_score == pytest.approx(score(result.spec, wanted), abs=2e-3)


def test_a_small_space_is_searched_completely() -> None:
    spec = StrategySpec(
        name="one window",
        parameters=(whole("n", 2, 2, 9),),
        long_entry="close < sma(close, n)",
        long_exit="close > sma(close, n)",
    )
    wanted = task(aapl_frame(), evaluations=120)
    result = tuned(spec, wanted)
    assert result.trials == 8
    best = max(range(2, 10), key=lambda n: score(spec.with_values({"n": float(n)}), wanted))
    assert result.spec.parameters[0].value == best


def test_it_finds_the_threshold_that_pays() -> None:
    # a bar after a rise of 2 % rises by 1 %, after one of 1 % it falls by 1 %: a hurdle between the two is needed
    cycle = [0.02, 0.01, 0.01, -0.01, 0.0, -0.02]
    frame = market(np.array(cycle * 100) + np.random.default_rng(3).normal(0, 1e-4, 600))
    spec = StrategySpec(
        name="hurdle",
        parameters=(real("hurdle", 0.0, 0.0, 0.03),),
        long_entry="roc(close, 1) > hurdle",
        long_exit="roc(close, 1) < hurdle",
    )
    result = tuned(spec, task(frame))
    assert 0.0102 < result.spec.parameters[0].value < 0.0198


def test_nothing_after_train_is_read() -> None:
    whole_frame = aapl_frame()
    rows = train_rows(whole_frame)
    cut = LoopFrame(whole_frame.window(0, rows.stop))
    backwards = _with_reversed_future(whole_frame, rows.stop)
    results = [
        tuned(CROSS, replace(task(whole_frame), frame=LoopFrame(frame))) for frame in (whole_frame, cut, backwards)
    ]
    assert results[0] == results[1] == results[2]


def _with_reversed_future(frame: Frame, stop: int) -> Frame:
    bars = frame.bars
    changed: dict[str, Any] = {
        name: np.concatenate([getattr(bars, name)[:stop], getattr(bars, name)[stop:][::-1]])
        for name in ("open", "high", "low", "close", "volume")
    }
    return replace(frame, bars=replace(bars, **changed))


def test_the_same_seed_tunes_the_same_way() -> None:
    assert tuned(CROSS, task(aapl_frame(), seed=4)) == tuned(CROSS, task(aapl_frame(), seed=4))
    assert evaluated(seed=4) == evaluated(seed=4)
    assert evaluated(seed=4) != evaluated(seed=5)


def evaluated(seed: int) -> list[float]:
    """The sum of returns of every evaluation, in order."""
    sums: list[float] = []
    tune(CROSS, task(aapl_frame(), seed=seed), lambda returns: sums.append(float(returns.sum())), never)
    return sums


def test_a_strategy_without_parameters_is_evaluated_once() -> None:
    spec = StrategySpec(name="fixed", long_entry="close > sma(close, 50)", long_exit="close < sma(close, 50)")
    assert tuned(spec, task(aapl_frame())) == Tuned(spec, 1, score(spec, task(aapl_frame())))


def test_windows_leave_most_of_train_to_trade_on() -> None:
    frame = LoopFrame(aapl_frame().window(0, 240))
    # 120 train rows, a third of them may be spent on warming up: 40 bars
    shortest = CROSS.with_values({"fast": 5.0, "slow": 25.0})
    assert max(p.value for p in tuned(shortest, task(frame)).spec.parameters) <= 40
    squeeze = FAMILIES["volatility_squeeze"].build("long", None)
    with pytest.raises(InvalidInput, match=r"139 bars to warm up with .*history = 120.*, but only 120 are there"):
        tuned(squeeze, task(frame))


def test_cancelling_stops_within_one_evaluation() -> None:
    polls, seen = [0], [0]

    def cancelled() -> bool:
        polls[0] += 1
        return polls[0] > 10

    def observe(_: Floats) -> None:
        seen[0] += 1

    with pytest.raises(Cancelled):
        tune(CROSS, task(aapl_frame()), observe, cancelled)
    assert polls[0] == 11
    assert seen[0] <= 10


@pytest.mark.slow
def test_tuning_lifts_the_train_score_of_most_families() -> None:
    lifted = 0
    for family in FAMILIES.values():
        spec = family.build("long", "reddit")
        wanted = task(aapl_frame(), evaluations=120)
        lifted += score(tuned(spec, wanted).spec, wanted) > score(spec, wanted) + 0.1
    assert lifted >= 8
