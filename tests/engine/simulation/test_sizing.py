"""How large a position is: fraction, risk, volatility, whole shares; the cap on shorts; liquidation (rules 6, 9)."""

import math
import statistics
from typing import Any

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.spec import Risk, Sizing
from backend.engine.simulation import Rules
from tests.engine.simulation.scenarios import fills, free, only_trade, play

CALM = [100, 101, 99, 100]


def test_a_fraction_of_equity_includes_its_commission() -> None:
    # half of 1000 = units x 10 x 1.25: 40 units, 500 stay cash
    simulation = play(
        [10, 10, 20], costs=free(commission_rate=0.25), sizing=Sizing(kind="fraction", value=0.5), long_entry=[0]
    )

    assert simulation.positions["units"].tolist() == [40]
    assert simulation.equity[1] == 500 + 40 * 10


def test_the_size_is_fixed_at_entry_and_follows_the_equity_at_the_next_entry() -> None:
    # 500 of 1000 buy 50 units at 10; they double: equity 1500, of which 750 buy 37.5 units at 20
    simulation = play(
        [10, 10, 20, 20, 20, 20],
        sizing=Sizing(kind="fraction", value=0.5),
        long_entry=[0, 3],
        long_exit=[2],
    )

    assert simulation.positions["units"].tolist() == [50, 37.5]


def test_risk_per_trade_loses_exactly_its_share_when_the_stop_fills_at_its_level() -> None:
    # 2 % of 1000 = 20; a unit bought at 100 loses 10 at the stop 90: 2 units
    bars = [CALM, CALM, [95, 96, 85, 88]]
    sizing = Sizing(kind="risk_per_trade", value=0.02)

    simulation = play(bars, sizing=sizing, risk=Risk(stop_loss=0.1), long_entry=[0])

    assert simulation.positions["units"].tolist() == pytest.approx([2])
    assert simulation.equity[-1] == pytest.approx(980)


@pytest.mark.parametrize("decisions", [{"long_entry": [0]}, {"short_entry": [0]}])
def test_risk_per_trade_includes_every_cost_of_both_sides(decisions: dict[str, Any]) -> None:
    costs = free(commission_rate=0.01, commission_fixed=2, slippage=0.005)
    bars = [CALM, CALM, [100, 150, 50, 100]]
    sizing = Sizing(kind="risk_per_trade", value=0.05)

    simulation = play(bars, costs=costs, sizing=sizing, risk=Risk(stop_loss=0.1), **decisions)

    assert only_trade(simulation).exit_reason == "stop"
    assert simulation.equity[-1] == pytest.approx(950, rel=1e-12)


def test_risk_per_trade_never_spends_more_than_all_cash() -> None:
    # 50 % at risk with a stop 1 % away would be 500 units of 100; 10 is all-in
    simulation = play(
        [CALM, CALM], sizing=Sizing(kind="risk_per_trade", value=0.5), risk=Risk(stop_loss=0.01), long_entry=[0]
    )

    assert simulation.positions["units"].tolist() == [10]


def test_risk_per_trade_without_a_stop_loss_is_refused() -> None:
    with pytest.raises(InvalidInput, match="risk_per_trade has no stop_loss"):
        Rules(Sizing(kind="risk_per_trade", value=0.01), Risk(trailing_stop=0.1))


def _alternating(bars: int) -> list[float]:
    """Closes that rise by 2 % and fall by 2 % in turn."""
    closes = [100.0]
    for bar in range(1, bars):
        closes.append(closes[-1] * (1.02 if bar % 2 else 0.98))
    return closes


def test_a_volatility_target_sizes_by_the_last_twenty_closed_bars() -> None:
    # ten returns of +2 % and ten of -2 %: standard deviation (ddof 1) 0.02 x sqrt(20 / 19), x sqrt(252) a year
    closes = [*_alternating(21), 300.0, 300.0]
    volatility = 0.02 * math.sqrt(20 / 19) * math.sqrt(252)
    closes[21] = closes[20]  # the bar that fills the entry is not closed yet when the size is fixed

    simulation = play(closes, sizing=Sizing(kind="volatility_target", value=0.1), long_entry=[20])

    assert simulation.positions["units"].tolist() == pytest.approx([1000 * 0.1 / volatility / closes[21]])
    assert statistics.stdev([0.02, -0.02] * 10) == pytest.approx(0.02 * math.sqrt(20 / 19))


def test_a_volatility_target_never_uses_leverage() -> None:
    calm = [100.0] * 23

    simulation = play(calm, sizing=Sizing(kind="volatility_target", value=0.1), long_entry=[20])

    assert simulation.positions["units"].tolist() == [10]


