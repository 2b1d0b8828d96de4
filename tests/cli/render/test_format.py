"""Numbers as people read them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from backend.cli.render.format import (
    MISSING,
    coloured,
    count,
    moment,
    money,
    number,
    percent,
    plain,
    ratio,
    signed_percent,
    span,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1534, "15.3 %"),
        (0.0, "0.0 %"),
        (-0.0004, "0.0 %"),  # -0.04 % rounds to nothing, and nothing has no sign
        (-0.0005001, "-0.1 %"),
        (12.3456, "1,234.6 %"),
        (None, MISSING),
    ],
)
def test_fractions_are_shown_in_percent(value: float | None, text: str) -> None:
    assert percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.1534, "+15.3 %"), (-0.02, "-2.0 %"), (0.0, "0.0 %"), (-0.0004, "0.0 %"), (None, MISSING)]
)
def test_a_gain_has_a_plus(value: float | None, text: str) -> None:
    assert signed_percent(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.845, "0.84"), (-0.001, "0.00"), (1234.5, "1,234.50"), (None, MISSING)])
def test_ratios_have_two_decimals(value: float | None, text: str) -> None:
    assert ratio(value) == text
    assert money(value) == text


@pytest.mark.parametrize(("value", "text"), [(41, "41"), (1234, "1,234"), (None, MISSING)])
def test_counts_are_whole(value: float | None, text: str) -> None:
    assert count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(30.0, "30"), (12_000.0, "12,000"), (0.2181, "0.2181"), (0.61342, "0.6134"), (-1.5, "-1.5"), (None, MISSING)],
)
def test_other_values_have_four_digits(value: float | None, text: str) -> None:
    assert number(value) == text


def test_moments_are_in_utc() -> None:
    new_york = timezone(timedelta(hours=-5))
    assert moment(datetime(2012, 12, 31, 20, 30, tzinfo=new_york)) == "2013-01-01 01:30"
    assert moment(datetime(2012, 12, 31, 20, 30, tzinfo=UTC)) == "2012-12-31 20:30"


def test_a_span_names_both_days() -> None:
    assert span(date(2000, 3, 1), date(2013, 3, 1)) == "2000-03-01 to 2013-03-01"


@pytest.mark.parametrize(("value", "style"), [(0.1, "green"), (-0.1, "red"), (0.0, ""), (None, "dim")])
def test_gains_are_green_and_losses_red(value: float | None, style: str) -> None:
    assert coloured(value, "x").style == style


def test_words_from_outside_stay_on_one_line_without_their_carets() -> None:
    assert plain("column 12: no such word\n  lag(close, -1)\n             ^^\nwrite lag") == (
        "column 12: no such word lag(close, -1) write lag"
    )
    assert plain("a\x1b[2Jb\u202ec\td" + "e" * 400, longest=12) == "a [2Jb c..."
