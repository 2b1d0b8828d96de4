"""Several symbols over one cash account: slots, order, sizes and what happens first within a moment."""

from dataclasses import replace

import numpy as np
import pytest

from backend.domain.spec import Risk, Sizing
from tests.engine.portfolio.scenarios import book, fills, held, play
from tests.engine.simulation.scenarios import free


def test_every_symbol_is_bought_for_an_equal_part_of_the_equity() -> None:
    simulation = play(book("A", [10, 10, 20], long_entry=[0]), book("B", [5, 5, 5], long_entry=[0]))

    # 1000 / 2 slots: 50 of A at 10, 100 of B at 5
    assert held(simulation) == [("A", 1, 50), ("B", 1, 100)]
    assert simulation.equity.tolist() == [1000, 1000, 50 * 20 + 100 * 5]
    assert simulation.weights.tolist() == [[0, 0.5, 1000 / 1500], [0, 0.5, 500 / 1500]]
    assert simulation.weight.tolist() == [0, 1, 1]
    assert (simulation.slots, simulation.bars_held, simulation.crowded_out) == (2, 2, 0)


def test_an_entry_takes_its_part_of_what_the_account_is_worth_by_then() -> None:
    # at the open of 2 A is worth 50 x 20 = 1000 and the cash is 500: B gets 1500 / 2 = 750, but only 500 is there
    simulation = play(book("A", [10, 10, 20, 20], long_entry=[0]), book("B", [5, 5, 5, 5], long_entry=[1]))

    assert held(simulation) == [("A", 1, 50), ("B", 2, 100)]


def test_the_stated_order_decides_who_gets_the_only_slot() -> None:
    a, b = book("A", [10, 10, 10], long_entry=[0]), book("B", [5, 5, 5], long_entry=[0])

    assert held(play(a, b, max_positions=1)) == [("A", 1, 100)]
    assert held(play(b, a, max_positions=1)) == [("B", 1, 200)]
    assert play(a, b, max_positions=1).crowded_out == 1


def test_an_entry_that_found_no_slot_lapses() -> None:
    a = book("A", [10, 10, 10, 10, 10], long_entry=[0], long_exit=[1])

    simulation = play(a, book("B", [5, 5, 5, 5, 5], long_entry=[0]), max_positions=1)

    assert fills(simulation) == [("A", 1, 10, 2, 10, "signal")]
    assert held(simulation) == []


def test_exits_free_cash_and_slot_for_entries_of_the_same_open() -> None:
    # B stands first, but A leaves before it enters: 100 x 12 = 1200 buys 240 at 5
    b = book("B", [5, 5, 5, 5], long_entry=[1])
    a = book("A", [10, 10, 12, 12], long_entry=[0], long_exit=[1])

    simulation = play(b, a, max_positions=1)

    assert fills(simulation) == [("A", 1, 10, 2, 12, "signal")]
    assert held(simulation) == [("B", 2, 240)]


def test_a_stop_within_the_bar_frees_nothing_for_entries_of_its_open() -> None:
    # A falls through its stop of 9 during bar 2; at the open of 2 its slot was still taken
    a = book("A", [10, 10, [10, 10, 8, 8], 8], long_entry=[0])
    b = book("B", [5, 5, 5, 5], long_entry=[1])

    for profile in ("default", "backtesting", "vectorbt"):
        simulation = play(a, b, max_positions=1, risk=Risk(stop_loss=0.1), profile=profile)

        assert fills(simulation) == [("A", 1, 10, 2, 9, "stop")]
        assert (held(simulation), simulation.crowded_out) == ([], 1)


def test_a_reversal_keeps_its_slot_from_others_that_stand_later() -> None:
    a = book("A", [10, 10, 10, 10], long_entry=[0], short_entry=[1])

    simulation = play(a, book("B", [5, 5, 5, 5], long_entry=[1]), max_positions=1)

    assert fills(simulation) == [("A", 1, 10, 2, 10, "signal")]
    assert [(p.symbol, p.side) for p in simulation.open_positions()] == [("A", "short")]


def test_what_is_sold_short_binds_its_value_and_its_proceeds() -> None:
    # A is sold for 1000 x 50 % = 500: cash 1500, of which 500 are owed and 500 are bound: free for B are 500
    a, b = book("A", [10] * 4, short_entry=[0]), book("B", [5] * 4, long_entry=[1])

    simulation = play(a, b)

    assert held(simulation) == [("A", 1, 50), ("B", 2, 100)]
    assert simulation.weights[:, 2].tolist() == [-0.5, 0.5]
    assert simulation.weight[2] == 0


