"""Holding the best few: when choices are made, who is chosen, who stays and who leaves."""

import numpy as np
import pytest

from backend.domain.spec import Risk
from backend.engine.portfolio import RotationRules
from tests.engine.portfolio.scenarios import book, fills, held, play

FLAT = [10] * 7


def test_the_first_close_chooses_where_nothing_comes_before() -> None:
    simulation = play(book("A", FLAT, rank=range(7)), rotation=RotationRules(top=1, every=3))

    assert held(simulation) == [("A", 1, 100)]


def test_the_last_close_before_the_period_chooses_for_its_first_open() -> None:
    # choices at the warm-up close (day 1), then every 2 closes: days 3 and 5; fills on days 2, 4, 6
    a = book("A", FLAT, start=2, rank=[0, 2, 0, 0, 0, 2, 0])
    b = book("B", FLAT, start=2, rank=[9, 1, 9, 1, 9, 1, 9])

    simulation = play(a, b, rotation=RotationRules(top=1, every=2))

    assert fills(simulation) == [("A", 0, 10, 2, 10, "signal"), ("B", 2, 10, 4, 10, "signal")]
    assert held(simulation) == [("A", 4, 100)]


def test_the_kept_keep_their_units_and_the_others_are_swapped() -> None:
    # A doubles; when B gives way to C at the open of 3, A keeps its 50 units. Equity 1000 + 500, C gets the 500 of B
    a = book("A", [10, 10, 20, 20, 20], rank=[3, 3, 3, 3, 3])
    b = book("B", [5] * 5, rank=[2, 2, 1, 1, 1])
    c = book("C", [4] * 5, rank=[1, 1, 2, 2, 2])

    simulation = play(a, b, c, rotation=RotationRules(top=2, every=2))

    assert fills(simulation) == [("B", 1, 5, 3, 5, "signal")]
    assert held(simulation) == [("A", 1, 50), ("C", 3, 125)]


def test_entries_of_a_choice_fill_by_rank() -> None:
    a, b = book("A", [10] * 3, rank=[1, 1, 1]), book("B", [10] * 3, rank=[2, 2, 2])

    simulation = play(a, b, rotation=RotationRules(top=2, every=9), max_positions=1)

    assert held(simulation) == [("B", 1, 100)]
    assert (simulation.slots, simulation.crowded_out) == (1, 1)


def test_equal_ranks_stand_in_the_stated_order() -> None:
    books = [book(symbol, [10] * 3, rank=[1, 1, 1]) for symbol in "CAB"]

    simulation = play(*books, rotation=RotationRules(top=2, every=9))

    assert {symbol for symbol, _, _ in held(simulation)} == {"C", "A"}


def test_a_symbol_without_a_rank_is_not_chosen_and_leaves() -> None:
    nan = float("nan")
    a = book("A", FLAT, rank=[2, 2, nan, 2, 2, 2, 2])
    b = book("B", FLAT, rank=[nan, 1, nan, 1, 1, 1, 1])

    simulation = play(a, b, rotation=RotationRules(top=1, every=2))

    # day 2: nobody has a rank, so A leaves on day 3 for cash; day 4 chooses it again
    assert fills(simulation) == [("A", 1, 10, 3, 10, "signal")]
    assert held(simulation) == [("A", 5, 100)]


def test_a_filter_passes_over_the_best_that_does_not_meet_it() -> None:
    a, b = book("A", FLAT, rank=[9] * 7), book("B", FLAT, rank=[1] * 7, long_entry=[0])

    assert held(play(a, b, rotation=RotationRules(top=1, every=9, filtered=True))) == [("B", 1, 100)]
    assert held(play(a, b, rotation=RotationRules(top=1, every=9))) == [("A", 1, 100)]


def test_an_exit_between_two_choices_waits_for_the_next_one_to_return() -> None:
    a = book("A", FLAT, rank=[1] * 7, long_exit=[1])

    simulation = play(a, rotation=RotationRules(top=1, every=4))

    assert fills(simulation) == [("A", 1, 10, 2, 10, "signal")]
    assert held(simulation) == [("A", 5, 100)]


def test_a_symbol_that_leaves_at_a_choice_makes_room_for_the_next_best() -> None:
    a = book("A", FLAT, rank=[9] * 7, long_exit=[2])
    b = book("B", FLAT, rank=[1] * 7)

    simulation = play(a, b, rotation=RotationRules(top=1, every=2))

    assert fills(simulation) == [("A", 1, 10, 3, 10, "signal"), ("B", 3, 10, 5, 10, "signal")]
    assert held(simulation) == [("A", 5, 100)]


def test_a_stop_leaves_between_two_choices() -> None:
    prices = [10, 10, [10, 10, 8, 10], 10, 10, 10, 10]

    simulation = play(book("A", prices, rank=[1] * 7), rotation=RotationRules(top=1, every=4), risk=Risk(stop_loss=0.1))

    assert fills(simulation) == [("A", 1, 10, 2, 9, "stop")]
    assert held(simulation) == [("A", 5, 90)]  # 900 / 10


def test_fewer_symbols_than_places_leave_their_part_in_cash() -> None:
    a, b = (book(symbol, FLAT, rank=[1] * 7) for symbol in "AB")

    simulation = play(a, b, rotation=RotationRules(top=4, every=1))

    assert held(simulation) == [("A", 1, 25), ("B", 1, 25)]
    assert simulation.slots == 4 > len(simulation.symbols)
    assert simulation.weight.tolist() == pytest.approx([0, *[0.5] * 6])


def test_the_choice_at_the_last_close_never_trades() -> None:
    a = book("A", FLAT, rank=[1] * 7)

    simulation = play(a, rotation=RotationRules(top=1, every=6))

    assert held(simulation) == [("A", 1, 100)]
    late = play(book("A", [10], rank=[1]), rotation=RotationRules(top=1, every=6))
    assert (len(late.positions), late.equity.tolist()) == (0, [1000])


def test_ranks_may_be_infinite() -> None:
    a, b = book("A", FLAT, rank=[-np.inf] * 7), book("B", FLAT, rank=[np.inf] * 7)

    assert held(play(a, b, rotation=RotationRules(top=1, every=9))) == [("B", 1, 100)]
