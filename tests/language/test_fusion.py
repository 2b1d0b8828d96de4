"""Calculations that are joined give what they give one by one, to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.frames import Frame
from backend.domain.spec import CONDITION_FIELDS, StrategySpec
from backend.language import compile_spec
from backend.language.fusion import fuse, run_joints
from tests.language.frames import columns, random_bars

LINES = st.sampled_from(
    [
        "sma(sentiment('news'), 3)",
        "sma(sentiment('news'), n)",
        "sma(close, 5)",
        "sma(close, 9)",
        "bollinger_upper(close, 5, 1)",
        "close",
    ]
)
CONDITIONS = st.builds(
    lambda form, a, b: form.format(a, b),
    st.sampled_from(
        [
            "cross_above({}, lag({}, 1))",
            "cross_below({}, lag({}, 1))",
            "cross_above({0}, {0}) or cross_above({0}, lag({1}, 1))",
            "{} > 1.01 * lag({}, 1)",
            "not cross_below({0}, lag({0}, 2))",
        ]
    ),
    st.shared(LINES, key="line"),
    st.shared(LINES, key="line"),
)
ENTRIES = st.fixed_dictionaries(dict.fromkeys(CONDITION_FIELDS, CONDITIONS))


@settings(max_examples=30)
@given(ENTRIES, st.sets(st.integers(0, 39), max_size=8), st.integers(2, 12))
def test_joined_calculations_decide_as_single_ones_do(entries: dict[str, str], gaps: set[int], n: int) -> None:
    parameters = ({"name": "n", "kind": "int", "value": 4, "low": 2, "high": 20},)
    compiled = compile_spec(StrategySpec.model_validate({"name": "x", "parameters": parameters, **entries}))
    news = np.random.default_rng(1).uniform(1.0, 3.0, 40)
    news[list(gaps)] = np.nan
    frame = Frame(random_bars(40), {"news": columns(news)})
    for values in (None, {"n": n}):
        joined, single = compiled.signals(frame, values), compiled.signals(frame, values, {})
        for name in CONDITION_FIELDS:
            assert getattr(joined, name).tobytes() == getattr(single, name).tobytes()
            assert not getattr(joined, name).flags.writeable


def test_both_directions_and_all_windows_take_one_pass() -> None:
    spec = StrategySpec(
        name="x",
        long_entry="cross_above(sma(close, 10), sma(close, 30))",
        long_exit="cross_below(sma(close, 10), sma(close, 30))",
        short_entry="sma(close, 50) < sma(open, 10)",
        short_exit="cross_above(sma(close, 10), sma(close, 30))",
    )
    compiled = compile_spec(spec)
    fused = fuse(compiled.steps, compiled.roots)
    # close, its three means, open, its mean, one comparison; both crossings together.
    assert len(fused.joints) == 5
    assert [(each.above, each.below) for each in fused.crossings] == [(("long_entry", "short_exit"), ("long_exit",))]
    assert [name for name, _ in fused.others] == ["short_entry"]


def test_what_is_read_for_the_last_time_is_let_go() -> None:
    spec = StrategySpec(name="x", long_entry="close > ema(close, 5)", long_exit="cross_below(ema(close, 5), open)")
    compiled = compile_spec(spec)
    fused, slots = fuse(compiled.steps, compiled.roots), compiled.plan.slots.copy()
    slots[0] = Frame(random_bars(20), {})
    run_joints(fused, slots)
    # The average and the open are still compared; the close is not.
    held = {slot for slot, value in enumerate(slots) if isinstance(value, np.ndarray)}
    assert held == {compiled.roots["long_entry"], fused.crossings[0].a, fused.crossings[0].b}


@pytest.mark.parametrize("size", [0, 1, 2])
def test_few_bars_do_not_cross(size: int) -> None:
    spec = StrategySpec(name="x", long_entry="cross_above(close, open)", long_exit="cross_below(sma(close, 3), close)")
    signals = compile_spec(spec).signals(Frame(random_bars(size), {}))
    assert signals.long_exit.shape == signals.short_exit.shape == (size,)
