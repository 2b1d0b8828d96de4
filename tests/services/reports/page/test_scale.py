"""Axes name round values, and dates that can be read."""

import numpy as np
import pytest

from backend.services.reports.page.formats import number, percent, short_number, short_percent, signed_percent
from backend.services.reports.page.scale import Axis, area, axis_of, dates_along, path


def labels(axis: Axis, count: int = 5) -> list[str]:
    return [tick.label for tick in axis.ticks(short_number, count)]


def test_ticks_are_round_and_fall_from_the_top() -> None:
    # 0..1100 in about five: steps of 250
    assert labels(Axis(0.0, 1100.0)) == ["1k", "750", "500", "250", "0"]
    assert labels(Axis(-0.3, 0.0), 3) == ["0", "\N{MINUS SIGN}0.1", "\N{MINUS SIGN}0.2", "\N{MINUS SIGN}0.3"]


def test_large_growth_is_logarithmic() -> None:
    axis = axis_of([np.array([1e5, 2.5e6])], may_be_logarithmic=True)
    assert axis.logarithmic
    assert labels(axis) == ["2M", "1M", "500k", "200k", "100k"]
    # halfway between 1 and 100 in powers is 10
    assert Axis(1.0, 100.0, logarithmic=True).percentage(10.0) == 50.0


def test_small_growth_and_losses_are_not() -> None:
    assert not axis_of([np.array([100.0, 700.0])], may_be_logarithmic=True).logarithmic
    assert not axis_of([np.array([0.0, 700.0])], may_be_logarithmic=True).logarithmic
    assert not axis_of([np.array([1.0, 700.0])]).logarithmic


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0, 1e-9])
def test_a_level_line_has_room(value: float) -> None:
    axis = axis_of([np.array([value, value])])
    assert axis.low < value < axis.high
    assert 0 < axis.percentage(value) < 100


@pytest.mark.parametrize(
    ("start", "stop", "step", "expected"),
    [
        ("2019-01-02", "2022-06-01", "D", ["2020", "2021", "2022"]),
        ("2000-01-03", "2020-01-03", "D", ["2005", "2010", "2015", "2020"]),
        ("2019-10-20", "2020-02-20", "D", ["Nov", "Dec", "2020", "Feb"]),
        ("2019-03-04T10", "2019-03-04T13", "m", ["11:00", "12:00"]),
    ],
)
def test_dates_begin_units_that_are_few(start: str, stop: str, step: str, expected: list[str]) -> None:
    local = np.arange(start, stop, dtype=f"datetime64[{step}]").astype("datetime64[s]")
    assert [tick.label for tick in dates_along(local)] == expected


def test_one_moment_has_no_dates() -> None:
    assert dates_along(np.array(["2019-03-04T10:00"], dtype="datetime64[s]")) == ()


def test_lines_are_written_in_whole_steps() -> None:
    assert path(np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.25, 0.0])) == "M0 1000L2000 250L4000 0"
    assert area(np.array([0.0, 1.0]), np.array([0.5, 0.5]), 1.0) == "M0 500L4000 500L4000 1000L0 1000Z"


def test_numbers_have_a_true_minus_and_no_signed_zero() -> None:
    gap = "\N{NARROW NO-BREAK SPACE}"
    assert percent(-0.1534) == f"\N{MINUS SIGN}15.3{gap}%"
    assert signed_percent(0.00001) == signed_percent(-0.00001) == f"0.0{gap}%"
    assert signed_percent(24.152) == f"+2,415{gap}%"
    assert (percent(None), number(None)) == ("\N{EN DASH}", "\N{EN DASH}")
    assert (short_number(1500), short_number(2_500_000), short_percent(-0.25)) == (
        "1.5k",
        "2.5M",
        f"\N{MINUS SIGN}25{gap}%",
    )
