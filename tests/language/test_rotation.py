"""A rotation: its ranking compiled beside the conditions, part of hash, diff and warm-up."""

import numpy as np
import pytest

from backend.domain.frames import Frame
from backend.domain.spec import StrategySpec
from backend.language import LanguageError, compile_expression, compile_spec, diff_specs, spec_hash
from tests.language.frames import frame_of, random_frame
from tests.samples import flat_bars


def rotation(rank: str = "change(close, n)", **others: object) -> StrategySpec:
    terms = {"rank": rank, "top": others.pop("top", 2), "every": others.pop("every", 5)}
    parameters = [{"name": "n", "kind": "int", "value": 2, "low": 1, "high": 30}]
    return StrategySpec.model_validate({"name": "x", "parameters": parameters, "rotation": terms, **others})


def test_ranks_by_the_series_from_its_warmup_on() -> None:
    # Changes over two bars: 4 / 1 - 1 = 3, 6 / 2 - 1 = 2.
    frame = Frame(flat_bars([1, 2, 4, 6]), {})
    compiled = compile_spec(rotation())
    rank = compiled.rank(frame)
    assert rank is not None
    np.testing.assert_array_equal(rank, [np.nan, np.nan, 3, 2])
    assert not rank.flags.writeable
    assert compiled.warmup == 2


def test_a_rank_is_missing_where_its_line_is_and_within_its_warmup() -> None:
    compiled = compile_spec(rotation('fill(sma(sentiment("news"), n), 0) + lag(sentiment("news"), 1)'))
    rank = compiled.rank(frame_of(news=[1, 3, np.nan, 5, 7]))
    # Means: -, 2, -, -, 6; within the warm-up of one bar fill does not count, and bar 3 has no value before it.
    np.testing.assert_array_equal(rank, [np.nan, 3, 3, np.nan, 11])


def test_without_an_entry_every_bar_with_a_known_warmup_is_eligible() -> None:
    signals = compile_spec(rotation(long_exit="close < lag(close, 1)")).signals(random_frame(6))
    assert signals.long_entry.tolist() == [False, False, True, True, True, True]
    assert not signals.long_entry.flags.writeable
    assert not signals.short_entry.any()


def test_an_entry_filters() -> None:
    frame = Frame(flat_bars([1, 2, 4, 3]), {})
    compiled = compile_spec(rotation(long_entry="close > lag(close, 1)"))
    assert compiled.signals(frame).long_entry.tolist() == [False, True, True, False]
    assert compiled.warmup == 2


def test_parameter_values_and_a_shared_memo_reach_the_rank() -> None:
    compiled, frame = compile_spec(rotation(long_entry="change(close, n) > 0")), random_frame(40)
    memo: dict[object, object] = {}
    for n in (1, 3, 20):
        signals = compiled.signals(frame, {"n": n}, memo)
        rank = compiled.rank(frame, {"n": n}, memo)
        assert rank is not None
        np.testing.assert_array_equal(rank, compile_expression(f"change(close, {n})").values(frame))
        assert signals.long_entry.tolist() == (rank > 0).tolist()
        assert compiled.warmup_for({"n": n}) == n


def test_conditions_do_not_wait_for_the_rank() -> None:
    compiled = compile_spec(rotation("zscore(close, 20)", long_entry="close > open"))
    assert compiled.ranking is not None
    # close, open and their comparison; close, its sums, their mean, the deviation, and the score.
    assert (len(compiled.steps), len(compiled.ranking.steps), len(compiled.plan.series)) == (3, 5, 7)
    assert compile_spec(StrategySpec(name="x", long_entry="close > open")).rank(random_frame(5)) is None


def test_what_the_rank_reads_is_used_and_named() -> None:
    compiled = compile_spec(rotation('change(close, n) + of("SPY", sentiment("news"))'))
    assert compiled.notices == ()
    assert compiled.channels_of == {"SPY": frozenset({"news"})}
    unread = compile_spec(rotation("change(close, 5)"))
    assert unread.unused == ("n",)


