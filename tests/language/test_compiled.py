"""Compiled strategies: signals, parameter values, sharing, warm-up, parts of the entry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidInput
from backend.domain.frames import Frame
from backend.domain.signals import Signals
from backend.domain.spec import CONDITION_FIELDS, Parameter, Series, StrategySpec
from backend.language import compile_expression, compile_spec
from backend.language.plan import Plan
from tests.language.frames import random_frame
from tests.samples import aapl_bars, flat_bars

FAST = Parameter(name="fast", kind="int", value=10, low=2, high=50)
SLOW = Parameter(name="slow", kind="int", value=30, low=5, high=100)
LEVEL = Parameter(name="level", kind="float", value=0.01, low=-0.5, high=0.5)
CROSS = StrategySpec(
    name="cross",
    parameters=(FAST, SLOW, LEVEL),
    series=(Series(name="quick", expression="sma(close, fast)"),),
    long_entry="cross_above(quick, sma(close, slow)) and change(close, 5) > level",
    long_exit="cross_below(quick, sma(close, slow)) or change(close, 5) < -level",
)


def equal(a: Signals, b: Signals) -> bool:
    return all(getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in CONDITION_FIELDS)


def test_a_cross_by_hand() -> None:
    # Means of two: -, 2, 2, 4, 4. The close passes above its mean at bars 1 (3 > 2), but bar 0 has no mean, and at
    # bar 3 (7 > 4, before 1 <= 2); it falls back at bars 2 (1 < 2, before 3 >= 2) and 4 (1 < 4, before 7 >= 4).
    frame = Frame(flat_bars([1, 3, 1, 7, 1]), {})
    spec = StrategySpec(
        name="cross", long_entry="cross_above(close, sma(close, 2))", long_exit="cross_below(close, sma(close, 2))"
    )
    signals = compile_spec(spec).signals(frame)
    assert signals.long_entry.tolist() == [False, False, False, True, False]
    assert signals.long_exit.tolist() == [False, False, True, False, True]
    assert not signals.short_entry.any()
    assert not signals.short_exit.any()


def test_touching_and_leaving_upwards_is_a_cross() -> None:
    # Changes: -, -0.5, 0, 1: at bar 2 it touches 0 from below, which is not above; at bar 3 it is above after touching.
    frame = Frame(flat_bars([2, 1, 1, 2]), {})
    spec = StrategySpec(name="touch", long_entry="cross_above(change(close, 1), 0)")
    assert compile_spec(spec).signals(frame).long_entry.tolist() == [False, False, False, True]


def test_golden_crossings_of_apple() -> None:
    # 59 closed trades come of these (AAPL 2000-03-01..2013-03-01); the last exit has no entry after it.
    spec = StrategySpec(
        name="golden",
        long_entry="cross_above(sma(close, 10), sma(close, 30))",
        long_exit="cross_below(sma(close, 10), sma(close, 30))",
    )
    signals = compile_spec(spec).signals(Frame(aapl_bars(), {}))
    assert (int(signals.long_entry.sum()), int(signals.long_exit.sum())) == (59, 60)


def test_equal_lines_do_not_cross_on_flat_prices() -> None:
    # 0.1 has no exact double: sums that drift or round more than once would differ between the two windows.
    frame = Frame(flat_bars([0.1] * 200 + [0.3] * 200 + [0.7] * 200), {})
    spec = StrategySpec(
        name="flat", long_entry="sma(close, 10) > sma(close, 30)", short_entry="sma(close, 10) < sma(close, 30)"
    )
    signals = compile_spec(spec).signals(frame)
    # Only while the window of 30 holds an earlier price: the 29 bars after each step up.
    assert int(signals.long_entry.sum()) == 58
    assert not signals.short_entry.any()


def test_signals_are_read_only() -> None:
    signals = compile_spec(CROSS).signals(random_frame(50))
    for name in CONDITION_FIELDS:
        assert not getattr(signals, name).flags.writeable


@given(fast=st.integers(2, 50), slow=st.integers(5, 100), level=st.sampled_from([-0.1, 0.0, 0.01, 0.2]))
def test_values_do_what_a_strategy_with_these_values_does(fast: int, slow: int, level: float) -> None:
    frame, values = random_frame(150), {"fast": float(fast), "slow": slow, "level": level}
    changed = compile_spec(CROSS.with_values(values))
    assert equal(compile_spec(CROSS).signals(frame, values), changed.signals(frame))
    assert compile_spec(CROSS).warmup_for(values) == changed.warmup == max(fast, slow, 5)


@given(st.lists(st.tuples(st.integers(2, 6), st.integers(5, 9), st.sampled_from([0.0, 0.1])), max_size=12))
def test_a_memo_never_changes_a_result(points: list[tuple[int, int, float]]) -> None:
    compiled, frame, other = compile_spec(CROSS), random_frame(60), random_frame(60, seed=9)
    memo: dict[object, object] = {}
    for fast, slow, level in points:
        values = {"fast": fast, "slow": slow, "level": level}
        assert equal(compiled.signals(frame, values, memo), compiled.signals(frame, values))
        assert equal(compiled.signals(other, values, memo), compiled.signals(other, values))


def test_a_memo_keeps_what_depends_on_one_parameter_at_most() -> None:
    compiled, frame = compile_spec(CROSS), random_frame(100)
    memo: dict[object, object] = {}
    for fast in range(2, 12):
        for slow in range(20, 30):
            compiled.signals(frame, {"fast": fast, "slow": slow, "level": 0.0}, memo)
    # 20 means; the column, its sums, the change; two comparisons of it with the level. No crossing of two windows.
    assert len(memo) == 20 + 3 + 2


def test_a_memo_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.language.evaluate.MEMO_BYTES", 0)
    compiled, frame = compile_spec(CROSS), random_frame(100)
    memo: dict[object, object] = {}
    for fast in range(2, 42):
        values = {"fast": fast, "slow": 5}
        assert equal(compiled.signals(frame, values, memo), compiled.signals(frame, values))
    assert len(memo) == 16


def test_equal_parts_are_calculated_once() -> None:
    compiled = compile_spec(CROSS)
    runs = [(calculation.run, calculation.inputs) for calculation in compiled.plan.series]
    assert len(set(runs)) == len(runs)
    # close, its sums, two means, two crossings, one change, two comparisons, and, or.
    assert len(runs) == 11


def test_bands_and_scores_share_mean_and_deviation() -> None:
    plan = Plan()
    for expression in ("bollinger_upper(close, 20, 2)", "bollinger_lower(close, 20, 2)", "zscore(close, 20)"):
        plan.add(compile_expression(expression).node)
    # close, its sums, mean, deviation, and one for each.
    assert len(plan.series) == 7


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fst": 3}, 'did you mean "fast"'),
        ({"fast": 0}, "2..5000"),
        ({"fast": 2.5}, "whole number"),
        ({"fast": 5001}, "whole number"),
    ],
)
def test_values_that_cannot_be_used(values: dict[str, float], said: str) -> None:
    spec = StrategySpec(name="x", parameters=(FAST,), long_entry="zscore(close, fast) > 0")
    with pytest.raises(InvalidInput) as caught:
        compile_spec(spec).signals(random_frame(10), values)
    assert said in caught.value.hint


@pytest.mark.parametrize(
    ("condition", "warmup"),
    [
        ("close > open", 0),
        ("close > sma(close, 20)", 19),
        ("close > lag(highest(high, 20), 1)", 20),
        ("cross_above(sma(close, 10), sma(close, 30))", 30),
        ("cross_above(macd(close, 12, 26), macd_signal(close, 12, 26, 9))", 34),
        ("rising(sma(change(close, 5), 10), 3)", 17),
        ("count(rsi(close, 14) < 90, 5) > 0", 18),
        ("not (close > sma(close, 20) and open > sma(open, 10))", 19),
        ("close > 0 or close > sma(close, 20)", 19),
        ("fill(zscore(close, 20), 9) > -9", 19),
        ("adx(14) > 0", 27),
    ],
)
def test_warmup_of_a_strategy_is_declared_and_observed(condition: str, warmup: int) -> None:
    compiled = compile_spec(StrategySpec(name="x", long_entry=condition))
    assert compiled.warmup == warmup
    assert not compiled.signals(random_frame(200)).long_entry[:warmup].any()
    # Known from there on: the condition or its opposite is true.
    opposite = compile_spec(StrategySpec(name="x", long_entry=f"not ({condition})"))
    frame = random_frame(200)
    known = compiled.signals(frame).long_entry | opposite.signals(frame).long_entry
    assert np.flatnonzero(known)[0] == warmup
    assert known[warmup:].all()


def test_warmup_is_that_of_the_slowest_condition() -> None:
    spec = StrategySpec(name="x", long_entry="close > sma(close, 5)", long_exit="close < sma(close, 50)")
    compiled = compile_spec(spec)
    assert compiled.warmup == 49
    assert compiled.signals(random_frame(60)).long_entry[4:49].any()


def test_channels_are_those_that_are_read() -> None:
    spec = StrategySpec(
        name="x",
        series=(Series(name="mood", expression='sentiment("news")'),),
        long_entry='mood > 0 and attention("all", 5) > 1',
        short_entry='fill(post_count("sec"), 0) < 1',
    )
    assert compile_spec(spec).channels == frozenset({"news", "all", "sec"})
    assert compile_spec(CROSS).channels == frozenset()


def test_parts_of_the_entry() -> None:
    spec = StrategySpec(
        name="x",
        parameters=(LEVEL,),
        series=(Series(name="up", expression="close > open and volume > 0"),),
        long_entry="up and change(close, 1) > level * 2",
        short_entry="close < open or volume < 0",
    )
    frame = random_frame(30)
    parts = dict(compile_spec(spec).entry_parts(frame))
    assert list(parts) == ["close > open", "volume > 0", "change(close, 1) > 0.02", "close < open or volume < 0"]
    assert parts["close > open"].tolist() == (frame.bars.close > frame.bars.open).tolist()


def test_conditions_as_lines() -> None:
    values = compile_expression("sma(close, 2) >= close").values(Frame(flat_bars([1, 2, 1]), {}))
    np.testing.assert_array_equal(values, [np.nan, 0.0, 1.0])
