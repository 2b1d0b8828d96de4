"""A strategy that does not trade says why, and what it never knew is named."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backend.domain.bars import Bars
from backend.domain.frames import Frame, SentimentColumns
from backend.domain.spec import Rotation, Sizing, StrategySpec
from backend.language import compile_spec
from backend.services.trading_notices import Traded, trading_notices
from tests.samples import flat_bars

RISING = [10.0 + n for n in range(30)]
HALF = slice(15, 30)


def _traded(entry: str | None, *closes: list[float], rows: slice = HALF, **given: Any) -> Traded:
    """A strategy on one symbol of these closes or several; ``given`` holds counts, and fields of the strategy."""
    counts = {name: given.pop(name, default) for name, default in (("positions", 0), ("unfilled", 0), ("slots", 1))}
    spec = StrategySpec(name="x", long_entry=entry, **given)
    frames = tuple(Frame(flat_bars(one), {}) for one in closes or (RISING,))
    return Traded(compile_spec(spec), frames, (rows,) * len(frames), **counts)


def test_a_run_that_traded_says_nothing() -> None:
    assert trading_notices(_traded("close > sma(close, 3)", positions=1)) == ()


def test_the_part_that_was_never_true_is_named() -> None:
    # prices only rise: the close is always above its average and never below the one of 5 bars
    traded = _traded("close > sma(close, 3) and close < sma(close, 5)")
    assert trading_notices(traded) == ("Nothing was traded: never true in this period: close < sma(close, 5).",)


def test_what_was_true_before_the_period_only_is_never_true() -> None:
    falling_then_rising = [30.0 - n for n in range(14)] + [17.0 + n for n in range(16)]
    # 30 .. 17, then 17 .. 32: at the close before bar 15 and later the close is above its average of 2
    (notice,) = trading_notices(_traded("close < sma(close, 2)", falling_then_rising))
    assert notice == "Nothing was traded: never true in this period: close < sma(close, 2)."


def test_parts_that_are_never_true_together_are_told_apart() -> None:
    zigzag = [10.0, 11.0] * 15
    (notice,) = trading_notices(_traded("close > lag(close, 1) and close < lag(close, 1)", zigzag))
    assert notice == "Nothing was traded: the parts of the entry were each true at times, but never at the same bar."


def test_what_is_never_known_is_named_whether_or_not_there_are_trades() -> None:
    nothing = np.full(30, np.nan)
    compiled = compile_spec(StrategySpec(name="x", long_entry='close > 0 and sentiment("reddit") > 0.1'))
    frame = Frame(flat_bars(RISING), {"reddit": SentimentColumns(nothing, nothing, np.zeros(30))})
    first, second = trading_notices(Traded(compiled, (frame,), (HALF,), 0, 0, 1))
    assert first == 'Never known in this period, so never true: sentiment("reddit") > 0.1.'
    assert second == "Nothing was traded, because what is never known is never true."
    assert trading_notices(Traded(compiled, (frame,), (HALF,), 3, 0, 1)) == (first,)


def test_a_condition_that_is_known_for_one_of_two_symbols_is_known() -> None:
    compiled = compile_spec(StrategySpec(name="x", long_entry='sentiment("reddit") > 0.1'))
    columns = [SentimentColumns(np.full(30, mean), np.full(30, mean), np.zeros(30)) for mean in (np.nan, 0.5)]
    frames = tuple(Frame(flat_bars(RISING), {"reddit": one}) for one in columns)
    assert trading_notices(Traded(compiled, frames, (HALF, HALF), 1, 0, 2)) == ()


def test_money_that_is_too_little_is_told_with_the_number_of_entries() -> None:
    first, second = trading_notices(_traded("close > 0", unfilled=15))
    assert first == "15 entries were not filled: the money was too little to buy anything."
    assert second == "Nothing was traded, although an entry was decided at 15 bars: the money was too little."


@pytest.mark.parametrize(
    ("crowded_out", "slots", "sentence"),
    [
        (1, 1, "1 entry was not filled: at most 1 position may be held at a time."),
        (1_200, 3, "1,200 entries were not filled: at most 3 positions may be held at a time."),
    ],
)
def test_entries_that_found_no_slot_are_counted(crowded_out: int, slots: int, sentence: str) -> None:
    traded = replace(_traded("close > 0", positions=5, slots=slots), crowded_out=crowded_out)
    assert trading_notices(traded) == (sentence,)


def test_an_entry_that_its_own_exit_voids_is_told() -> None:
    (notice,) = trading_notices(_traded("close > 0", long_exit="close > 0"))
    assert notice.startswith("Nothing was traded, although an entry was true at 15 bars: an exit or the other side")


def test_a_single_bar_cannot_trade() -> None:
    (notice,) = trading_notices(_traded("close > 0", [10.0], rows=slice(0, 1)))
    assert notice == "Nothing was traded: there is no bar at whose open a decision could be filled."


@pytest.mark.parametrize(
    ("top", "slots", "expected"),
    [
        (2, 2, "The rotation holds the best 2 of 2, so the rank leaves no symbol out."),
        (
            4,
            4,
            "The rotation holds the best 4 of 2, so the rank leaves no symbol out, and 50 % of the money always waits.",
        ),
    ],
)
def test_a_rotation_that_leaves_nothing_out_is_told(top: int, slots: int, expected: str) -> None:
    rotation = Rotation(rank="roc(close, 5)", top=top, every=1)
    assert trading_notices(_traded(None, RISING, RISING, rotation=rotation, positions=2, slots=slots)) == (expected,)


def test_a_rotation_that_chooses_more_than_it_may_hold_is_told() -> None:
    rotation = Rotation(rank="roc(close, 5)", top=3, every=1)
    traded = _traded(None, *[RISING] * 4, rotation=rotation, positions=2, slots=2)
    told = "The rotation chooses the best 3, of which at most 2 are held at the same time."
    assert trading_notices(traded) == (told,)


def test_a_rank_that_is_never_known_is_named() -> None:
    rotation = Rotation(rank="roc(close, 29)", top=1, every=1)
    traded = _traded(None, RISING, RISING, rotation=rotation, rows=slice(0, 20))
    assert "Never known in this period, so never true: the rank roc(close, 29)." in trading_notices(traded)


def test_a_symbol_without_enough_history_is_named() -> None:
    traded = _traded("close > sma(close, 20)", RISING, positions=1)
    short = Frame(_named("NEW", flat_bars([10.0] * 8)), {})
    both = Traded(traded.compiled, (*traded.frames, short), (HALF, slice(0, 8)), 1, 0, 2)
    assert trading_notices(both) == ("The strategy needs 19 bars to warm up, more than there are of NEW.",)


def test_a_volatility_target_without_history_is_named_as_a_reason() -> None:
    (notice,) = trading_notices(_traded("close > 0", sizing=Sizing(kind="volatility_target", value=0.2)))
    assert "a volatility target needs 20 bars before it" in notice


def _named(symbol: str, bars: Bars) -> Bars:
    return replace(bars, symbol=symbol)
