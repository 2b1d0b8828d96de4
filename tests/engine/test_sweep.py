"""A sweep gives the numbers of single runs, one row for each variant, and keeps nothing else."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution
from backend.domain.signals import Signals
from backend.domain.spec import Risk, Sizing
from backend.engine.metrics import measure
from backend.engine.simulation import Rules, simulate
from backend.engine.sweep import Variant, sweep
from tests.engine.simulation.scenarios import signals
from tests.samples import aapl_bars, flat_bars

ROWS = slice(100, 900)


def random_signals(bars: Bars, seed: int) -> Signals:
    draws = np.random.default_rng(seed).random((4, len(bars)))
    return Signals(*(draw < 0.05 for draw in draws))


def some_variants(bars: Bars) -> Iterator[Variant]:
    yield Variant(signals(bars), Rules())  # never trades
    yield Variant(signals(bars, long_entry=[99]), Rules())  # stays open
    for seed in range(8):
        yield Variant(random_signals(bars, seed), Rules(Sizing(value=0.5), Risk(stop_loss=0.05)))


def test_every_row_is_what_a_single_run_gives() -> None:
    bars, execution = aapl_bars(), Execution()
    seen: list[Floats] = []

    result = sweep(bars, some_variants(bars), execution, ROWS, 252, seen.append)

    for row, (decided, rules) in enumerate(some_variants(bars)):
        simulation = simulate(bars, decided, rules, execution, ROWS)
        metrics = measure(simulation, 252)
        assert result.total_return[row] == metrics.total_return
        assert result.max_drawdown[row] == metrics.max_drawdown
        assert result.trades[row] == metrics.trades
        assert result.sharpe[row] == pytest.approx(np.nan if metrics.sharpe is None else metrics.sharpe, nan_ok=True)
        assert (seen[row] == simulation.returns).all()
    assert len(seen) == result.trades.size == 10


def test_a_variant_without_trades_has_no_sharpe_ratio() -> None:
    bars = flat_bars([10, 11, 12])

    result = sweep(bars, [Variant(signals(bars), Rules())], Execution(), slice(0, 3), 252)

    assert np.isnan(result.sharpe[0])
    assert (result.total_return[0], result.max_drawdown[0], result.trades[0]) == (0, 0, 0)


def test_no_variants_give_no_rows() -> None:
    result = sweep(flat_bars([10, 11]), [], Execution(), slice(0, 2), 252)

    assert result.sharpe.shape == result.trades.shape == (0,)


def test_variants_are_refused_as_single_runs_are() -> None:
    bars = flat_bars([10, 11, 12])

    with pytest.raises(InvalidInput, match="not one decision for each"):
        sweep(bars, [Variant(signals(flat_bars([10])), Rules())], Execution(), slice(0, 3), 252)


def test_memory_does_not_grow_with_the_variants() -> None:
    bars = aapl_bars()
    variant = Variant(random_signals(bars, 1), Rules())
    sweep(bars, [variant], Execution(), ROWS, 252)

    tracemalloc.start()
    sweep(bars, (variant for _ in range(2_000)), Execution(), ROWS, 252)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # equity and returns are 6.4 kB each, positions some more, a row of numbers 200 bytes
    assert peak < 1_000_000
