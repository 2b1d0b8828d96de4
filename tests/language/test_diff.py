"""What counts as the same strategy, and how a change is shown."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.domain.spec import Parameter, Risk, Series, Sizing, StrategySpec
from backend.language import compile_expression, diff_specs, spec_hash
from backend.language.canonical import key, text
from backend.language.parse import MAX_LENGTH
from tests.language.frames import random_frame

BASE = "close > sma(close, 20) and rsi(close, 14) < 30"


def spec(entry: str = BASE, **others: object) -> StrategySpec:
    return StrategySpec.model_validate({"name": "x", "long_entry": entry, **others})


@pytest.mark.parametrize(
    "same",
    [
        "close>sma( close,20 )and rsi(close,14)<30.0",
        "close > sma(close, 20.0) and rsi(close, 14.0) < 3e1",
        "sma(close, 20) < close and 30 > rsi(close, 14)",
        "rsi(close, 14) < 30 and close > sma(close, 20)",
        "((close) > (sma(close, 20))) and (rsi(close, 14) < (60 / 2))",
        "not (close <= sma(close, 20) or rsi(close, 14) >= 30)",
        "not not (close > sma(close, 20)) and rsi(close, 14) < 30",
        f"{BASE} and close > sma(close, 20)",
        "close > sma(close, +20)\n and rsi(close, 14) < --30",
    ],
)
def test_writing_does_not_matter(same: str) -> None:
    assert spec_hash(spec(same)) == spec_hash(spec())
    assert diff_specs(spec(), spec(same)) == ()


@pytest.mark.parametrize(
    "other",
    [
        "close > sma(close, 21) and rsi(close, 14) < 30",
        "close >= sma(close, 20) and rsi(close, 14) < 30",
        "close > sma(close, 20) or rsi(close, 14) < 30",
        "close > sma(open, 20) and rsi(close, 14) < 30",
        "close > ema(close, 20) and rsi(close, 14) < 30",
        "close > sma(close, 20) and rsi(close, 14) < 30.000001",
        "close > sma(close, 20)",
    ],
)
def test_what_is_decided_matters(other: str) -> None:
    assert spec_hash(spec(other)) != spec_hash(spec())
    assert diff_specs(spec(), spec(other)) != ()


def test_names_series_and_bounds_do_not_matter_but_values_do() -> None:
    named = spec(
        "close > slow and weak",
        name="another name",
        rationale="because",
        parameters=[Parameter(name="window", kind="int", value=20, low=5, high=50)],
        series=[
            Series(name="slow", expression="sma(close, window)"),
            Series(name="weak", expression="rsi(close, 14) < 30"),
        ],
    )
    renamed = spec(
        "close > b and a",
        parameters=[Parameter(name="n", kind="int", value=20, low=10, high=40)],
        series=[Series(name="a", expression="rsi(close, 14) < 30"), Series(name="b", expression="sma(close, n)")],
    )
    assert spec_hash(named) == spec_hash(renamed) == spec_hash(spec())
    assert spec_hash(named.with_values({"window": 21})) != spec_hash(spec())


def test_the_order_of_subtraction_and_of_arguments_matters() -> None:
    assert spec_hash(spec("close - open > 0")) != spec_hash(spec("open - close > 0"))
    assert spec_hash(spec("close + open > high")) == spec_hash(spec("open + close > high"))
    assert spec_hash(spec("cross_above(close, open)")) != spec_hash(spec("cross_above(open, close)"))


def test_fields_sizing_and_risk_matter() -> None:
    hashes = {
        spec_hash(each)
        for each in (
            spec(),
            spec(short_entry=BASE),
            spec(long_exit=BASE),
            spec(sizing=Sizing(value=0.5)),
            spec(sizing=Sizing(kind="volatility_target", value=0.5)),
            spec(risk=Risk(stop_loss=0.05)),
            spec(risk=Risk(max_holding_bars=5)),
        )
    }
    assert len(hashes) == 7
    assert all(len(each) == 32 for each in hashes)


def test_a_hash_is_the_same_on_every_machine() -> None:
    assert spec_hash(spec()) == "48596036e2462bc7d6682d9d28efd363"


def test_a_fresh_start_shows_every_line() -> None:
    assert diff_specs(None, spec(risk=Risk(stop_loss=0.05, max_holding_bars=10))) == (
        "+ long_entry: close > sma(close, 20)",
        "+ long_entry: rsi(close, 14) < 30",
        "+ sizing: fraction 1",
        "+ risk: stop_loss 0.05",
        "+ risk: max_holding_bars 10",
    )


def test_a_change_shows_what_went_and_what_came() -> None:
    new = spec("rsi(close, 14) < 25 and close > sma(close, 20)", long_exit="close < open", sizing=Sizing(value=0.5))
    assert diff_specs(spec(risk=Risk(stop_loss=0.05)), new) == (
        "- long_entry: rsi(close, 14) < 30",
        "+ long_entry: rsi(close, 14) < 25",
        "+ long_exit: close < open",
        "- sizing: fraction 1",
        "+ sizing: fraction 0.5",
        "- risk: stop_loss 0.05",
    )


ATOMS = st.sampled_from(["close", "open", "sma(close, 3)", "lag(high, 2)"])
LINES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-"), inner),
        st.builds("(-{})".format, inner),
        st.builds("({} * {})".format, inner, st.sampled_from(["2", "-0.5", "(1 - 3)", "1 / 3"])),
        st.builds("min({}, {})".format, inner, inner),
    ),
    max_leaves=3,
)
CONDITIONS = st.recursive(
    st.builds("({} {} {})".format, LINES, st.sampled_from(["<", "<=", ">", ">="]), LINES),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("(not {})".format, inner),
    ),
    max_leaves=3,
)


@given(CONDITIONS)
def test_canonical_text_means_what_was_written(condition: str) -> None:
    written = compile_expression(condition)
    shown = compile_expression(text(written.node, {}))
    frame = random_frame(40)
    assert written.values(frame).tobytes() == shown.values(frame).tobytes()
    assert key(written.node, {}) == key(shown.node, {})
    assert text(shown.node, {}) == text(written.node, {})


@given(CONDITIONS, CONDITIONS)
def test_equal_keys_decide_alike(first: str, second: str) -> None:
    assume(len(f"{first} and {second}") <= MAX_LENGTH)  # a longer one is refused, which is tested elsewhere
    # Pairs that are the same by the rules of logic, and whatever else happens to get the same key.
    for a, b in (
        (f"{first} and {second}", f"{second} and {first}"),
        (f"not ({first})", f"not {first}"),
        (first, second),
    ):
        left, right = compile_expression(a), compile_expression(b)
        if key(left.node, {}) == key(right.node, {}):
            frame = random_frame(40)
            assert left.values(frame).tobytes() == right.values(frame).tobytes()
