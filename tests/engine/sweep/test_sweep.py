"""A sweep gives the numbers of single runs, one row for each combination, and keeps nothing else."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.arrays import Floats
from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.execution import Costs, Execution
from backend.domain.signals import Signals
from backend.domain.spec import Risk, Sizing
from backend.engine.metrics import measure
from backend.engine.simulation import Rules, simulate
from backend.engine.sweep import Sweep, SweepResult
from tests.engine.simulation.scenarios import FREE, free, signals
from tests.engine.sweep.programs import program_of
from tests.samples import aapl_bars, flat_bars, make_bars

ROWS = slice(100, 900)
STOPS = Rules(Sizing(value=0.5), Risk(stop_loss=0.05, trailing_stop=0.1))


def random_signals(bars: Bars, seed: int, *, rate: float = 0.05, short: bool = False) -> Signals:
    draws = np.random.default_rng(seed).random((4, len(bars)))
    columns = [draw < rate for draw in draws]
    if not short:
        columns[2:] = [np.zeros(len(bars), dtype=np.bool_)] * 2
    return Signals(*columns)


def some_signals(bars: Bars, *, short: bool = False) -> list[Signals]:
    never, stays = signals(bars), signals(bars, long_entry=[99])
    drawn = [random_signals(bars, seed, rate=rate, short=short) for seed in range(6) for rate in (0.01, 0.1, 0.6)]
    return [never, stays, *drawn]


def swept(
    bars: Bars,
    decisions: Sequence[Signals],
    rules: Rules | None = None,
    execution: Execution | None = None,
    rows: slice = ROWS,
) -> SweepResult:
    program = program_of(decisions, rows.start, rows.stop - rows.start)
    return Sweep(bars, rules or Rules(), execution or Execution(), rows, 252.0).over([program])


def assert_as_simulated(
    result: SweepResult, bars: Bars, decisions: Sequence[Signals], rules: Rules, execution: Execution, rows: slice
) -> None:
    for row, decided in enumerate(decisions):
        simulation = simulate(bars, decided, rules, execution, rows)
        metrics, returns = measure(simulation, 252.0, execution.interest_rate), simulation.returns
        assert result.trades[row] == metrics.trades
        assert result.total_return[row] == pytest.approx(metrics.total_return, rel=1e-12, abs=1e-12)
        assert result.max_drawdown[row] == pytest.approx(metrics.max_drawdown, rel=1e-12, abs=1e-12)
        assert result.mean[row] == pytest.approx(returns.mean(), rel=1e-12, abs=1e-15)
        assert result.sharpe[row] == pytest.approx(
            np.nan if metrics.sharpe is None else metrics.sharpe, rel=1e-12, abs=1e-11, nan_ok=True
        )
        if metrics.sharpe is None:
            assert np.isnan([result.skewness[row], result.kurtosis[row]]).all()
            continue
        scores = (returns - returns.mean()) / returns.std()
        assert result.deviation[row] == pytest.approx(returns.std(ddof=1), rel=1e-12)
        assert result.skewness[row] == pytest.approx((scores**3).mean(), rel=1e-10, abs=1e-11)
        assert result.kurtosis[row] == pytest.approx((scores**4).mean(), rel=1e-11)


@pytest.mark.parametrize("costs", [Costs(), FREE, free(commission_fixed=7.0, slippage=0.001)])
def test_segments_are_what_single_runs_give(costs: Costs) -> None:
    bars, execution = aapl_bars(), Execution(costs=costs)
    decisions = some_signals(bars)
    for rows in (ROWS, slice(0, 700), slice(1, 130), slice(2, 66), slice(3_000, len(bars))):
        result = swept(bars, decisions, Rules(), execution, rows)
        assert_as_simulated(result, bars, decisions, Rules(), execution, rows)


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize(
    ("rules", "changed"),
    [
        (STOPS, {}),
        (Rules(Sizing(value=0.3)), {}),
        (Rules(risk=Risk(take_profit=0.1, max_holding_bars=7)), {"profile": "vectorbt"}),
        (Rules(Sizing(kind="volatility_target", value=0.2)), {"interest_rate": 0.03}),
        (Rules(Sizing(kind="risk_per_trade", value=0.01), Risk(stop_loss=0.02)), {"borrow_rate": 0.05}),
        (Rules(), {"whole_shares": True, "capital": 5_000.0}),
        (Rules(), {"interest_rate": 0.04}),
    ],
)
def test_curves_are_what_single_runs_give(rules: Rules, changed: dict[str, object], short: bool) -> None:
    bars, execution = aapl_bars(), Execution().model_copy(update=changed)
    decisions = some_signals(bars, short=short)
    result = swept(bars, decisions, rules, execution)
    assert_as_simulated(result, bars, decisions, rules, execution, ROWS)


@given(st.data())
@settings(max_examples=30)
def test_any_prices_and_signals_give_what_single_runs_give(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 150))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    close = 50 * np.exp(np.cumsum(rng.normal(0, 0.05, size)))
    opened = close * np.exp(rng.normal(0, 0.02, size))
    prices = [opened, np.maximum(opened, close) * 1.01, np.minimum(opened, close) * 0.99, close]
    bars = make_bars(np.stack(prices, axis=1).tolist())
    first = data.draw(st.integers(0, size - 1))
    rows = slice(first, data.draw(st.integers(first + 1, size)))
    short, rate = data.draw(st.booleans()), data.draw(st.sampled_from([0.02, 0.2, 0.5]))
    decisions = [random_signals(bars, seed, rate=rate, short=short) for seed in range(3)]
    result = swept(bars, decisions, Rules(), Execution(), rows)
    assert_as_simulated(result, bars, decisions, Rules(), Execution(), rows)


def test_two_trades_by_hand() -> None:
    # in at 10 and out at 12, in at 16 and out at 8, free of costs: 1.2 x 0.5 = 0.6 of the capital is left. Closes and
    # equity: 10 (1.0), 12 (1.2), 12, 16 (1.2), 20 (1.5), 8 (0.6), so the fall is from 1.5 to 0.6
    bars = flat_bars([10, 10, 12, 12, 16, 20, 8, 8])
    decided = signals(bars, long_entry=[0, 3], long_exit=[1, 5])

    result = swept(bars, [decided], Rules(), Execution(costs=FREE), slice(0, 8))

    assert result.trades[0] == 2
    assert result.total_return[0] == pytest.approx(-0.4)
    assert result.max_drawdown[0] == pytest.approx(0.6)
    # returns 0, 0, 0.2, 0, 0, 0.25, -0.6, 0
    assert result.mean[0] == pytest.approx(-0.15 / 8)


def test_returns_that_hardly_vary_are_measured_by_their_curve() -> None:
    # 1 % a bar, give or take a millionth: sums of squares would lose six digits of the deviation
    growth = 0.01 + 1e-8 * np.random.default_rng(1).normal(size=400)
    bars = flat_bars((10 * np.cumprod(1 + growth)).tolist())
    decided = signals(bars, long_entry=[0])
    rows, execution = slice(2, 400), Execution(costs=FREE)

    result = swept(bars, [decided], Rules(), execution, rows)

    returns = simulate(bars, decided, Rules(), execution, rows).returns
    assert result.deviation[0] == pytest.approx(returns.std(ddof=1), rel=1e-9)


def test_every_curve_is_handed_out_in_order() -> None:
    bars, execution = aapl_bars(), Execution()
    decisions = some_signals(bars, short=True) * 2
    seen: list[Floats] = []

    program = program_of(decisions, ROWS.start, ROWS.stop - ROWS.start)
    result = Sweep(bars, STOPS, execution, ROWS, 252.0).observed([program], seen.append)

    for row, decided in enumerate(decisions):
        simulation = simulate(bars, decided, STOPS, execution, ROWS)
        assert (seen[row] == simulation.returns).all()
        assert result.total_return[row] == measure(simulation, 252.0).total_return
        assert result.max_drawdown[row] == measure(simulation, 252.0).max_drawdown
    assert len(seen) == len(result) == len(decisions)


@pytest.mark.parametrize("rules", [Rules(), STOPS])
def test_threads_and_parts_do_not_change_a_number(rules: Rules) -> None:
    bars = aapl_bars()
    decisions = some_signals(bars) * 40
    whole = program_of(decisions, ROWS.start, 800)
    parts = [program_of(decisions[a : a + 77], ROWS.start, 800) for a in range(0, len(decisions), 77)]
    sweep = Sweep(bars, rules, Execution(), ROWS, 252.0)

    results = [sweep.over([whole]), sweep.over([whole], threads=2), sweep.over(parts, threads=3)]

    for name in (field.name for field in fields(SweepResult)):
        assert np.array_equal(getattr(results[0], name), getattr(results[1], name), equal_nan=True), name
        assert np.array_equal(getattr(results[0], name), getattr(results[2], name), equal_nan=True), name


def test_a_combination_without_trades_has_no_sharpe_ratio() -> None:
    bars = flat_bars([10, 11, 12])

    result = swept(bars, [signals(bars)], rows=slice(0, 3))

    assert np.isnan([result.sharpe[0], result.skewness[0], result.kurtosis[0]]).all()
    assert (result.total_return[0], result.max_drawdown[0], result.trades[0], result.deviation[0]) == (0, 0, 0, 0)


def test_one_bar_has_no_deviation() -> None:
    bars = flat_bars([10, 11, 12])

    result = swept(bars, [signals(bars, long_entry=[0])], rows=slice(1, 2))

    assert np.isnan([result.deviation[0], result.sharpe[0]]).all()


def test_no_combinations_give_no_rows() -> None:
    result = Sweep(flat_bars([10, 11]), Rules(), Execution(), slice(0, 2), 252.0).over([])

    assert result.sharpe.shape == result.trades.shape == (0,)
    assert result.bars == 2


def test_rows_that_are_none_and_programs_over_others_are_refused() -> None:
    bars = flat_bars([10, 11, 12])
    with pytest.raises(InvalidInput, match="not a stretch"):
        Sweep(bars, Rules(), Execution(), slice(2, 5), 252.0)
    with pytest.raises(InvalidInput, match="over 2 bars, but 3 are simulated"):
        Sweep(bars, Rules(), Execution(), slice(0, 3), 252.0).over([program_of([signals(bars)], 0, 2)])
    with pytest.raises(InvalidInput, match="cannot run on 0 threads"):
        Sweep(bars, Rules(), Execution(), slice(0, 3), 252.0).over([], threads=0)


def test_memory_does_not_grow_with_the_combinations() -> None:
    bars = aapl_bars()
    sweep, program = Sweep(bars, STOPS, Execution(), ROWS, 252.0), program_of([random_signals(bars, 1)] * 500, 100, 800)
    sweep.over([program])

    tracemalloc.start()
    sweep.over(program for _ in range(8))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # 4,000 rows of seven numbers are 224 kB, twice that while they are joined; what a thread works in is 100 kB
    assert peak < 1_500_000
