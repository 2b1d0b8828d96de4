"""What every function of the registry must do, by being registered."""

from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.arrays import Bools, Floats
from backend.domain.frames import Frame
from backend.domain.spec import StrategySpec
from backend.language import FUNCTIONS, compile_expression, compile_spec
from backend.language.function import Accepts, Function, Missing
from tests.language.frames import columns, joined, random_bars, random_frame, random_quarters
from tests.language.samples_of_calls import LINES, READS_BARS, call_of, lines_read, own_windows


class Make(Protocol):
    """Makes a frame of ``size`` bars."""

    def __call__(self, size: int, seed: int = 0) -> Frame: ...


EVERY = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())
T = 60
FRAMES: dict[str, Make] = {
    "daily": random_frame,
    "intraday": partial(random_frame, bars=random_quarters),
}
MARKETS = pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES.keys())


def evaluate(function: Function, frame: Frame) -> Floats:
    return compile_expression(call_of(function)).values(frame)


@EVERY
@MARKETS
@pytest.mark.parametrize("size", [0, 1, 2, 5, T])
def test_gives_one_value_for_each_bar(function: Function, make: Make, size: int) -> None:
    assert evaluate(function, make(size)).shape == (size,)


@EVERY
@MARKETS
def test_declared_warmup_is_the_observed_one(function: Function, make: Make) -> None:
    values = evaluate(function, make(T))
    known = np.flatnonzero(~np.isnan(values))
    declared = compile_expression(call_of(function)).warmup
    assert declared == function.warmup(*own_windows(function))
    if function.missing is Missing.SINCE:
        # Known from the first bar at which the condition holds.
        assert known[0] == np.flatnonzero(make(T).sentiment["reddit"].mean > 2)[0]
    else:
        assert known[0] == declared
        assert known.size == T - declared


@EVERY
@MARKETS
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1000), cut=st.integers(0, T))
def test_the_future_changes_nothing_before_it(function: Function, make: Make, seed: int, cut: int) -> None:
    frame, other = make(T), make(T, seed=5_000 + seed)
    before, after = evaluate(function, frame), evaluate(function, joined(frame, other, cut))
    assert before[:cut].tobytes() == after[:cut].tobytes()


@EVERY
@MARKETS
@settings(max_examples=12, deadline=None)
@given(size=st.integers(0, T))
def test_another_bar_changes_nothing_before_it(function: Function, make: Make, size: int) -> None:
    frame = make(T)
    whole, part = evaluate(function, frame), evaluate(function, frame.window(0, size))
    assert whole[:size].tobytes() == part.tobytes()


@EVERY
@MARKETS
@settings(max_examples=15, deadline=None)
@given(gaps=st.lists(st.sets(st.integers(0, T - 1), max_size=8), min_size=3, max_size=3))
def test_missing_values_are_treated_as_declared(function: Function, make: Make, gaps: list[set[int]]) -> None:
    complete = make(T)
    lines = {name: complete.sentiment[name].mean.copy() for name in ("reddit", "news", "sec")}
    for line, holes in zip(lines.values(), gaps, strict=True):
        line[list(holes)] = np.nan
    values = evaluate(function, Frame(complete.bars, {name: columns(line) for name, line in lines.items()}))
    read = [np.isnan(line) for line in list(lines.values())[: lines_read(function)]]
    expected = EXPECTED[function.missing](function, read, lines["reddit"])
    assert np.isnan(values).tolist() == expected.tolist()


@EVERY
def test_the_example_is_a_condition_that_compiles(function: Function) -> None:
    spec = StrategySpec(name="example", long_entry=function.example)
    frame = random_frame(T)
    assert compile_spec(spec).signals(frame).long_entry.shape == (T,)
    assert function.name in function.example


@EVERY
def test_the_entry_is_complete(function: Function) -> None:
    assert FUNCTIONS[function.name] is function
    assert function.doc.endswith(".")
    names = [argument.name for argument in function.arguments]
    assert len(names) == len(set(names))
    assert (function.name in READS_BARS) == (function.missing in (Missing.NEVER, Missing.QUIET, Missing.SESSION))


