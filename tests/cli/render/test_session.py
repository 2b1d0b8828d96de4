"""The report of a session ends with its outcome, and fits 80 and 120 columns."""

import pytest

from backend.cli.render.format import ratio, signed_percent
from backend.cli.render.session import session_report, sessions_table
from backend.cli.render.verdict import beside_the_market
from backend.domain.conversation import Ending, Turn
from backend.domain.session_lines import SessionLine, UnreadableSession
from backend.domain.sessions import Session
from tests.cli import samples
from tests.cli.render.drawing import drawn

ATTEMPTS = (samples.attempt(1), samples.attempt(2))
DONE = samples.done_session()


@pytest.fixture(scope="module")
def report() -> str:
    return drawn(session_report(DONE, ATTEMPTS), width=100)


@pytest.mark.parametrize("width", [80, 120])
def test_the_report_fits_the_terminal(width: int) -> None:
    assert max(map(len, drawn(session_report(DONE, ATTEMPTS), width).splitlines())) <= width


@pytest.mark.parametrize(
    "expected",
    [
        "▸1",  # the chosen attempt
        "sma(close, slow)",
        "aims at a yearly volatility of 20.0 %",
        "stop loss 8.0 %, after 120 bars",
        "2009-04-06 to 2013-03-01",
        "Random entries",
        "Buy and hold, after costs",
        "Buy and hold, no costs",
        "3,270",
        "193, worth 21.4 independent",
        "opened once; first look at this market and period; p 0.2181",
        "commission 0.05 % + slippage 0.05 % a side",
        "5f3e" * 8,
        "c0de" * 8,
        "! The reddit posts of AAPL are synthetic",
    ],
)
def test_everything_behind_the_verdict_is_told(report: str, expected: str) -> None:
    assert expected in report


@pytest.mark.parametrize("width", [80, 120])
def test_a_conversation_is_told_turn_by_turn(width: int) -> None:
    ending = Ending(chosen=None, attempts=2, trials=9, effective_trials=2.0, verdict=samples.verdict())
    turns = (
        Turn(n=1, kind="request", text="momentum on AAPL", at=samples.NOON, ending=ending),
        Turn(n=2, kind="question", text="why?", at=samples.NOON, answer="In 2008 it returned -3.0 %."),
        Turn(n=3, kind="elsewhere", text="now on MSFT", at=samples.NOON, session_id="ses_2"),
    )
    told = drawn(session_report(samples.done_session(turns=turns), ATTEMPTS), width)
    assert max(map(len, told.splitlines())) <= width
    rows = [line.split() for line in told.splitlines()]
    assert ["1", "momentum", "on", "AAPL", "unproven"] in rows
    assert "2 why? In 2008 it returned -3.0 %." in [" ".join(row) for row in rows]
    assert ["3", "now", "on", "MSFT", "went", "on", "in", "ses_2"] in rows


def test_the_verdict_comes_last(report: str) -> None:
    panel = report[report.index("╭─ Verdict") :]
    assert "UNPROVEN" in panel
    assert "Trend with calm entries: attempt 1 of 2" in panel
    assert "About 9 more years" in panel
    assert panel.count("\n") < 8


def test_the_panel_sets_the_strategy_beside_buy_and_hold(report: str) -> None:
    held, market = DONE.holdout, DONE.null_league
    assert held is not None
    assert market is not None
    assert market.buy_and_hold is not None
    told = beside_the_market(held.metrics, market)
    assert told == (
        f"On the hold-out: return {signed_percent(held.metrics.total_return)}, Sharpe {ratio(held.metrics.sharpe)}; "
        f"buy and hold, after costs: return {signed_percent(market.buy_and_hold.total_return)}, "
        f"Sharpe {ratio(market.buy_and_hold.sharpe)}."
    )
    assert told[:40] in report[report.index("╭─ Verdict") :]
    assert beside_the_market(None) == ""
    assert "buy and hold, no costs: return +397.0 %." in beside_the_market(held.metrics)


def test_a_later_look_is_numbered() -> None:
    assert DONE.holdout is not None
    third = samples.done_session(holdout=DONE.holdout.model_copy(update={"openings": 3}))
    assert "opened once; look number 3 at this market and period" in drawn(session_report(third, ATTEMPTS), 120)


def test_required_checks_come_first_and_are_marked(report: str) -> None:
    checks = report[report.index("Checks") : report.index("Notices")].splitlines()[3:]
    told = [line.split()[:2] for line in checks if line.strip() and line.split()[0] in "✓✗–"]  # noqa: RUF001
    assert told == [["✓", "causality"], ["✗", "edge"], ["✗", "overfitting"], ["–", "knowledge"]]  # noqa: RUF001


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (samples.running_session(status="needs_input", question="Which symbols?"), "Which symbols?"),
        (samples.running_session(status="failed", failed_reason="No source has ZZZ."), "No source has ZZZ."),
        (samples.running_session(status="cancelled"), "can be resumed"),
        (samples.running_session(), "There is no verdict yet."),
    ],
)
def test_a_session_without_a_verdict_says_where_it_stands(session: Session, expected: str) -> None:
    assert expected in drawn(session_report(session, ()))


def test_brackets_in_a_request_are_shown_as_they_are() -> None:
    request = DONE.request.model_copy(update={"text": "momentum [bold]AAPL[/bold] :smile:"})
    line = SessionLine.of(samples.done_session(request=request))
    assert "momentum [bold]AAPL[/bold] :smile:" in drawn(sessions_table((line,)), 120)


def test_a_session_that_cannot_be_read_stands_below_the_others() -> None:
    lines = (UnreadableSession(session_id="ses_9", reason="The stored session ses_9 cannot be read: status."),)
    shown = drawn(sessions_table((*lines, SessionLine.of(samples.done_session()))), 120)
    assert "! The stored session ses_9 cannot be read" in shown
    assert samples.done_session().session_id in shown


def test_an_empty_list_says_how_to_begin() -> None:
    assert "backproof iterate" in drawn(sessions_table(()))
