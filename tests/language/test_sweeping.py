"""Swept conditions decide exactly as compiled ones do, for any strategy and any values of its parameters."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.errors import DataUnavailable, InvalidInput
from backend.domain.execution import Execution
from backend.domain.frames import Frame, SentimentColumns
from backend.domain.spec import CONDITION_FIELDS, Rotation, StrategySpec
from backend.engine.simulation import Rules
from backend.engine.sweep import Program, Sweep
from backend.language import FUNCTIONS, compile_spec
from backend.language.function import Accepts, Function
from backend.language.sweeping import Sweeping
from tests.engine.sweep.programs import decisions_of
from tests.language.frames import random_frame
from tests.language.samples_of_calls import LINES, WINDOWS

CROSS = {
    "long_entry": "cross_above(sma(close, a), sma(close, b))",
    "long_exit": "cross_below(sma(close, a), sma(close, b))",
}
PARAMETERS = (
    {"name": "a", "kind": "int", "value": 3, "low": 2, "high": 5000},
    {"name": "b", "kind": "int", "value": 7, "low": 2, "high": 5000},
    {"name": "c", "kind": "int", "value": 4, "low": 2, "high": 5000},
    {"name": "x", "kind": "float", "value": 1.0, "low": -1000, "high": 1000},
    {"name": "y", "kind": "float", "value": 0.5, "low": -1000, "high": 1000},
)
ROWS = (slice(0, 80), slice(1, 65), slice(2, 66), slice(20, 84), slice(79, 80))


def spec_of(**conditions: str) -> StrategySpec:
    return StrategySpec.model_validate({"name": "swept", "parameters": PARAMETERS, **conditions})


def frame_with_gaps(seed: int = 0) -> Frame:
    frame, rng = random_frame(84, seed), np.random.default_rng(seed)

    def holed(line: Any) -> Any:
        return np.where(rng.random(line.size) < 0.15, np.nan, line)

    channels = {n: SentimentColumns(holed(c.mean), holed(c.std), c.posts) for n, c in frame.sentiment.items()}
    return Frame(frame.bars, channels)


def table_of(count: int, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    windows = {name: rng.integers(2, 12, count).astype(float) for name in "abc"}
    return windows | {"x": np.round(rng.normal(1, 0.3, count), 2), "y": np.round(rng.normal(0.5, 0.2, count), 1)}


def assert_decides_alike(spec: StrategySpec, frame: Frame, rows: slice, table: Mapping[str, Any], **how: Any) -> None:
    compiled = compile_spec(spec)
    decided: list[Any] = []
    for program in Sweeping(compiled, frame, rows, **how).programs(table):
        decided += decisions_of(program)
    assert len(decided) == len(next(iter(table.values())))
    for combination, found in enumerate(decided):
        signals = compiled.signals(frame, {name: float(column[combination]) for name, column in table.items()})
        for field, truths in zip(CONDITION_FIELDS, found, strict=True):
            expected = getattr(signals, field)[max(rows.start - 1, 0) : rows.stop - 1]
            assert (truths[int(rows.start == 0) :] == expected).all(), (field, combination)
            assert rows.start or not truths[0]


def call_with_parameters(function: Function) -> str:
    lines, windows = iter(LINES), iter("abc")
    written: dict[Accepts, Callable[[], str]] = {
        Accepts.SERIES: lambda: next(lines),
        Accepts.VALUE: lambda: next(lines),
        Accepts.CONDITION: lambda: f"{next(lines)} * y > x",
        Accepts.WINDOW: lambda: next(windows),
        Accepts.NUMBER: lambda: "x",
        Accepts.CHANNEL: lambda: '"reddit"',
    }
    return f"{function.name}({', '.join(written[a.accepts]() for a in function.arguments)})"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_decides_as_it_does_alone(name: str) -> None:
    function = FUNCTIONS[name]
    assert len(WINDOWS) == 3
    call = call_with_parameters(function)
    condition = call if function.result is None else f"{call} * x > lag({call}, c)"
    spec = spec_of(long_entry=condition, long_exit=f"not ({condition})")
    assert_decides_alike(spec, frame_with_gaps(), ROWS[3], table_of(8))


PRICES = st.recursive(
    st.sampled_from(["close", "open", "sma(close, a)", "ema(close, b)", "lag(high, c)", "sma(close * x, a)"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]}) / 2"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} - {p[1]} * x)"),
        inner.map(lambda p: f"{p} * (x + y)"),
        inner.map(lambda p: f"-{p} / (a - 3)"),
    ),
    max_leaves=4,
)
RATIOS = st.sampled_from(
    ["rsi(close, a)", "close / sma(close, b)", 'sentiment("reddit")', 'sma(sentiment("news"), 2)', "zscore(close, c)"]
)
LEVELS = st.sampled_from(["x", "y", "1", "x * y", "a - b", "1 / (a - b)", "-x"])
ORDERS = st.sampled_from(["{} < {}", "{} <= {}", "{} > {}", "{} >= {}", "cross_above({}, {})", "cross_below({}, {})"])
COMPARISONS = st.one_of(
    st.tuples(ORDERS, PRICES, PRICES), st.tuples(ORDERS, RATIOS, LEVELS), st.tuples(ORDERS, LEVELS, RATIOS)
).map(lambda parts: parts[0].format(*parts[1:]))
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.tuples(inner, inner, st.sampled_from(["and", "or"])).map(lambda p: f"({p[0]}) {p[2]} ({p[1]})"),
        inner.map(lambda p: f"not ({p})"),
        inner.map(lambda p: f"count({p}, c) >= 1"),
        inner.map(lambda p: f"bars_since({p}) < 3"),
    ),
    max_leaves=4,
)


@given(st.lists(CONDITIONS, min_size=4, max_size=4), st.sampled_from(ROWS), st.integers(0, 100))
@settings(max_examples=60)
def test_any_strategy_decides_as_it_does_alone(written: Sequence[str], rows: slice, seed: int) -> None:
    spec = spec_of(**dict(zip(CONDITION_FIELDS, written, strict=True)))
    assert_decides_alike(spec, frame_with_gaps(seed), rows, table_of(5, seed))


def test_what_a_combination_decides_does_not_depend_on_those_before_it() -> None:
    spec = spec_of(
        long_entry="close * x > sma(close, a) and rsi(close, b) > y * 100",
        long_exit="cross_below(close, sma(close, b))",
    )
    table = table_of(12) | {"b": np.repeat([3.0, 4.0], 6)}
    (program,) = Sweeping(compile_spec(spec), random_frame(84), ROWS[0]).programs(table)
    forwards, backwards = decisions_of(program), decisions_of(program, range(11, -1, -1))
    assert all((a == b).all() for a, b in zip(forwards, backwards, strict=True))


def test_only_distinct_values_are_computed_and_comparisons_are_shared() -> None:
    fast, slow = np.array([(f, s) for f in range(2, 12) for s in range(20, 30)], dtype=float).T
    (program,) = Sweeping(compile_spec(spec_of(**CROSS)), random_frame(84), ROWS[0]).programs({"a": fast, "b": slow})
    assert np.unique(program.line_rows).size == 20
    # one comparison for both crossings, then `<=`, its bar before, and; the same for `>=`
    assert len(program.instructions) == 7
    assert program.line_rows.shape == (100, 2)


def test_a_sweep_in_parts_gives_the_same() -> None:
    frame, compiled = random_frame(84), compile_spec(spec_of(**CROSS))
    table = table_of(40)
    line = 128 * 8  # columns 0 .. 80 fill two words, of bits that stand for eight bytes each in a line
    assert_decides_alike(compiled.spec, frame, ROWS[0], table, row_bytes=6 * line)
    whole, small = (
        Sweep(frame.bars, Rules(), Execution(), ROWS[0], 252.0).over(sweeping.programs(table))
        for sweeping in (Sweeping(compiled, frame, ROWS[0]), Sweeping(compiled, frame, ROWS[0], row_bytes=6 * line))
    )
    assert (whole.total_return == small.total_return).all()


def test_rows_are_kept_for_the_next_table_within_their_bound() -> None:
    frame, compiled = random_frame(84), compile_spec(spec_of(**CROSS))
    sweeping = Sweeping(compiled, frame, ROWS[0], row_bytes=30 * 128 * 8)
    sizes = []
    for first in range(2, 62, 4):
        table = {"a": np.arange(first, first + 4.0), "b": np.arange(70.0, 74.0)}
        sizes += [program.lines.nbytes for program in sweeping.programs(table)]
        assert [len(decisions_of(p)) for p in sweeping.programs(table)] == [4]
    assert max(sizes) <= 30 * 128 * 8


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"z": [1.0]}, 'no parameter "z"'),
        ({"a": [3.0, 2.5]}, '"a" counts bars and cannot be 2.5'),
        ({"a": [3.0, 0.0]}, '"a" counts bars and cannot be 0'),
        ({"a": [5001.0]}, '"a" counts bars and cannot be 5001'),
        ({"a": [np.nan]}, '"a" counts bars and cannot be nan'),
        ({"a": [3.0, 4.0], "b": [5.0]}, "have 1, 2 values"),
    ],
)
def test_wrong_values_are_refused(values: dict[str, list[float]], sentence: str) -> None:
    sweeping = Sweeping(compile_spec(spec_of(**CROSS)), random_frame(84), ROWS[0])
    with pytest.raises(InvalidInput, match=sentence):
        list(sweeping.programs(values))


@pytest.mark.parametrize("value", [3.0, 31.0])
def test_a_value_out_of_its_bounds_is_refused_alone_and_in_a_sweep(value: float) -> None:
    bounded = [{"name": "n", "kind": "int", "value": 10, "low": 5, "high": 30}]
    spec = {"name": "bounded", "parameters": bounded, "long_entry": "close > sma(close, n)"}
    compiled, frame = compile_spec(StrategySpec.model_validate(spec)), random_frame(84)
    sentence = rf'The parameter "n" may be 5\.\.30, not {value:g}'
    with pytest.raises(InvalidInput, match=sentence):
        compiled.signals(frame, {"n": value})
    with pytest.raises(InvalidInput, match=sentence):
        list(Sweeping(compiled, frame, ROWS[0]).programs({"n": [10.0, value]}))


def test_windows_longer_than_the_history_are_refused_with_their_values() -> None:
    sweeping = Sweeping(compile_spec(spec_of(**CROSS)), random_frame(84), slice(10, 84))
    with pytest.raises(InvalidInput, match=r"warm up with a = 5, b = 400.*, but only 84 are there"):
        list(sweeping.programs({"a": [5.0, 5.0], "b": [20.0, 400.0]}))


def test_an_over_large_sweep_is_refused_with_its_size_and_the_limit() -> None:
    sweeping = Sweeping(compile_spec(spec_of(**CROSS)), random_frame(84), ROWS[0], row_bytes=1_000)
    with pytest.raises(InvalidInput, match="has 1,001 combinations; 1,000 are allowed"):
        list(sweeping.programs({"a": np.full(1_001, 5.0)}, most=1_000))
    with pytest.raises(InvalidInput, match=r"needs 2,\d\d\d bytes of lines over 80 bars; 1,000 are allowed"):
        list(sweeping.programs({"a": [5.0]}))


def test_a_rotation_and_a_missing_channel_are_refused() -> None:
    rotation = StrategySpec(name="best", rotation=Rotation(rank="roc(close, 5)", top=1, every=5))
    with pytest.raises(InvalidInput, match="cannot be swept"):
        Sweeping(compile_spec(rotation), random_frame(84), ROWS[0])
    sweeping = Sweeping(compile_spec(spec_of(long_entry='sentiment("twitter") > x')), random_frame(84), ROWS[0])
    with pytest.raises(DataUnavailable):
        list(sweeping.programs({"x": [1.0]}))


def test_a_strategy_without_parameters_is_one_combination() -> None:
    spec = StrategySpec(name="fixed", long_entry="close > sma(close, 5)")
    programs: list[Program] = list(Sweeping(compile_spec(spec), random_frame(84), ROWS[0]).programs({}))
    assert [len(program) for program in programs] == [1]
