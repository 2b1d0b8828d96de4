"""Stops, targets and trailing stops: levels, gaps, and who comes first within a bar (rules 2, 3, 4)."""

import pytest

from backend.domain.spec import Risk
from tests.engine.simulation.scenarios import fills, free, only_trade, play

CALM = [100, 101, 99, 100]
STOP = Risk(stop_loss=0.1)
TARGET = Risk(take_profit=0.2)
BOTH = Risk(stop_loss=0.1, take_profit=0.2)
TRAILING = Risk(trailing_stop=0.1)


def test_a_stop_fills_at_its_level_and_is_stamped_with_the_end_of_the_bar() -> None:
    # long at 100, stop 100 x 0.9 = 90; bar 2 opens at 95 and falls to 85 on the way: out at 90
    simulation = play([CALM, CALM, [95, 96, 85, 88]], risk=STOP, long_entry=[0])

    assert fills(simulation) == [(1, 100, 2, 90, "stop")]
    assert simulation.equity.tolist() == [1000, 1000, 900]
    assert only_trade(simulation).exit_time.isoformat() == "2020-01-03T21:00:00+00:00"
    assert only_trade(simulation).bars_held == 1


def test_a_gap_through_the_stop_fills_at_the_open() -> None:
    simulation = play([CALM, CALM, [80, 95, 75, 92]], risk=STOP, long_entry=[0])

    assert fills(simulation) == [(1, 100, 2, 80, "stop")]


def test_a_low_that_meets_the_stop_exactly_fills_it() -> None:
    assert fills(play([CALM, CALM, [95, 96, 90, 95]], risk=STOP, long_entry=[0])) == [(1, 100, 2, 90, "stop")]
    assert fills(play([CALM, CALM, [95, 96, 90.01, 95]], risk=STOP, long_entry=[0])) == []


def test_a_target_fills_at_its_level() -> None:
    # target 100 x 1.2 = 120
    simulation = play([CALM, CALM, [110, 125, 105, 115]], risk=TARGET, long_entry=[0])

    assert fills(simulation) == [(1, 100, 2, 120, "target")]
    assert only_trade(simulation).exit_time.isoformat() == "2020-01-03T21:00:00+00:00"


def test_a_gap_through_the_target_fills_at_the_open() -> None:
    assert fills(play([CALM, CALM, [130, 135, 125, 126]], risk=TARGET, long_entry=[0])) == [(1, 100, 2, 130, "target")]


def test_a_target_gapped_through_at_the_open_comes_before_a_stop_in_the_same_bar() -> None:
    # opens at 130 above the target 120, later falls to 85 below the stop 90: already out at 130
    assert fills(play([CALM, CALM, [130, 131, 85, 90]], risk=BOTH, long_entry=[0])) == [(1, 100, 2, 130, "target")]


def test_stop_and_target_in_one_bar_is_a_stop() -> None:
    assert fills(play([CALM, CALM, [100, 125, 85, 110]], risk=BOTH, long_entry=[0])) == [(1, 100, 2, 90, "stop")]


def test_the_entry_bar_can_stop_out() -> None:
    # filled at the open 100 of bar 1, which falls to 85
    simulation = play([CALM, [100, 105, 85, 104], CALM], risk=STOP, long_entry=[0])

    assert fills(simulation) == [(1, 100, 1, 90, "stop")]
    assert only_trade(simulation).bars_held == 0
    assert simulation.equity.tolist() == [1000, 900, 900]


def test_levels_are_measured_from_the_fill_price_not_from_the_close_that_decided() -> None:
    # decided at a close of 100, filled at 200: stop at 180, so a low of 185 is no stop and 179 is one
    bars = [CALM, [200, 201, 199, 200], [200, 201, 185, 190], [190, 191, 179, 185]]

    assert fills(play(bars, risk=STOP, long_entry=[0])) == [(1, 200, 3, 180, "stop")]


def test_levels_are_measured_from_the_fill_price_with_its_slippage() -> None:
    # bought at 100 x 1.1 = 110, stop at 110 x 0.9 = 99; sold at 99 x 0.9 = 89.1
    simulation = play([CALM, [100, 101, 99.5, 100], CALM], risk=STOP, costs=free(slippage=0.1), long_entry=[0])

    assert fills(simulation) == [(1, pytest.approx(110), 2, pytest.approx(89.1), "stop")]


