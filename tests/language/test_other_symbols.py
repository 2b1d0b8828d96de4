"""``of``: another symbol read at the bars of this one, never before it was known and never in its own currency."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arrays import Bools
from backend.domain.errors import DataUnavailable
from backend.domain.frames import Frame
from backend.domain.spec import Parameter, Series, StrategySpec
from backend.language import FUNCTIONS, LanguageError, compile_expression, compile_spec, diff_specs, spec_hash
from tests.language.frames import beside, frame_of, joined, random_frame, rows_of, with_symbol
from tests.language.samples_of_calls import call_of
from tests.samples import flat_bars

GAP = float("nan")
T = 40
N = Parameter(name="n", kind="int", value=3, low=2, high=9)


def closes(symbol: str, *prices: float) -> Frame:
    return with_symbol(Frame(flat_bars(prices), {}), symbol)


def line(expression: str, frame: Frame) -> list[float]:
    values: list[float] = compile_expression(expression, (N,)).values(frame).tolist()
    return values


def refused(expression: str) -> LanguageError:
    with pytest.raises(LanguageError) as caught:
        compile_expression(expression)
    return caught.value


def test_a_line_of_another_symbol_by_hand() -> None:
    # The market has no bar on the third of five days: its mean there is of the bars that it has, (2 + 4) / 2, then
    # (4 + 6) / 2, and the day without one is missing.
    market = closes("SPY", 2, 4, 9, 6, 8)
    frame = beside(closes("TEST", 1, 1, 1, 1, 1), rows_of(market, [0, 1, 3, 4]))
    np.testing.assert_array_equal(line('of("SPY", close)', frame), [2, 4, GAP, 6, 8])
    np.testing.assert_array_equal(line('of("SPY", sma(close, 2))', frame), [GAP, 3, GAP, 5, 7])
    # Read here and averaged afterwards, the gap is inside the window.
    np.testing.assert_array_equal(line('sma(of("SPY", close), 2)', frame), [GAP, 3, GAP, GAP, 7])
    np.testing.assert_array_equal(line('of("SPY", close > lag(close, 1))', frame), [GAP, 1, GAP, 1, 1])


def test_an_unknown_condition_of_another_symbol_never_trades() -> None:
    frame = beside(closes("TEST", 1, 1, 1), rows_of(closes("SPY", 1, 5, 9), [0, 2]))
    rises = 'of("SPY", close > 0)'
    for condition, expected in ((rises, [1, 0, 1]), (f"not {rises}", [0, 0, 0])):
        signals = compile_spec(StrategySpec(name="x", long_entry=condition)).signals(frame)
        assert signals.long_entry.tolist() == expected


def test_only_a_bar_that_ends_at_the_same_moment_is_read() -> None:
    market = closes("SPY", 2, 4, 6)
    second = np.timedelta64(1, "s")
    earlier = replace(market, bars=replace(market.bars, end=market.bars.end - second))
    assert np.isnan(line('of("SPY", close)', beside(closes("TEST", 1, 1, 1), earlier))).all()


def test_the_own_symbol_is_read_from_its_own_frame() -> None:
    frame = random_frame(T)
    np.testing.assert_array_equal(line('of("TEST", sma(close, 5))', frame), line("sma(close, 5)", frame))


def test_without_bars_at_all_everything_is_missing() -> None:
    frame = beside(random_frame(T), rows_of(with_symbol(random_frame(T), "SPY"), []))
    assert np.isnan(line('of("SPY", rsi(close, 5))', frame)).all()
    assert np.isnan(line('of("SPY", close > open)', frame)).all()


def test_series_parameters_and_channels_stand_inside() -> None:
    spec = StrategySpec(
        name="x",
        parameters=(N,),
        series=(Series(name="trend", expression="sma(close, n)"), Series(name="up", expression="close > trend")),
        long_entry='up and of("SPY", up) and of("QQQ", sentiment("news") > 0) and sentiment("sec") > 0',
    )
    compiled = compile_spec(spec)
    assert compiled.symbols == {"SPY", "QQQ"}
    assert compiled.channels == {"sec"}
    assert compiled.channels_of == {"SPY": frozenset(), "QQQ": frozenset({"news"})}
    assert (compiled.unused, compiled.warmup) == ((), 2)
    assert compiled.warmup_for({"n": 9}) == 8
    single = compile_expression('of("QQQ", sentiment("news"))')
    assert (single.symbols, single.channels) == (frozenset({"QQQ"}), frozenset())
    assert single.channels_of == {"QQQ": frozenset({"news"})}


def test_a_channel_of_another_symbol_is_its_own() -> None:
    frame = beside(frame_of(news=[1.0, 2.0]), with_symbol(frame_of(news=[5.0, 6.0]), "SPY"))
    assert line('of("SPY", sentiment("news")) - sentiment("news")', frame) == [4.0, 4.0]


@pytest.mark.parametrize(
    ("frame", "said"),
    [(random_frame(5), "SPY"), (beside(random_frame(5), with_symbol(random_frame(5), "SPY")), "twitter")],
)
def test_what_the_frame_lacks_is_named(frame: Frame, said: str) -> None:
    with pytest.raises(DataUnavailable, match=said) as caught:
        compile_expression('of("SPY", close) + 0 * of("SPY", close * sentiment("twitter"))').values(frame)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ("of(SPY, close)", 'in quotes: "SPY"'),
        ('of("spy", close)', 'did you mean "SPY"?'),
        ('of("S&P", close)', "ticker in upper case"),
        ('of(close, "SPY")', "comes first"),
        ('of("SPY")', 'of("SPY", close'),
        ("of()", 'of("SPY", close'),
        ('of("SPY", "QQQ")', "bars of SPY"),
        ('of("SPY", 5)', "bars of SPY"),
        ('of("SPY", of("QQQ", close))', "each symbol by itself"),
        ('of("SPY", close > 0 and of("QQQ", close > 0))', "each symbol by itself"),
        ('of(symbol="SPY", x=close)', "not sma(close, n=20)"),
        ('off("SPY", close)', '"of"'),
        ("of > 1", "of(symbol, x)"),
        ('of("SPY", clse)', '"close"'),
    ],
)
def test_what_is_refused_comes_with_what_would_be_right(expression: str, hint: str) -> None:
    assert hint in refused(expression).hint


def test_a_name_of_its_own_cannot_be_of() -> None:
    with pytest.raises(LanguageError, match="is taken"):
        compile_spec(StrategySpec(name="x", series=(Series(name="of", expression="close"),), long_entry="of > 0"))


def test_a_series_that_reads_another_symbol_does_not_stand_inside() -> None:
    spec = StrategySpec(
        name="x", series=(Series(name="m", expression='of("QQQ", close)'),), long_entry='of("SPY", m) > 0'
    )
    with pytest.raises(LanguageError, match="cannot stand inside"):
        compile_spec(spec)


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        ('of("SPY", close)', "price[SPY]"),
        ('of("SPY", volume)', "volume[SPY]"),
        ('of("SPY", change(close, 5))', "ratio"),
        ('of("SPY", count(close > open, 5))', "count"),
        ('close / of("SPY", close)', "price/price[SPY]"),
        ('of("SPY", close * volume)', "price[SPY]*volume[SPY]"),
        ('of("SPY", close) / of("SPY", open)', "ratio"),
        ('of("SPY", close) / of("QQQ", close)', "price[SPY]/price[QQQ]"),
        ('of("SPY", close) / of("QQQ", close) * of("QQQ", open) / of("SPY", open)', "ratio"),
        ('sqrt(of("SPY", close * close))', "price[SPY]"),
        ('close * of("SPY", change(close, 5))', "price"),
        ('change(close / of("SPY", close), 5)', "ratio"),
        ('of("SPY", post_count("news"))', "count"),
    ],
)
def test_units_carry_the_symbol(expression: str, unit: str) -> None:
    assert str(compile_expression(expression).unit) == unit


@pytest.mark.parametrize(
    "expression",
    [
        'close > of("SPY", close)',
        'of("QQQ", close) > of("SPY", close)',
        'close / of("SPY", close) > 0.2',
        'of("SPY", close) > 400',
        'of("SPY", close > 400)',
        'volume > of("SPY", volume)',
        'cross_above(close, of("SPY", sma(close, 5)))',
        'sqrt(of("SPY", close)) > 0',
        'log(close / of("SPY", close)) > 0',
    ],
)
def test_prices_of_two_symbols_do_not_go_together(expression: str) -> None:
    assert refused(expression).hint


def test_relative_strength_is_compared_with_its_own_average() -> None:
    own, market = random_frame(T), with_symbol(random_frame(T, 7), "SPY")
    quotient = 'close / of("SPY", close)'
    values = compile_expression(f"{quotient} > sma({quotient}, 5)").values(beside(own, market))
    assert np.isnan(values).tolist() == [True] * 4 + [False] * (T - 4)


def test_the_canonical_form_knows_the_symbol() -> None:
    def spec(entry: str) -> StrategySpec:
        return StrategySpec(name="x", long_entry=entry)

    spy, qqq = spec('of("SPY", close > open)'), spec('of("QQQ", close > open)')
    assert len({spec_hash(spy), spec_hash(qqq), spec_hash(spec("close > open"))}) == 3
    assert spec_hash(spec("of( 'SPY',open<close )")) == spec_hash(spy)
    assert spec_hash(spec('not of("SPY", not (close > open))')) == spec_hash(spy)
    assert diff_specs(spy, qqq) == (
        '- long_entry: of("SPY", close > open)',
        '+ long_entry: of("QQQ", close > open)',
    )


PRESENT = st.sets(st.integers(0, T - 1))
CALLS = st.sampled_from([call_of(function) for function in FUNCTIONS.values()])


@given(CALLS, PRESENT, st.integers(0, T), st.integers(0, 99))
def test_the_future_of_another_symbol_changes_nothing_before_it(
    call: str, present: set[int], cut: int, seed: int
) -> None:
    frame = random_frame(T)
    rows = sorted(present)
    market, other = (with_symbol(random_frame(T, 1_000 + s), "SPY") for s in (0, seed))
    changed = joined(market, other, cut)
    before, after = (
        compile_expression(f'of("SPY", {call})').values(beside(frame, rows_of(each, rows)))
        for each in (market, changed)
    )
    assert before[:cut].tobytes() == after[:cut].tobytes()
    # Nor does it matter whether the later bars are there.
    shorter = rows_of(market, [row for row in rows if row < cut])
    part = compile_expression(f'of("SPY", {call})').values(beside(frame.window(0, cut), shorter))
    assert part.tobytes() == before[:cut].tobytes()


@given(CALLS, PRESENT)
def test_it_is_the_line_of_the_other_symbol_where_both_have_a_bar(call: str, present: set[int]) -> None:
    market = rows_of(with_symbol(random_frame(T, 3), "SPY"), sorted(present))
    read = compile_expression(f'of("SPY", {call})').values(beside(random_frame(T), market))
    there = mask(present)
    np.testing.assert_array_equal(read[there], compile_expression(call).values(market))
    assert np.isnan(read[~there]).all()


def mask(present: set[int]) -> Bools:
    return np.isin(np.arange(T), sorted(present))