@pytest.mark.parametrize(("rank", "said"), [("close > open", "condition"), ("5", "number"), ("clse", "clse")])
def test_a_rank_is_a_series(rank: str, said: str) -> None:
    with pytest.raises(LanguageError, match=said) as caught:
        compile_spec(rotation(rank))
    assert caught.value.where == "rotation.rank"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("rank", "unit"),
    [
        ("close", "price"),
        ("close - sma(close, 5)", "price"),
        ("diff(close, 20) * 2", "price"),
        ("atr(14)", "price"),
        ("volume", "volume"),
        ("close * volume", "price*volume"),
        ("1 / close", "1/price"),
        ("change(close, 5) * close / volume", "price/volume"),
        ('of("SPY", close)', "price[SPY]"),
        ('close / of("SPY", close)', "price/price[SPY]"),
    ],
)
def test_symbols_are_not_ranked_by_levels_that_know_later_splits(rank: str, unit: str) -> None:
    with pytest.raises(LanguageError, match="know later splits") as caught:
        compile_spec(rotation(rank))
    assert f"ranked by a {unit}:" in caught.value.sentence
    assert "change(close, 120)" in caught.value.hint
    assert caught.value.where == "rotation.rank"


@pytest.mark.parametrize(
    "rank",
    [
        "change(close, 120)",
        "close / sma(close, 20)",
        "-rsi(close, 14)",
        'post_count("reddit")',
        "atr(14) / close",
        'change(close, 20) - of("SPY", change(close, 20))',
        'change(close / of("SPY", close), 20)',
        "volume / sma(volume, 20) * 2",
        "0 * rsi(close, 14)",
    ],
)
def test_ratios_and_counts_rank(rank: str) -> None:
    assert compile_spec(rotation(rank)).ranking is not None


def test_the_hash_knows_the_rotation() -> None:
    same = rotation("close / lag(close, 2) - 1", name="other")
    specs = [
        rotation(),
        rotation(top=3),
        rotation(every=6),
        rotation("change(close, 3)"),
        rotation(long_exit="close < open"),
        same,
    ]
    assert len({spec_hash(spec) for spec in specs}) == len(specs)
    assert spec_hash(rotation("change( close,2.0 )")) == spec_hash(rotation())


def test_a_diff_shows_the_lines_of_the_rotation() -> None:
    assert diff_specs(None, rotation()) == (
        "+ sizing: fraction 1",
        "+ rotation: rank change(close, 2)",
        "+ rotation: top 2",
        "+ rotation: every 5",
    )
    assert diff_specs(rotation(), rotation("change(close, 2)", every=21)) == (
        "- rotation: every 5",
        "+ rotation: every 21",
    )
    plain = StrategySpec(name="x", long_entry="close > open")
    assert diff_specs(rotation(), plain)[-1] == "- rotation: every 5"


CROSS = {
    "long_entry": "cross_above(sma(close, 10), sma(close, 30))",
    "long_exit": "cross_below(sma(close, 10), sma(close, 30))",
}
SHORT = {
    "short_entry": "zscore(close, 20) > 2 or not (close < vwap(20))",
    "sizing": {"kind": "volatility_target", "value": 0.2},
    "risk": {"stop_loss": 0.05, "max_holding_bars": 10},
}
CROWD = {
    "parameters": [{"name": "n", "kind": "int", "value": 14, "low": 2, "high": 50}],
    "series": [{"name": "r", "expression": "rsi(close, n)"}],
    "long_entry": 'r < 30 and attention("reddit", 20) > 2',
}


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        (CROSS, "cfed3a10e6ef3c7c6c9c3f54748ff80d"),
        (SHORT, "20db101c325d7b52442c014a56fdf277"),
        (CROWD, "9842f6387f51d32ff07e4479022fdfef"),
    ],
)
def test_hashes_of_strategies_without_a_rotation_stay(fields: dict[str, object], known: str) -> None:
    # As they were before a strategy could rotate: stored ones are still found.
    assert spec_hash(StrategySpec.model_validate({"name": "x", **fields})) == known