def test_a_short_that_has_risen_leaves_less_for_others() -> None:
    # at 15 the short is worth 750, the equity 1500 - 750 = 750; free is 750 - 750 = 0
    simulation = play(book("A", [10, 10, 15, 15], short_entry=[0]), book("B", [5] * 4, long_entry=[1]))

    assert held(simulation) == [("A", 1, 50)]
    assert simulation.unfilled == 1


def test_sizes_are_shares_of_the_slot() -> None:
    half = Sizing(kind="fraction", value=0.5)
    a, b = book("A", [10, 10, 10], long_entry=[0]), book("B", [5, 5, 5], long_entry=[0])

    # half of 500 each
    assert held(play(a, b, sizing=half)) == [("A", 1, 25), ("B", 1, 50)]
    # 2 % of 500 = 10 lost at the stop 10 % below: 10 units of A at a loss of 1, 20 of B at a loss of 0.5
    risk = play(a, b, sizing=Sizing(kind="risk_per_trade", value=0.02), risk=Risk(stop_loss=0.1))
    assert [units for _, _, units in held(risk)] == pytest.approx([10, 20])


def test_fees_are_part_of_the_slot_and_cash_ends_at_zero() -> None:
    costs = free(commission_rate=0.25, commission_fixed=50)
    # 500 each: (500 - 50) / (10 x 1.25) = 36 units: 360 + 90 + 50
    simulation = play(book("A", [10] * 3, long_entry=[0]), book("B", [10] * 3, long_entry=[0]), costs=costs)

    assert held(simulation) == [("A", 1, 36), ("B", 1, 36)]
    assert simulation.equity[1] == 720
    # leaving at the end: 360 less 90 and 50, twice
    assert simulation.equity[2] == 2 * (360 - 90 - 50)


def test_ruin_of_the_whole_account_ends_it_with_every_symbol() -> None:
    # short 50 of A at 10 and long 100 of B at 5: at 31, A costs 1550, B is worth 500: 1500 - 500 + 500 - 1550 < 0
    a = book("A", [10, 10, 31, 31, 31], short_entry=[0])
    b = book("B", [5] * 5, long_entry=[0, 2, 3])

    simulation = play(a, b)

    assert fills(simulation) == [("A", 1, 10, 2, 31, "liquidation"), ("B", 1, 5, 2, 5, "liquidation")]
    assert simulation.equity.tolist() == [1000, 1000, -50, -50, -50]
    assert held(simulation) == []


def test_one_symbol_may_lose_more_than_its_slot_while_the_account_stands() -> None:
    # A loses 50 x 15 = 750 of 1000; B holds the account above zero, so nobody is liquidated
    simulation = play(book("A", [10, 10, 25, 25], short_entry=[0]), book("B", [5] * 4, long_entry=[0]))

    assert fills(simulation) == []
    assert simulation.equity.tolist() == [1000, 1000, 250, 250]


def test_rates_are_paid_and_earned_on_the_whole_account() -> None:
    simulation = play(
        book("A", [10] * 3, short_entry=[0]),
        book("B", [5] * 3, long_entry=[0]),
        sizing=Sizing(kind="fraction", value=0.6),
        borrow_rate=0.252,
        interest_rate=0.126,
    )

    # bar 0: 1000 idle earn 0.0005: 0.5. Slots of 500.25, 60 % are 300.15: A is sold and B bought for as much, so the
    # cash is 1000.5 again. Borrowing costs 300.15 x 0.001; then 1000.5 - 0.30015 - 300.15 idle earn 0.0005, and so on
    value, cash, paid, earned = 300.15, 1000.5, 0.0, 0.5
    for _ in range(2):
        paid, cash = paid + value * 0.001, cash - value * 0.001
        interest = (cash - value) * 0.0005
        earned, cash = earned + interest, cash + interest
    assert simulation.financing.borrow_paid == pytest.approx(paid)
    assert simulation.financing.interest_earned == pytest.approx(earned)
    assert simulation.equity[-1] == pytest.approx(cash)


def test_whole_shares_are_whole_at_the_raw_price_of_each_symbol() -> None:
    a = book("A", [3, 3, 3], long_entry=[0])
    split = replace(a, bars=replace(a.bars, adjustment=np.array([0.25, 0.25, 0.25])))

    # 500 / 3 = 166.67 adjusted units are 41.67 shares at the raw price of 12: 41 shares are 164 units
    simulation = play(split, book("B", [3, 3, 3], long_entry=[0]), whole_shares=True)

    assert held(simulation) == [("A", 1, 164), ("B", 1, 166)]