def test_a_volatility_target_does_not_trade_before_twenty_bars_are_closed() -> None:
    closes = _alternating(30)

    early = play(closes, sizing=Sizing(kind="volatility_target", value=0.1), long_entry=[19])
    warm = play(closes, sizing=Sizing(kind="volatility_target", value=0.1), long_entry=[20], rows=slice(21, 30))

    assert len(early.positions) == 0
    assert len(warm.positions) == 1  # warm-up bars count


def test_whole_shares_are_whole_at_the_raw_price() -> None:
    # adjusted 30 at a ratio of 0.25: the raw share costs 120, 1000 buy 8.33, so 8 of them are 32 adjusted units
    simulation = play([30, 30, 40], terms={"whole_shares": True}, adjustment=[0.25] * 3, long_entry=[0])

    assert simulation.positions["units"].tolist() == [32]
    assert simulation.equity.tolist() == [1000, 1000, 40 + 32 * 40]


def test_the_ratio_of_the_entry_bar_decides_what_a_whole_share_is() -> None:
    # at the entry a raw share is two adjusted ones: 33.3 units are 16.6 raw shares, 16 of which are 32 units
    simulation = play([30, 30, 40], terms={"whole_shares": True}, adjustment=[1, 0.5, 1], long_entry=[0])

    assert simulation.positions["units"].tolist() == [32]


def test_fractional_units_know_no_ratio() -> None:
    simulation = play([30, 30, 40], adjustment=[0.25] * 3, long_entry=[0])

    assert simulation.positions["units"].tolist() == [1000 / 30]


def test_whole_shares_are_rounded_down() -> None:
    # 1000 / 30 = 33.3: 33 units for 990, 10 stay cash
    simulation = play([30, 30, 40], terms={"whole_shares": True}, long_entry=[0])

    assert simulation.positions["units"].tolist() == [33]
    assert simulation.equity.tolist() == [1000, 1000, 10 + 33 * 40]


def test_a_capital_too_small_for_one_share_is_no_trade() -> None:
    simulation = play([300, 300, 400, 400], capital=299, terms={"whole_shares": True}, long_entry=[0], long_exit=[2])

    assert simulation.equity.tolist() == [299] * 4
    assert len(simulation.positions) == 0


def test_a_share_that_only_its_commission_makes_too_dear_is_not_bought() -> None:
    simulation = play(
        [100] * 3, capital=100, costs=free(commission_fixed=0.01), terms={"whole_shares": True}, long_entry=[0]
    )

    assert len(simulation.positions) == 0


def test_a_short_is_mirrored_and_capped_at_the_equity() -> None:
    # 1000 / (10 x 1.25) = 80 units sold at 10: cash 1000 + 800 - 200 = 1600; bought back at 5: 1600 - 400 - 100
    simulation = play([10, 10, 5, 5], costs=free(commission_rate=0.25), short_entry=[0], short_exit=[1])

    trade = only_trade(simulation)
    assert (trade.side, trade.units) == ("short", 80)
    assert trade.units * trade.entry_price * 1.25 == 1000
    assert simulation.equity.tolist() == [1000, 1600 - 80 * 10, 1100, 1100]
    assert trade.return_ == 0.1


def test_a_short_is_liquidated_at_the_close_without_equity_and_trading_ends() -> None:
    # sold 100 at 10: cash 2000; the close of 25 leaves 2000 - 2500 = -500; what is owed stays owed
    simulation = play([10, 10, 19, 25, 5, 5, 5], short_entry=[0, 4], long_entry=[5])

    assert fills(simulation) == [(1, 10, 3, 25, "liquidation")]
    assert simulation.equity.tolist() == [1000, 1000, 100, -500, -500, -500, -500]
    assert only_trade(simulation).exit_time.isoformat() == "2020-01-04T21:00:00+00:00"
    assert simulation.returns.tolist()[3:] == [-6, 0, 0, 0]


def test_an_equity_of_exactly_zero_is_liquidated_too() -> None:
    simulation = play([10, 10, 20, 5], short_entry=[0])

    assert fills(simulation) == [(1, 10, 2, 20, "liquidation")]
    assert simulation.equity.tolist() == [1000, 1000, 0, 0]
    assert simulation.returns.tolist() == [0, 0, -1, 0]


def test_a_stop_that_gaps_beyond_all_equity_ends_trading() -> None:
    bars = [CALM, CALM, [300, 301, 299, 300], CALM, CALM]

    simulation = play(bars, risk=Risk(stop_loss=0.1), short_entry=[0, 3], long_entry=[2])

    assert fills(simulation) == [(1, 100, 2, 300, "stop")]
    assert simulation.equity.tolist() == [1000, 1000, -1000, -1000, -1000]