def test_the_calls_use_every_kind_of_argument() -> None:
    accepted = {argument.accepts for function in FUNCTIONS.values() for argument in function.arguments}
    assert accepted == set(Accepts)
    assert len(LINES) == 3


def test_a_gap_leaves_values_outside_its_windows_bit_for_bit() -> None:
    frame = random_frame(T)
    holed = frame.sentiment["reddit"].mean.copy()
    holed[20] = np.nan
    gapped = Frame(frame.bars, {**frame.sentiment, "reddit": columns(holed)})
    for name in ("sma", "wma", "std", "highest", "lowest", "percentile_rank"):
        whole, cut = evaluate(FUNCTIONS[name], frame), evaluate(FUNCTIONS[name], gapped)
        outside = ~np.isnan(cut)
        np.testing.assert_allclose(cut[outside], whole[outside], rtol=1e-14)


def _window(function: Function, read: list[Bools], _line: Floats) -> Bools:
    """Missing where any of the last ``warmup + 1`` bars is."""
    span = function.warmup(*own_windows(function)) + 1
    anything = np.any(read, axis=0)
    return np.array([t < span - 1 or anything[max(t - span + 1, 0) : t + 1].any() for t in range(T)])


def _ends(function: Function, read: list[Bools], _line: Floats) -> Bools:
    return _back(function, read, _line) | read[0]


def _back(function: Function, read: list[Bools], _line: Floats) -> Bools:
    (bars,) = own_windows(function)
    return np.concatenate([np.ones(bars, dtype=bool), read[0][:-bars]])


def _restart(function: Function, read: list[Bools], _line: Floats) -> Bools:
    """Missing until ``warmup + 1`` values in a row are known."""
    span, run, missing = function.warmup(*own_windows(function)) + 1, 0, []
    for gap in read[0]:
        run = 0 if gap else run + 1
        missing.append(run < span)
    return np.array(missing)


def _since(_function: Function, read: list[Bools], line: Floats) -> Bools:
    known, missing = False, []
    for gap, value in zip(read[0], line, strict=True):
        known = not gap and (known or value > 2)
        missing.append(not known)
    return np.array(missing)


def _holds(function: Function, read: list[Bools], _line: Floats) -> Bools:
    (age,) = own_windows(function)
    return np.array([read[0][max(t - age, 0) : t + 1].all() for t in range(T)])


EXPECTED = {
    Missing.BAR: lambda _f, read, _x: np.any(read, axis=0),
    Missing.SOURCE: lambda _f, read, _x: read[0],
    Missing.FETCHED: lambda _f, read, _x: read[0],
    Missing.FILLS: lambda _f, read, _x: np.all(read, axis=0),
    Missing.SESSION: lambda _f, _read, _x: np.zeros(T, dtype=bool),
    Missing.NEVER: lambda f, _read, _x: np.arange(T) < f.warmup(*own_windows(f)),
    Missing.QUIET: lambda f, _read, _x: np.arange(T) < f.warmup(*own_windows(f)),
    Missing.WINDOW: _window,
    Missing.BACK: _back,
    Missing.ENDS: _ends,
    Missing.RESTART: _restart,
    Missing.SINCE: _since,
    Missing.HOLDS: _holds,
}


def test_every_rule_about_missing_values_is_tested() -> None:
    assert set(EXPECTED) == set(Missing)
    assert random_bars(3).close.size == 3


@pytest.mark.parametrize("name", sorted(READS_BARS - {"minute_of_session", "minutes_to_close"}))
def test_bars_that_rest_have_the_values_that_are_never_missing(name: str) -> None:
    function = FUNCTIONS[name]
    still = np.full(T, 10.0)
    bars = replace(random_quarters(T), open=still, high=still, low=still, close=still, volume=np.zeros(T))
    values = evaluate(function, Frame(bars, {}))[function.warmup(*own_windows(function)) :]
    assert np.isnan(values).tolist() == [function.missing is Missing.QUIET] * values.size
