"""What a model did is told in a few lines, and its words can do nothing to a terminal."""

from datetime import date

import pytest

from backend.cli.render.attempts import attempts_table
from backend.cli.render.events import event_line
from backend.cli.render.models import lift_text, limits_text, spending_text
from backend.cli.render.progress import AttemptRow, Progress, advance
from backend.cli.render.session import session_report
from backend.domain.conversation import Lift
from backend.domain.models import Budget, ModelChoice
from backend.domain.sessions import Attempt, Usage
from tests.cli import samples
from tests.cli.render.drawing import drawn

HOSTILE = "\x1b[2J[red]gone[/red]\u202e\nnext\x07 line " + "y" * 1_000

SPENT = Usage(calls=3, recorded_calls=2, tokens_in=12_345, tokens_cached=8_000, tokens_out=900, usd=0.00214)


def by_model(n: int, failed_reason: str | None = None) -> Attempt:
    """An attempt of a model; a failed one is a reply that held no strategy."""
    kept = samples.attempt(n, failed_reason).model_copy(update={"author": "llm", "family": "model"})
    return kept.model_copy(update={"spec": None, "spec_hash": ""}) if failed_reason else kept


@pytest.fixture(scope="module")
def report() -> str:
    session = samples.done_session(
        strategist="built-in search and openai:some-model",
        model=ModelChoice(
            provider="openai",
            name="some-model",
            endpoint="http://localhost:8080/v1",
            knowledge_cutoff=date(2026, 5, 18),
        ),
        request=samples.done_session().request.model_copy(update={"budget": Budget(usd=1.0, backtests=5_000)}),
        usage=SPENT,
        lift=Lift(
            model_attempts=4,
            search_attempts=3,
            model_trials=380,
            search_trials=96,
            model_sharpe=0.61,
            search_sharpe=0.55,
        ),
    )
    chosen = samples.attempt(1)
    assert chosen.diagnosis is not None
    said = chosen.model_copy(update={"diagnosis": chosen.diagnosis.model_copy(update={"comment": HOSTILE})})
    return drawn(session_report(session, (said, by_model(2), by_model(3, HOSTILE))), width=120)


@pytest.mark.parametrize(
    "expected",
    [
        "openai:some-model at http://localhost:8080/v1; trained on what there was until 2026-05-18",
        "3 calls and 2 from the record; 12,345 tokens in (8,000 cached), 900 out; $0.0021 of $1.00",
        "budget 5,000 backtests",
        # 0.61 - 0.55
        "+0.06 in Sharpe on validation: the model's best 0.61 (4 attempts, 380 trials), search's best 0.55 (3",
        "(no usable strategy) · model · by the model · failed: [2J[red]gone[/red] next line yyy",
        "The model on it: [2J[red]gone[/red] next line yyy",
    ],
)
def test_a_report_tells_model_spending_lift_and_failed_replies(report: str, expected: str) -> None:
    assert expected in " ".join(report.split())


def test_words_of_a_model_are_plain_and_short(report: str) -> None:
    assert "\x1b" not in report
    assert "\u202e" not in report
    assert "y" * 700 not in "".join(report.split())


@pytest.mark.parametrize("width", [80, 120])
def test_attempts_of_a_model_fit_the_terminal(width: int) -> None:
    rows = [AttemptRow.of(attempt) for attempt in (samples.attempt(1), by_model(2), by_model(3, HOSTILE))]
    lines = drawn(attempts_table(rows), width).splitlines()
    assert max(map(len, lines)) <= width
    assert sum("by the model" in line for line in lines) == 2


def test_a_session_says_that_it_waits_for_a_model() -> None:
    asked = samples.event("attempt.progress", {"n": 1, "text": "asking openai:some-model"})
    assert advance(Progress(), asked).doing == "asking openai:some-model"
    assert event_line(asked) == "asking openai:some-model"
    proposed = samples.event("attempt.proposed", {"n": 1, "name": "Cross", "family": "model", "author": "llm"})
    assert event_line(proposed) == "attempt 1 by the model: testing Cross (model)"
    assert advance(Progress(), proposed).attempts[0].by_model


def test_an_event_is_one_line_whatever_is_in_it() -> None:
    line = event_line(samples.event("session.started", {"request": HOSTILE, "turn": 2, "understood": ["a"]}))
    assert line.startswith("turn 2: [2J[red]gone[/red] next line y")
    assert line.isprintable()


def test_a_model_that_made_no_attempt_has_no_lift() -> None:
    alone = Lift(
        model_attempts=0, search_attempts=2, model_trials=0, search_trials=220, model_sharpe=None, search_sharpe=1.53
    )
    told = "not known, the model made no attempt; search's best 1.53 (2 attempts, 220 trials) in Sharpe on validation"
    assert lift_text(alone) == told


def test_the_best_of_more_attempts_is_no_lift() -> None:
    """Of two players without skill, the one with more tries has the higher maximum."""
    uneven = Lift(
        model_attempts=1, search_attempts=7, model_trials=120, search_trials=840, model_sharpe=0.4, search_sharpe=1.5
    )
    assert uneven.difference is None
    told = (
        "not known, one made more attempts than the other; on validation the model's best 0.40 (1 attempt, 120 trials)"
    )
    assert lift_text(uneven).startswith(told)


def test_a_model_without_a_price_spends_no_dollars() -> None:
    assert spending_text(Usage(calls=1, tokens_in=10), Budget()) == "1 call; 10 tokens in, 0 out; $0.00"
    assert limits_text(Budget(tokens=5_000, seconds=2.5)) == "5,000 tokens, 2.5 s of work"
