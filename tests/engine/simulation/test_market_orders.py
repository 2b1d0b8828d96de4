"""Market orders: when a decision fills, what cancels it, how positions reverse (rules 1, 2, 8)."""

from typing import Any

import pytest

from backend.domain.spec import Risk
from tests.engine.simulation.scenarios import fills, free, only_trade, play


def test_a_decision_fills_at_the_next_open_and_never_on_its_own_bar() -> None:
    bars = [
        [10, 11, 9, 10],  # 0: decides to buy at its close
        [20, 21, 19, 20],  # 1: bought at the open 20: 1000 / 20 = 50 units
        [30, 31, 29, 30],  # 2: decides to sell at its close
        [40, 41, 39, 40],  # 3: sold at the open 40: 50 x 40 = 2000
    ]

    simulation = play(bars, long_entry=[0], long_exit=[2])

    assert fills(simulation) == [(1, 20, 3, 40, "signal")]
    assert simulation.equity.tolist() == [1000, 50 * 20, 50 * 30, 2000]


def test_a_market_order_is_stamped_with_the_start_of_the_bar_that_fills_it() -> None:
    trade = only_trade(play([10, 20, 30, 40], long_entry=[0], long_exit=[2]))

    assert trade.entry_time.isoformat() == "2020-01-02T14:30:00+00:00"
    assert trade.exit_time.isoformat() == "2020-01-04T14:30:00+00:00"
    assert trade.bars_held == 2  # the closes of bars 1 and 2


def test_a_decision_on_the_last_bar_never_trades() -> None:
    assert len(play([10, 20, 30], long_entry=[2]).positions) == 0

    held = play([10, 20, 30], long_entry=[0], long_exit=[2])

    assert held.trade_count == 0
    assert len(held.open_positions()) == 1


def test_a_reversal_closes_then_opens_at_the_same_open_for_two_commissions() -> None:
    # bar 1: 1000 / (10 x 1.25) = 80 units, commission 80 x 10 x 0.25 = 200
    # bar 3, long closed at 20: 1600 - 400 = 1200; short 1200 / (20 x 1.25) = 48 units, commission 240: cash 1920
    # bar 5, short closed at 10: 1920 - 480 - 120 = 1320
    prices = [10, 10, 15, 20, 16, 10]

    simulation = play(prices, costs=free(commission_rate=0.25), long_entry=[0], short_entry=[2], short_exit=[4])

    assert fills(simulation) == [(1, 10, 3, 20, "signal"), (3, 20, 5, 10, "signal")]
    assert [t.side for t in simulation.trades()] == ["long", "short"]
    assert [t.units for t in simulation.trades()] == [80, 48]
    assert simulation.equity.tolist() == [1000, 800, 1200, 1920 - 48 * 20, 1920 - 48 * 16, 1320]
    assert simulation.costs_paid == 200 + 400 + 240 + 120


def test_long_and_short_entry_at_once_is_no_trade() -> None:
    assert len(play([10, 10, 10, 10], long_entry=[0], short_entry=[0]).positions) == 0


def test_entry_and_exit_at_once_while_flat_is_no_trade() -> None:
    assert len(play([10, 10, 10, 10], long_entry=[0], long_exit=[0]).positions) == 0
    assert len(play([10, 10, 10, 10], short_entry=[0], short_exit=[0]).positions) == 0


def test_the_exit_of_the_other_side_does_not_cancel_an_entry() -> None:
    simulation = play([10, 10, 12], long_entry=[0], short_exit=[0])

    assert simulation.open_positions()[0].side == "long"


def test_contradicting_entries_while_held_leave_the_position_alone() -> None:
    simulation = play([10, 10, 11, 12], long_entry=[0, 1], short_entry=[1])

    assert len(simulation.positions) == 1
    assert simulation.open_positions()[0].side == "long"


def test_an_entry_with_its_own_exit_does_not_reverse() -> None:
    simulation = play([10, 10, 11, 12], long_entry=[0], short_entry=[1], short_exit=[1])

    assert simulation.trade_count == 0


def test_an_exit_with_contradicting_entries_only_exits() -> None:
    simulation = play([10, 10, 11, 12], long_entry=[0, 1], long_exit=[1], short_entry=[1])

    assert fills(simulation) == [(1, 10, 2, 11, "signal")]


def test_a_second_entry_of_the_side_that_is_held_is_ignored() -> None:
    simulation = play([10, 10, 20, 20], long_entry=[0, 1, 2])

    assert [p.units for p in simulation.open_positions()] == [100]


def test_time_exit_leaves_at_the_open_after_so_many_closes() -> None:
    # entered at the open of bar 1; the closes of 1 and 2 make two bars; out at the open of bar 3
    simulation = play([10, 10, 11, 12, 13], risk=Risk(max_holding_bars=2), long_entry=[0])

    assert fills(simulation) == [(1, 10, 3, 12, "time")]
    assert only_trade(simulation).bars_held == 2


def test_an_exit_signal_gives_its_name_to_a_time_exit_at_the_same_open() -> None:
    simulation = play([10, 10, 11, 12], risk=Risk(max_holding_bars=1), long_entry=[0], long_exit=[1])

    assert fills(simulation) == [(1, 10, 2, 11, "signal")]


def test_an_entry_that_stays_true_returns_one_bar_after_a_time_exit() -> None:
    # in at 1, out at the open of 2; the entry decided at the close of 1 is ignored, that of 2 fills at 3; out at 4
    simulation = play([10] * 5, risk=Risk(max_holding_bars=1), long_entry=range(5))

    assert fills(simulation) == [(1, 10, 2, 10, "time"), (3, 10, 4, 10, "time")]


def test_a_reversal_at_the_open_of_a_time_exit_is_filled() -> None:
    simulation = play([10, 10, 10, 10], risk=Risk(max_holding_bars=1), long_entry=[0], short_entry=[1])

    assert fills(simulation) == [(1, 10, 2, 10, "signal"), (2, 10, 3, 10, "time")]


@pytest.mark.parametrize("decisions", [{}, {"long_exit": [0, 1]}, {"short_exit": [0, 1]}])
def test_without_an_entry_nothing_trades(decisions: dict[str, Any]) -> None:
    simulation = play([10, 20, 30], **decisions)

    assert simulation.equity.tolist() == [1000, 1000, 1000]
    assert simulation.trades() == ()
    assert simulation.open_positions() == ()
    assert simulation.longest_holding == 0
    assert simulation.costs_paid == simulation.traded_value == 0
