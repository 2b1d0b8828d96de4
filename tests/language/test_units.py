"""The unit algebra: what goes with what, and what comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.spec import Parameter
from backend.language import LanguageError, compile_expression
from backend.language.units import (
    COUNT,
    NUMBER,
    PRICE,
    RATIO,
    VOLUME,
    ZERO,
    Unit,
    UnitMismatch,
    common,
    product,
    quotient,
    square_root,
)

P = Parameter(name="p", kind="float", value=0.5, low=0, high=1)
COUNTED = 'post_count("reddit")'

UNITS = st.sampled_from([PRICE, VOLUME, RATIO, COUNT, NUMBER, Unit(1, 1), Unit(-1, 2), Unit(2, 0)])


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        ("close + open", "price"),
        ("close - 0", "price"),
        ("-close", "price"),
        ("2 * close", "price"),
        ("close * (1 + p)", "price"),
        ("close * change(close, 1)", "price"),
        (f"close * {COUNTED}", "price"),
        ("close / open", "ratio"),
        ("close / 2", "price"),
        ("1 / close", "1/price"),
        ("close * volume", "price*volume"),
        ("volume / close", "volume/price"),
        ("close * volume / sma(volume, 5)", "price"),
        ("close * close", "price^2"),
        ("sqrt(close * close)", "price"),
        ("1 / close * open", "ratio"),
        ("volume / volume", "ratio"),
        (f"{COUNTED} / 2", "count"),
        (f"{COUNTED} * 0.5", "count"),
        (f"{COUNTED} + 1", "count"),
        (f"{COUNTED} / {COUNTED}", "ratio"),
        (f"sqrt({COUNTED})", "ratio"),
        (f"log({COUNTED})", "ratio"),
        (f"zscore({COUNTED}, 5)", "ratio"),
        ("1 - change(close, 1)", "ratio"),
        ("change(close, 1) * p", "ratio"),
        ("std(close, 5)", "price"),
        ("zscore(close, 5)", "ratio"),
        ("percentile_rank(volume, 5)", "ratio"),
        ("lag(volume, 1)", "volume"),
        ("macd(close, 5, 9)", "price"),
        ("atr(5)", "price"),
        ("vwap(5)", "price"),
        ("obv()", "volume"),
        ("min(close, open)", "price"),
        ("max(change(close, 1), 0.5)", "ratio"),
        ("clip(close, open, 2 * open)", "price"),
        ("fill(change(close, 1), 0)", "ratio"),
        ("count(close > open, 5)", "count"),
        ("bars_since(close > open)", "count"),
        ("0 * close", "price"),
    ],
)
def test_units_of_results(expression: str, unit: str) -> None:
    assert str(compile_expression(expression, (P,)).unit) == unit


@pytest.mark.parametrize(
    "expression",
    [
        "close + 1",
        "close - p",
        "close + volume",
        "close + change(close, 1)",
        "close > volume",
        "close > rsi(close, 14)",
        "close * volume > close",
        "close * 0 > 5",
        "close > 0 * 5",
        "std(close, 5) > 0.5",
        "diff(close, 5) > 1",
        "atr(14) > 2",
        "sma(close, 5) > 10",
        "log(close) > 3",
        "log(volume) > 3",
        "sqrt(close) > 3",
        "min(close, 5) > 0",
        "clip(close, 1, 5) > 0",
        "fill(close, 5) > 0",
        "1 / close > 0.1",
        f"{COUNTED} > change(close, 1)",
        f"{COUNTED} + change(close, 1) > 1",
        "cross_above(close, volume)",
        "cross_below(close, p)",
        "abs(close) > 5",
        "sqrt(close * close) > 5",
        "close / (close / open) > 5",
        "last_known(close, 5) > 5",
        "obv() > 5",
        "count(close > 5, 5) > 1",
    ],
)
def test_units_that_do_not_go_together(expression: str) -> None:
    with pytest.raises(LanguageError) as caught:
        compile_expression(expression, (P,))
    assert caught.value.hint


@given(UNITS, UNITS)
def test_order_does_not_matter(a: Unit, b: Unit) -> None:
    assert product(a, b) == product(b, a)
    try:
        unit = common(a, b)
    except UnitMismatch:
        with pytest.raises(UnitMismatch):
            common(b, a)
    else:
        assert common(b, a) == unit


@given(UNITS, UNITS)
def test_dividing_undoes_multiplying(a: Unit, b: Unit) -> None:
    back = quotient(product(a, b), b)
    assert (back.price, back.volume) == (a.price, a.volume)


@given(UNITS)
def test_a_literal_zero_goes_with_anything(a: Unit) -> None:
    assert common(a, ZERO) == common(ZERO, a) == a


@given(UNITS)
def test_the_root_of_a_square_is_the_unit_itself(a: Unit) -> None:
    root = square_root(product(a, a))
    assert (root.price, root.volume) == (a.price, a.volume)
