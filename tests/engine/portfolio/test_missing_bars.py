"""Symbols that have no bar at a moment, start late, or end early."""

import numpy as np

from backend.domain.spec import Risk
from backend.engine.portfolio import RotationRules
from tests.engine.portfolio.scenarios import book, fills, held, play


def test_a_decision_fills_at_the_next_bar_of_its_own_symbol() -> None:
    a = book("A", [10, None, None, 20, 20], long_entry=[0])

    simulation = play(a, book("B", [5] * 5))

    # decided on day 0, filled on day 3: 500 / 20
    assert held(simulation) == [("A", 3, 25)]
    assert simulation.end.size == 5


def test_a_symbol_without_a_bar_does_not_trade_and_is_worth_its_last_close() -> None:
    a = book("A", [10, 10, [10, 14, 10, 14], None, [20, 20, 20, 20]], long_entry=[0], long_exit=[2])

    simulation = play(a, book("B", [5] * 5, long_entry=[2]))

    # no bar on day 3: worth 50 x 14 there, so B gets (500 + 700) / 2, of which 500 are free; A leaves on day 4
    assert simulation.equity.tolist() == [1000, 1000, 1200, 1200, 1500]
    assert fills(simulation) == [("A", 1, 10, 4, 20, "signal")]
    assert held(simulation) == [("B", 3, 100)]
    assert simulation.weights[0].tolist() == [0, 0.5, 700 / 1200, 700 / 1200, 0]


def test_a_holding_is_counted_in_bars_of_its_own() -> None:
    a = book("A", [10, 10, None, None, 10, 10], long_entry=[0])

    simulation = play(a, book("B", [5] * 6), risk=Risk(max_holding_bars=2))

    assert fills(simulation) == [("A", 1, 10, 5, 10, "time")]
    assert simulation.trades()[0].bars_held == simulation.longest_holding == 2
    assert simulation.bars_held == 4  # moments at whose close something was held


def test_ruin_reaches_a_symbol_without_a_bar_at_its_last_close() -> None:
    a = book("A", [10, 10, 31, 31], short_entry=[0])
    b = book("B", [5, 5, None, 5], long_entry=[0])

    simulation = play(a, b)

    assert fills(simulation) == [("A", 1, 10, 2, 31, "liquidation"), ("B", 1, 5, 2, 5, "liquidation")]
    (_, trade) = simulation.trades()
    assert (trade.exit_time, trade.bars_held) == (simulation.trades()[0].exit_time, 1)


def test_a_symbol_that_ends_is_held_at_its_last_close_to_the_end() -> None:
    simulation = play(book("A", [10, 10, 12], long_entry=[0], long_exit=[2]), book("B", [5] * 5))

    assert simulation.equity.tolist() == [1000, 1000, 1100, 1100, 1100]
    assert [(p.symbol, p.marked_price, p.bars_held) for p in simulation.open_positions()] == [("A", 12, 2)]


def test_warm_up_of_one_symbol_may_be_shorter_than_that_of_another() -> None:
    # the period begins on day 2: A decides on day 1, its last bar before it; B is listed on day 3
    a = book("A", [10, 10, 10, 10, 10], start=2, long_entry=[1])
    b = book("B", [None, None, None, 4, 5], long_entry=[0])

    simulation = play(a, b)

    assert held(simulation) == [("A", 0, 50), ("B", 2, 100)]
    assert simulation.session.tolist() == a.bars.session[2:].tolist()


def test_the_benchmark_buys_each_symbol_at_its_first_open_and_holds() -> None:
    a = book("A", [[10, 20, 10, 20], 30, None, 40])
    b = book("B", [None, [5, 5, 5, 5], 10, 5])

    simulation = play(a, b)

    # 500 / 10 = 50 of A from the first open; 500 wait and buy 100 of B at 5 on day 1
    assert simulation.benchmark.tolist() == [50 * 20 + 500, 50 * 30 + 500, 50 * 30 + 1000, 50 * 40 + 500]
    assert simulation.benchmark_start == 1000


def test_a_choice_passes_over_a_symbol_without_a_bar_at_that_close() -> None:
    # B ranks higher, but has no bar on day 0; it is chosen on day 2 and enters on day 3
    a = book("A", [10] * 5, rank=[1] * 5)
    b = book("B", [None, 10, 10, 10, 10], rank=[2] * 4)

    simulation = play(a, b, rotation=RotationRules(top=1, every=2))

    assert fills(simulation) == [("A", 1, 10, 3, 10, "signal")]
    assert held(simulation) == [("B", 3, 100)]


def test_a_later_choice_overrules_an_entry_that_still_waits() -> None:
    # B is chosen on day 0 and has no bar until day 4; on day 2 it cannot be chosen, so it does not enter on day 4
    a = book("A", [10] * 6, rank=[1] * 6)
    b = book("B", [10, None, None, None, 10, 10], rank=[2, 0, 0])

    simulation = play(a, b, rotation=RotationRules(top=1, every=2))

    assert held(simulation) == [("A", 3, 100)]
    assert np.count_nonzero(simulation.weights[1]) == 0
