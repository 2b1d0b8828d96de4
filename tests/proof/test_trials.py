"""The effective number of trials: copies, independent series, mirror images, order and size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.arrays import Floats
from backend.domain.errors import InvalidInput
from backend.domain.ledger import TrialBatch
from backend.proof.sharpe import trials_with_maximum
from backend.proof.trials import SKETCH_SIZE, TrialCount, effective_trials, sketch


def batch(rows: Floats, step: str = "attempt-1") -> TrialBatch:
    return TrialBatch("ses_1", step, len(rows), np.array([sketch(row) for row in rows]).reshape(-1, SKETCH_SIZE))


def noise(seed: int, count: int, length: int = 1_000) -> Floats:
    return np.random.default_rng(seed).standard_normal((count, length)) * 0.01


def test_fifty_copies_are_one_trial() -> None:
    counted = effective_trials([batch(np.repeat(noise(1, 1), 50, axis=0))])
    assert counted.trials == 50
    assert counted.effective == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("length", [84, 686, 2_289])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fifty_independent_ones_are_more_than_forty(seed: int, length: int) -> None:
    assert 40 < effective_trials([batch(noise(seed, 50, length))]).effective <= 50


@pytest.mark.parametrize("correlation", [0.3, 0.6, 0.9])
def test_counts_what_the_best_of_correlated_trials_is_worth(correlation: float) -> None:
    # z_i = sqrt(c) m + sqrt(1 - c) e_i has the expected maximum sqrt(1 - c) E[max of 100], simulated directly here.
    common, own = noise(1, 1), noise(2, 100)
    rows = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    rng = np.random.default_rng(3)
    maximum = float(np.sqrt(1 - correlation) * rng.standard_normal((4_000, 100)).max(axis=1).mean())
    counted = effective_trials([batch(rows)]).effective
    assert counted == pytest.approx(trials_with_maximum(maximum), rel=0.15)


def test_near_copies_add_next_to_nothing_to_many() -> None:
    independent = noise(1, 30)
    near = np.repeat(independent[:1], 400, axis=0) + noise(2, 400) * 0.01
    alone = effective_trials([batch(independent)])
    crowd = effective_trials([batch(independent), batch(near, "attempt-2")])
    assert crowd.trials == 430
    assert alone.effective <= crowd.effective < alone.effective * 1.1


@settings(max_examples=30)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=6), st.integers(0, 1_000))
def test_more_batches_never_lower_the_count(sizes: list[int], seed: int) -> None:
    rows = noise(seed, sum(sizes), 130)
    batches = [
        batch(rows[start : start + size], f"attempt-{n}")
        for n, (start, size) in enumerate(zip(np.cumsum([0, *sizes[:-1]]), sizes, strict=True))
    ]
    effective = [effective_trials(batches[:n]).effective for n in range(len(batches) + 1)]
    assert effective == sorted(effective)
    assert effective[0] == 0
    assert 1 <= effective[-1] <= sum(sizes)


def test_batching_does_not_matter() -> None:
    rows = noise(4, 12)
    assert effective_trials([batch(rows)]) == effective_trials([batch(rows[:5]), batch(rows[5:], "attempt-2")])


def test_a_step_run_again_adds_nothing() -> None:
    first, again = batch(noise(1, 5)), batch(noise(2, 5))
    assert effective_trials([first, again]) == effective_trials([first])


def test_a_strategy_that_never_trades_is_a_trial_but_not_a_chance() -> None:
    # Its Sharpe ratio is undefined: it cannot be the lucky winner.
    idle = np.zeros((7, 1_000))
    assert effective_trials([batch(idle)]) == TrialCount(7, 0.0)
    both = effective_trials([batch(noise(1, 1)), batch(idle, "attempt-2")])
    assert both.trials == 8
    assert both.effective == pytest.approx(1.0, abs=1e-9)


def test_no_trials_at_all() -> None:
    assert effective_trials([]) == TrialCount(0, 0.0)
    assert effective_trials([batch(np.empty((0, 10)))]) == TrialCount(0, 0.0)


def test_a_mirror_image_is_a_second_trial() -> None:
    row = noise(1, 1)
    assert effective_trials([batch(np.concatenate([row, -row]))]).effective == 2.0


def test_equal_series_have_equal_sketches() -> None:
    row = noise(1, 1)[0]
    assert np.array_equal(sketch(row), sketch(row.copy()))
    # Half the stake, and cash that earns interest beside it: the same Sharpe ratio against chance.
    assert np.allclose(sketch(row * 0.5 + 0.001), sketch(row), atol=1e-12)


def test_sketches_keep_correlations() -> None:
    a, b = noise(1, 2, 2_289)
    mixed = 0.6 * a + 0.8 * b
    # The mean of 256 products of two standard normals that correlate by 0.6: standard error 0.07.
    assert float(np.mean(sketch(a) * sketch(mixed))) == pytest.approx(0.6, abs=0.2)
    assert float(np.mean(sketch(a) ** 2)) == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("returns", [[], [0.1], [0.01] * 200])
def test_a_constant_series_has_an_empty_sketch(returns: list[float]) -> None:
    assert not sketch(np.array(returns)).any()


def test_sketches_of_another_size_are_refused() -> None:
    with pytest.raises(InvalidInput, match="sketches of 10 numbers"):
        effective_trials([TrialBatch("ses_1", "attempt-1", 1, np.ones((1, 10)))])
