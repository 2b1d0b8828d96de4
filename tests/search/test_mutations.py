"""Every kind of change: a worked example that differs in the place that was named."""

from typing import get_args

import pytest

from backend.domain.sessions import Change, ConditionRate, Observations
from backend.domain.spec import Risk, Sizing, StrategySpec
from backend.language import compile_spec
from backend.search.blocks import blocks
from backend.search.families import FAMILIES
from backend.search.mutations import MUTATIONS, Surroundings

TREND = FAMILIES["trend_cross"].build("long", None)
PULLBACK = FAMILIES["rsi_pullback"].build("both", None)
MOODY = FAMILIES["trend_sentiment"].build("long", "reddit")


def change(spec: StrategySpec, kind: str, place: str = "", around: Surroundings | None = None) -> StrategySpec | None:
    wanted = Change.model_validate({"kind": kind, "place": place, "reason": "test"})
    return MUTATIONS[kind](spec, wanted, around or Surroundings())


def changed(spec: StrategySpec, kind: str, place: str = "", around: Surroundings | None = None) -> StrategySpec:
    result = change(spec, kind, place, around)
    assert result is not None
    assert compile_spec(result).unused == ()
    return result


def rates(*values: float) -> Surroundings:
    measured = tuple(ConditionRate(expression=f"part {i}", rate=rate) for i, rate in enumerate(values))
    return Surroundings(observations=Observations(gross_return=0.1, condition_rates=measured))


def test_there_is_a_mutation_for_every_kind_of_change() -> None:
    assert set(MUTATIONS) == set(get_args(Change.model_fields["kind"].annotation))


def test_relaxing_drops_the_part_that_was_true_least_often_on_both_sides() -> None:
    # long: rsi part 3 %, trend part 60 %; short: the same parts in the same order
    relaxed = changed(PULLBACK, "relax_condition", around=rates(0.03, 0.6, 0.02, 0.4))
    assert relaxed.long_entry == "close > sma(close, trend)"
    assert relaxed.short_entry == "close < sma(close, trend)"
    relaxed = changed(PULLBACK, "relax_condition", around=rates(0.6, 0.03, 0.4, 0.02))
    assert relaxed.long_entry == "rsi(close, window) < oversold"
    assert "trend" not in {p.name for p in relaxed.parameters}


def test_without_measurements_the_named_part_is_dropped() -> None:
    relaxed = changed(PULLBACK, "relax_condition", "rsi(close, window) < oversold")
    assert relaxed.long_entry == "close > sma(close, trend)"


@pytest.mark.parametrize(
    ("family", "name", "value", "low", "high"),
    [
        # zscore < -depth: the less depth the more often; halfway from 1.5 to its low bound 0.3 is 0.9
        ("mean_reversion", "depth", 0.9, 0.3, 0.9),
        # roc > hurdle: the hurdle is at its lowest bound already, only the range shrinks
        ("momentum", "hurdle", 0.0, 0.0, 0.0),
    ],
)
def test_relaxing_a_single_part_loosens_its_threshold(
    family: str, name: str, value: float, low: float, high: float
) -> None:
    relaxed = changed(FAMILIES[family].build("long", None), "relax_condition")
    parameter = next(p for p in relaxed.parameters if p.name == name)
    assert (parameter.value, parameter.low, parameter.high) == (value, low, high)


def test_a_threshold_is_loosened_upwards_where_that_is_the_permissive_side() -> None:
    spec = PULLBACK.model_copy(update={"long_entry": "rsi(close, window) < oversold", "short_entry": None})
    oversold = changed(
        spec.model_copy(update={"short_exit": None, "long_exit": None, "parameters": PULLBACK.parameters[:2]}),
        "relax_condition",
    ).parameters[1]
    # halfway from 30 to 45
    assert (oversold.value, oversold.low, oversold.high) == (37.5, 37.5, 45.0)


def test_a_part_without_a_threshold_cannot_be_relaxed() -> None:
    assert change(TREND, "relax_condition") is None


