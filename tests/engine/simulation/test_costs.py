"""Commission and slippage, on both sides and on the fills that they apply to (rules 5, 6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.execution import Costs
from backend.domain.spec import Risk
from tests.engine.simulation.scenarios import fills, free, only_trade, play

CALM = [100, 101, 99, 100]


def test_all_in_size_includes_the_commission_so_cash_ends_at_zero() -> None:
    # 1000 = units x 10 x (1 + 0.25): 80 units; equity after the fill = 80 x 10
    simulation = play([10, 10, 10], costs=free(commission_rate=0.25), long_entry=[0])

    assert simulation.positions["units"].tolist() == [80]
    assert simulation.equity[1] == 800


def test_commission_is_paid_on_both_sides() -> None:
    # in: 80 units at 10, commission 200; out at 20: 1600 less 400 = 1200
    simulation = play([10, 10, 20, 20], costs=free(commission_rate=0.25), long_entry=[0], long_exit=[1])

    assert simulation.equity[-1] == 1200
    assert simulation.costs_paid == 600
    assert simulation.traded_value == 800 + 1600
    assert only_trade(simulation).pnl == 200
    assert only_trade(simulation).return_ == 0.2  # of the 1000 put in


def test_a_fixed_commission_is_paid_per_order() -> None:
    # in: (1000 - 100) / 10 = 90 units; out at 20: 1800 - 100 = 1700
    simulation = play([10, 10, 20, 20], costs=free(commission_fixed=100), long_entry=[0], long_exit=[1])

    assert simulation.positions["units"].tolist() == [90]
    assert simulation.equity.tolist() == [1000, 900, 1700, 1700]
    assert simulation.costs_paid == 200


def test_a_commission_above_the_capital_is_no_trade() -> None:
    simulation = play([10, 10, 20], costs=free(commission_fixed=1000), long_entry=[0])

    assert len(simulation.positions) == 0
    assert simulation.equity.tolist() == [1000, 1000, 1000]


def test_slippage_is_adverse_on_market_orders() -> None:
    # long: bought at 100 x 1.25 = 125 (8 units), sold at 100 x 0.75 = 75: 600
    long = play([100] * 4, costs=free(slippage=0.25), long_entry=[0], long_exit=[1])
    # short: sold at 75 (1000 / 75 units), bought back at 125
    short = play([100] * 4, costs=free(slippage=0.25), short_entry=[0], short_exit=[1])

    assert fills(long) == [(1, 125, 2, 75, "signal")]
    assert long.equity.tolist() == [1000, 800, 600, 600]
    assert long.costs_paid == 8 * 25 + 8 * 25
    assert fills(short) == [(1, 75, 2, 125, "signal")]
    assert short.equity[-1] == pytest.approx(1000 - 1000 / 75 * 50)


@pytest.mark.parametrize(
    ("risk", "bar", "price"),
    [
        (Risk(stop_loss=0.5), [100, 100, 50, 60], 62.5 * 0.75),  # stop 125 x 0.5, then slippage
        (Risk(trailing_stop=0.5), [100, 100, 50, 60], 62.5 * 0.75),
        (Risk(take_profit=0.2), [100, 160, 100, 140], 150),  # target 125 x 1.2, no slippage
        (Risk(take_profit=0.2), [155, 160, 150, 150], 155),  # gapped target, no slippage
    ],
)
def test_slippage_is_adverse_on_stops_and_absent_on_targets(risk: Risk, bar: list[float], price: float) -> None:
    simulation = play([CALM, CALM, bar], costs=free(slippage=0.25), risk=risk, long_entry=[0])

    assert only_trade(simulation).exit_price == price


def test_a_time_exit_slips_like_any_market_order() -> None:
    simulation = play([100] * 3, costs=free(slippage=0.25), risk=Risk(max_holding_bars=1), long_entry=[0])

    assert fills(simulation) == [(1, 125, 2, 75, "time")]


def test_a_fixed_commission_is_owed_in_full_where_the_sale_brings_less() -> None:
    # in: (1000 - 100) / 90 = 10 units, no cash left; sold at 1: 10 - 100 = -90, and trading ends
    simulation = play([90, 90, 1, 1, 1], costs=free(commission_fixed=100), long_entry=[0, 2, 3], long_exit=[1])

    assert simulation.equity.tolist() == [1000, 900, -90, -90, -90]


@given(
    st.lists(st.floats(1, 1000), min_size=4, max_size=30),
    st.builds(
        Costs,
        commission_rate=st.floats(0, 0.4),
        commission_fixed=st.floats(0, 500),
        slippage=st.floats(0, 0.4),
    ),
    st.booleans(),
)
def test_an_entry_never_takes_cash_below_zero(prices: list[float], costs: Costs, whole: bool) -> None:
    odd = range(1, len(prices), 2)

    simulation = play(
        prices, costs=costs, terms={"whole_shares": whole}, long_entry=range(0, len(prices), 2), long_exit=odd
    )

    value = simulation.equity * simulation.weight
    cash = (simulation.equity - value)[:-1][value[:-1] > 0]  # the last close is after the cost of leaving
    assert (cash >= -1e-9 * value.max()).all()
    assert costs.commission_fixed > 0 or (simulation.equity >= 0).all()


@given(st.lists(st.floats(1, 1000), min_size=3, max_size=30), st.floats(0, 0.1), st.floats(0, 0.1))
def test_profits_of_trades_and_open_position_add_up_to_the_equity(
    prices: list[float], rate: float, slip: float
) -> None:
    costs = free(commission_rate=rate, slippage=slip)

    simulation = play(prices, costs=costs, long_entry=range(0, len(prices), 3), short_entry=range(1, len(prices), 3))

    earned = sum(t.pnl for t in simulation.trades()) + sum(p.pnl for p in simulation.open_positions())
    assert simulation.equity[-1] == pytest.approx(1000 + earned, rel=1e-9, abs=1e-6)
