"""The table of iterations fits a narrow terminal and keeps its numbers below each other."""

import pytest
from rich.spinner import Spinner

from backend.cli.render.attempts import attempts_table, live_view
from backend.cli.render.progress import AttemptRow, Progress
from backend.domain.goal import Goal, Target
from tests.cli import samples
from tests.cli.render.drawing import drawn

ROWS = [AttemptRow.of(samples.attempt(n)) for n in (1, 2)]


def test_each_attempt_has_its_numbers_and_its_description() -> None:
    lines = drawn(attempts_table(ROWS, chosen=2)).splitlines()
    assert lines[3].split() == ["1", "96", "0.84", "+210.4", "%", "30.7", "%", "41", "0.41", "-5.2", "%", "30.7", "%"]
    assert lines[4].strip() == "Trend with calm entries · trend_sentiment_filter · drawdown too deep"
    assert lines[5].split()[0] == "▸2"


@pytest.mark.parametrize(
    ("limit", "mark", "legend"),
    [
        (0.35, "✓ Trend", "✓ meets every target on validation; what held an attempt back was seen on train."),
        (0.30, "Trend", "No attempt meets every target on validation; what held an attempt back was seen on train."),
    ],
)
def test_an_attempt_that_meets_the_targets_is_marked(limit: float, mark: str, legend: str) -> None:
    """On validation it has a drawdown of 30.7 % and earns nothing, so that a return is asked for below zero."""
    targets = (Target(metric="max_drawdown", op="<=", value=limit), Target(metric="total_return", op=">=", value=-0.1))
    goal = Goal(request="x", symbols=("AAPL",), targets=targets)
    lines = drawn(attempts_table([AttemptRow.of(samples.attempt(1), goal)]), width=120).splitlines()
    assert lines[4].strip().startswith(mark)
    assert lines[-1] == legend


def test_without_targets_only_the_diagnosis_is_explained() -> None:
    assert drawn(attempts_table(ROWS)).splitlines()[-1] == "What held an attempt back was seen on train."


def test_numbers_stand_below_their_headings() -> None:
    _, headings, _, numbers, *_ = drawn(attempts_table(ROWS)).splitlines()
    ends = [headings.index(name) + len(name) for name in ("trials", "Sharpe", "return", "max DD", "trades")]
    for end in ends:
        assert numbers[end - 1] != " "
        assert numbers[end] == " "


def test_no_line_is_wider_than_a_narrow_terminal() -> None:
    assert max(map(len, drawn(attempts_table(ROWS), width=200).splitlines())) <= 78


def test_a_failed_attempt_says_why() -> None:
    row = AttemptRow.of(samples.attempt(1, "long_entry needs 400 bars and there are 300"))
    assert "failed: long_entry needs 400 bars and there are 300" in drawn(attempts_table([row]), width=120)


def test_an_attempt_under_way_has_no_numbers_yet() -> None:
    lines = drawn(attempts_table([AttemptRow(n=1, name="Cross", family="trend_cross")])).splitlines()
    assert lines[3].split() == ["1", "–"]  # noqa: RUF001


def test_the_live_view_shows_the_last_attempts_and_what_is_being_done() -> None:
    progress = Progress(
        goal="AAPL · 1d", notices=(samples.SYNTHETIC,), attempts=tuple(ROWS), doing="tuning and testing attempt 3"
    )
    shown = drawn(live_view(progress, rows_at_most=1, spinner=Spinner("dots")))
    assert "Goal  AAPL · 1d" in shown
    assert "! The reddit posts of AAPL are synthetic" in shown
    assert "tuning and testing attempt 3" in shown
    assert shown.count("Trend with calm entries") == 1
