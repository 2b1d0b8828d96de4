"""A period starts flat after its warm-up and ends marked to market (rules 7, 10)."""

import pytest

from backend.domain.spec import Sizing
from tests.engine.simulation.scenarios import fills, free, play


def test_the_decision_at_the_last_warm_up_close_fills_at_the_first_open() -> None:
    simulation = play([10, 20, 40, 50], long_entry=[1], rows=slice(2, 4))

    (position,) = simulation.open_positions()
    assert (position.entry_price, position.units) == (40, 25)
    assert position.entry_time.isoformat() == "2020-01-03T14:30:00+00:00"
    assert simulation.equity.tolist() == [1000, 25 * 50]


def test_decisions_before_the_last_warm_up_close_are_not_carried_in() -> None:
    simulation = play([10, 20, 40, 50], long_entry=[0], rows=slice(2, 4))

    assert len(simulation.positions) == 0


def test_decisions_after_the_period_do_not_reach_it() -> None:
    simulation = play([10, 10, 20, 30, 40], long_entry=[0], long_exit=[2, 3], rows=slice(0, 3))

    assert simulation.trade_count == 0
    assert simulation.equity.size == 3


def test_an_open_position_is_marked_to_the_close_less_exit_cost() -> None:
    costs = free(commission_rate=0.25, slippage=0.25)
    # bought at 10 x 1.25 = 12.5: 1000 / (12.5 x 1.25) = 64 units; marked at 20 x 0.75 = 15: 960 less 240 = 720
    simulation = play([10, 10, 30, 20], costs=costs, long_entry=[0])

    (position,) = simulation.open_positions()
    assert simulation.trades() == ()
    assert simulation.trade_count == 0
    assert simulation.equity.tolist() == [1000, 64 * 10, 64 * 30, 720]
    assert (position.units, position.entry_price, position.marked_price) == (64, 12.5, 15)
    assert position.pnl == 720 - 1000
    assert position.bars_held == simulation.longest_holding == 3
    # slippage in 64 x 2.5 = 160, commission in 200, slippage out 64 x 5 = 320, commission out 240
    assert simulation.costs_paid == 160 + 200 + 320 + 240
    assert simulation.traded_value == 64 * 12.5  # nothing was sold


def test_an_open_short_is_marked_on_its_own_side() -> None:
    # sold 1000 / 7.5 at 7.5; leaving costs 10 x 1.25 a unit
    simulation = play([10, 10, 10], costs=free(slippage=0.25), short_entry=[0])

    (position,) = simulation.open_positions()
    assert (position.side, position.marked_price) == ("short", 12.5)
    assert simulation.equity[-1] == pytest.approx(1000 - 1000 / 7.5 * 5)


def test_weight_is_the_signed_share_of_equity_held_at_each_close() -> None:
    # 50 of 100 % long at bars 1 and 2; from the open of 3 short for half of the equity
    simulation = play(
        [10, 10, 20, 20, 40],
        sizing=Sizing(kind="fraction", value=0.5),
        long_entry=[0],
        short_entry=[2],
    )

    # bar 2: 50 x 20 of 1500; bar 3: -37.5 x 20 of 1500; bar 4: -37.5 x 40 of 1500 + 37.5 x (20 - 40) = 750
    assert simulation.weight.tolist() == pytest.approx([0, 0.5, 1000 / 1500, -0.5, -1500 / 750])


def test_returns_begin_against_the_capital() -> None:
    simulation = play([10, 12, 18], long_entry=[0], rows=slice(1, 3))

    assert simulation.returns.tolist() == [0, 0.5]


def test_a_period_of_one_bar_can_hold_a_trade() -> None:
    simulation = play([[10, 10, 10, 10], [10, 12, 9, 11]], long_entry=[0], rows=slice(1, 2))

    assert fills(simulation) == []
    assert simulation.equity.tolist() == [1100]
