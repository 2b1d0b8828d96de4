"""A row of blocks runs from the lowest to the highest value."""

from hypothesis import given
from hypothesis import strategies as st

from backend.cli.render.sparkline import BLOCKS, sparkline


def test_eight_steps_are_eight_blocks() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"


def test_more_values_than_room_are_averaged() -> None:
    # stretches (0 1) (2 3) (4 9): means 0.5, 2.5, 6.5 -> steps 0, 2/6 x 7 = 2.33, 7
    assert sparkline([0, 1, 2, 3, 4, 9], 3) == "▁▃█"


def test_a_constant_line_lies_at_the_bottom() -> None:
    assert sparkline([5.0, 5.0, 5.0], 10) == "▁▁▁"


def test_no_values_are_no_line() -> None:
    assert sparkline([], 10) == ""


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300), st.integers(1, 80))
def test_it_never_takes_more_room_than_it_has(values: list[float], width: int) -> None:
    line = sparkline(values, width)
    assert len(line) == min(len(values), width)
    assert set(line) <= set(BLOCKS)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_the_highest_value_has_the_highest_block(values: list[float]) -> None:
    line = sparkline(values, len(values))
    assert BLOCKS.index(line[values.index(max(values))]) == max(map(BLOCKS.index, line))