def test_an_exit_signal_and_a_stop_in_one_bar_leaves_at_the_open() -> None:
    # the exit decided at bar 1 fills at the open 95 of bar 2, before its range reaches the stop 90
    simulation = play([CALM, CALM, [95, 96, 85, 88]], risk=STOP, long_entry=[0], long_exit=[1])

    assert fills(simulation) == [(1, 100, 2, 95, "signal")]


def test_after_a_stop_the_close_of_that_bar_may_enter_again() -> None:
    simulation = play([CALM, CALM, [95, 96, 85, 88], [88, 89, 87, 88]], risk=STOP, long_entry=[0, 2])

    assert fills(simulation) == [(1, 100, 2, 90, "stop")]
    assert simulation.open_positions()[0].entry_price == 88


def test_a_trailing_stop_follows_closes_before_this_bar_only() -> None:
    # fill 100, closes 100 and 120: level 108 from bar 3 on. Bar 2 itself, closing at 120, is held against 90 only,
    # and neither its high of 140 nor the high 150 of bar 3 moves the level: 108 is met within bar 3.
    bars = [CALM, CALM, [100, 140, 95, 120], [120, 150, 107, 149]]

    assert fills(play(bars, risk=TRAILING, long_entry=[0])) == [(1, 100, 3, pytest.approx(108), "trailing")]


def test_a_trailing_stop_starts_at_the_fill_and_never_loosens() -> None:
    # fill 100; closes 100, 120, 110: the level is 90, 90, 108, 108
    bars = [CALM, CALM, [110, 121, 109, 120], [112, 113, 109, 110], [110, 111, 107, 110]]

    assert fills(play(bars, risk=TRAILING, long_entry=[0])) == [(1, 100, 4, pytest.approx(108), "trailing")]
    assert fills(play([CALM, [100, 101, 89, 95]], risk=TRAILING, long_entry=[0])) == [(1, 100, 1, 90, "trailing")]


def test_of_two_stops_the_nearer_one_counts_and_a_tie_is_a_stop() -> None:
    falling = [CALM, CALM, [95, 96, 70, 75]]

    wide = play(falling, risk=Risk(stop_loss=0.2, trailing_stop=0.1), long_entry=[0])
    tight = play(falling, risk=Risk(stop_loss=0.1, trailing_stop=0.2), long_entry=[0])
    equal = play(falling, risk=Risk(stop_loss=0.1, trailing_stop=0.1), long_entry=[0])

    assert fills(wide) == [(1, 100, 2, 90, "trailing")]
    assert fills(tight) == fills(equal) == [(1, 100, 2, 90, "stop")]


@pytest.mark.parametrize(
    ("bar", "risk", "expected"),
    [
        ([105, 115, 104, 112], STOP, (110, "stop")),  # stop 100 x 1.1
        ([120, 125, 105, 112], STOP, (120, "stop")),  # gap: max(open, stop)
        ([90, 95, 75, 85], TARGET, (80, "target")),  # target 100 x 0.8
        ([70, 75, 65, 74], TARGET, (70, "target")),  # gap: min(open, target)
        ([100, 115, 75, 90], BOTH, (110, "stop")),  # both in one bar
        ([70, 115, 65, 90], BOTH, (70, "target")),  # gapped target first
        ([100, 112, 99, 105], TRAILING, (110, "trailing")),
    ],
)
def test_shorts_are_mirrored(bar: list[float], risk: Risk, expected: tuple[float, str]) -> None:
    simulation = play([CALM, CALM, bar], risk=risk, short_entry=[0])

    ((entered, entry, left, price, reason),) = fills(simulation)
    assert (entered, entry, left, reason) == (1, 100, 2, expected[1])
    assert price == pytest.approx(expected[0], rel=1e-12)
    # sold 10 units at 100, bought back at the price
    assert simulation.equity[-1] == pytest.approx(1000 + 10 * (100 - expected[0]), rel=1e-12)


def test_a_short_trailing_stop_follows_the_lowest_close() -> None:
    # fill 100, closes 100, 80: level 80 x 1.1 = 88; bar 3 rises to 90
    bars = [CALM, CALM, [95, 96, 60, 80], [80, 90, 79, 85]]

    assert fills(play(bars, risk=TRAILING, short_entry=[0])) == [(1, 100, 3, pytest.approx(88), "trailing")]


def test_a_short_target_beyond_zero_is_never_met() -> None:
    simulation = play([CALM, CALM, [1, 1, 0.01, 0.01]], risk=Risk(take_profit=5), short_entry=[0])

    assert simulation.trade_count == 0