def test_targeting_volatility_changes_the_sizing() -> None:
    sized = changed(TREND, "target_volatility")
    assert sized.sizing == Sizing(kind="volatility_target", value=0.15)
    assert sized.model_copy(update={"sizing": TREND.sizing}) == TREND
    assert changed(sized, "target_volatility").sizing.value == pytest.approx(0.1)


def test_adding_a_stop_sets_the_named_one_and_halves_it_the_next_time() -> None:
    assert changed(TREND, "add_stop", "risk.stop_loss").risk == Risk(stop_loss=0.08)
    trailing = changed(TREND, "add_stop", "risk.trailing_stop")
    assert trailing.risk == Risk(trailing_stop=0.12)
    assert changed(trailing, "add_stop", "risk.trailing_stop").risk == Risk(trailing_stop=0.06)


def test_adding_a_regime_filter_joins_a_part_to_the_entries() -> None:
    filtered = changed(TREND, "add_regime_filter")
    assert filtered.long_entry == f"{TREND.long_entry} and close > sma(close, regime)"
    assert filtered.long_exit == TREND.long_exit
    calm = changed(PULLBACK, "add_regime_filter", "in calm markets")
    assert calm.short_entry is not None
    assert calm.short_entry.endswith("< calm")
    assert change(filtered, "add_regime_filter") is None


def test_slowing_down_lengthens_windows_and_makes_exits_wait() -> None:
    slower = changed(TREND, "slow_down")
    fast = next(p for p in slower.parameters if p.name == "fast")
    # 10 bars of 3..24 become 15 of 4..24
    assert (fast.value, fast.low, fast.high) == (15.0, 4.0, 24.0)
    assert slower.long_exit == f"count({TREND.long_exit}, patience) >= patience"
    assert slower.long_entry == TREND.long_entry
    again = changed(slower, "slow_down")
    assert again.long_exit == slower.long_exit
    assert again.parameters[0].value == 22.0


def test_carrying_sentiment_forward_makes_its_age_a_parameter() -> None:
    carried = changed(MOODY, "carry_sentiment_forward")
    assert carried.series[0].expression == 'sma(last_known(sentiment("reddit"), memory), smooth)'
    assert [p.name for p in carried.parameters][-1] == "memory"
    assert change(carried, "carry_sentiment_forward") is None
    assert change(TREND, "carry_sentiment_forward") is None


def test_carrying_bare_sentiment_forward_wraps_it() -> None:
    bare = TREND.model_copy(update={"long_entry": f'{TREND.long_entry} and sentiment("news") > 0.1'})
    carried = changed(bare, "carry_sentiment_forward")
    assert carried.long_entry == f'{TREND.long_entry} and last_known(sentiment("news"), memory) > 0.1'


def test_dropping_sentiment_leaves_the_price_parts() -> None:
    dropped = changed(MOODY, "drop_sentiment")
    assert dropped.long_entry == "close > sma(close, trend)"
    assert dropped.long_exit == "close < sma(close, trend)"
    assert dropped.series == ()
    assert compile_spec(dropped).channels == frozenset()


def test_sentiment_cannot_be_dropped_where_it_is_all_there_is() -> None:
    assert change(FAMILIES["sentiment_momentum"].build("long", "reddit"), "drop_sentiment") is None
    assert change(TREND, "drop_sentiment") is None


def test_switching_takes_the_named_family_or_the_first_preferred_one() -> None:
    around = Surroundings(direction="short", families=("breakout", "momentum"))
    assert changed(TREND, "switch_family", around=around) == FAMILIES["breakout"].build("short", None)
    assert changed(TREND, "switch_family", "momentum") == FAMILIES["momentum"].build("long", None)
    assert change(TREND, "switch_family", "attention_spike") is None
    assert change(TREND, "switch_family") is None


def test_refining_adds_the_named_block_or_the_first_that_fits() -> None:
    assert changed(TREND, "refine", "a take profit").risk == Risk(take_profit=0.2)
    assert changed(TREND, "refine").risk == Risk(stop_loss=0.08)
    full = TREND
    for add in blocks("all").values():
        full = add(full) or full
    assert change(full, "refine") is None
