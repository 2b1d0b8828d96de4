"""An event is one line of text."""

from datetime import date

import pytest

from backend.cli.render.events import event_line, goal_line, metrics_line, target_text
from backend.domain.goal import Goal
from backend.domain.sessions import Event
from tests.cli import samples

ONE_LINE = {
    "started: momentum": samples.event("session.started", {"request": "momentum", "seed": 7, "strategist": "x"}),
    "data: bars of AAPL": samples.event("data.progress", {"text": "bars of AAPL"}),
    "notice: short hold-out": samples.event("notice", {"text": "short hold-out"}),
    "question: which symbols?": samples.event("question.asked", {"question": "which symbols?"}),
    "attempt 2: testing Cross (trend_cross)": samples.event(
        "attempt.proposed", {"n": 2, "name": "Cross", "family": "trend_cross", "origin": "fresh"}
    ),
    "attempt 1: testing Cross (trend_cross) and 5 others": samples.event(
        "attempt.proposed", {"n": 1, "name": "Cross", "family": "trend_cross", "among": 6, "author": "builtin"}
    ),
    "attempt 1: diagnosis on train: too few trades": samples.event(
        "attempt.analysed", {"n": 1, "diagnosis": {"limiting_factor": "too_few_trades"}}
    ),
    "verdict: proven": samples.event("verdict.reached", {"outcome": "proven", "reasons": []}),
    "ended: done": samples.event("session.ended", {"status": "done"}),
    "ended: failed: the disk is full": samples.event(
        "session.ended", {"status": "failed", "reason": "the disk is full"}
    ),
    "turn 2: less drawdown": samples.event("message.delta", {"turn": 2, "text": "less drawdown", "answer": "No."}),
    "dataset: AAPL reddit from sample: posts on 2,871 of 3,270 sessions, 100.0 % fetched": samples.event(
        "dataset.ready", samples.link().model_dump(mode="json")
    ),
    "attempt 3: failed: too few bars": samples.backtested(3, "too few bars"),
    "attempt 1: Trend with calm entries (trend_sentiment_filter), 96 trials; "
    "train: Sharpe 0.84, return +210.4 %, max drawdown 30.7 %, trades 41; "
    "validation: Sharpe 0.41, return -5.2 %, max drawdown 30.7 %, trades 12": samples.backtested(1),
}


@pytest.mark.parametrize(("line", "event"), ONE_LINE.items(), ids=[event.type for event in ONE_LINE.values()])
def test_each_event_is_told_in_one_line(line: str, event: Event) -> None:
    assert event_line(event) == line


def test_a_goal_names_what_was_understood_and_what_was_not() -> None:
    goal = samples.done_session().goal
    assert goal is not None
    assert goal_line(goal.model_dump(mode="json")) == (
        'AAPL · 1d · long only · with reddit · momentum · wanted: max drawdown <= 35.0 % · not understood: "please"'
    )


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (date(2004, 1, 2), date(2012, 12, 31), "AAPL · 1d · 2004-01-02 to 2012-12-31 · long and short"),
        (date(2004, 1, 2), None, "AAPL · 1d · from 2004-01-02 on · long and short"),
        (None, date(2012, 12, 31), "AAPL · 1d · up to 2012-12-31 · long and short"),
    ],
)
def test_a_goal_names_its_period_and_direction(start: date | None, end: date | None, told: str) -> None:
    goal = Goal(request="x", symbols=("AAPL",), start=start, end=end, direction="both")
    assert goal_line(goal.model_dump(mode="json")) == told


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({"metric": "sharpe", "op": ">", "value": 1.0}, "sharpe ratio > 1.00"),
        ({"metric": "total_return", "op": ">=", "value": 0.5}, "total return >= 50.0 %"),
        ({"metric": "trades", "op": ">=", "value": 30.0}, "trades >= 30"),
    ],
)
def test_a_target_is_in_the_unit_of_its_metric(target: dict[str, object], text: str) -> None:
    assert target_text(target) == text


def test_no_metrics_are_no_result() -> None:
    assert metrics_line(None) == "no result"
