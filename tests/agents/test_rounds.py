"""Sessions with a model: rounds of several proposals, useless replies, outages, budgets, and the tournament."""

from pathlib import Path

import pytest

from backend.agents.strategist import Refused
from backend.domain.errors import BackproofError, BudgetSpent, MalformedOutput, ModelAway
from backend.domain.models import Budget
from backend.domain.sessions import Author, Session
from tests.agents.scripts import Script, candidate, opened, with_model
from tests.agents.sessions import application, plain_request

pytestmark = pytest.mark.slow

AWAY = ModelAway("The model does not answer.", "wait")
NO_USE = MalformedOutput("The reply is no JSON.", "")


def ended(folder: Path, script: Script, **fields: object) -> tuple[Session, list[tuple[int, Author, str | None]]]:
    """The session at its end, and number, author and failure of each attempt."""
    app = with_model(application(folder), script)
    session = app.runner.run(opened(app, plain_request(**({"strategist": "llm"} | fields))))
    told = [(attempt.n, attempt.author, attempt.failed_reason) for attempt in app.sessions.attempts(session)]
    return session, told


def test_proposals_of_one_reply_wait_and_are_tested_without_another_call(tmp_path: Path) -> None:
    script = Script([candidate(20), candidate(50)], [candidate(100), candidate(150)])
    session, told = ended(tmp_path, script)
    assert told == [(n, "llm", None) for n in (1, 2, 3)]
    assert [occasion.n for _, occasion in script.asked] == [1, 3]
    assert [occasion.step for _, occasion in script.asked] == ["0001.propose", "0003.propose"]
    assert [view.n for view in script.asked[1][0].attempts] == [1, 2]
    assert session.verdict is not None
    assert session.stops == ()


def test_a_tournament_alternates_and_shows_each_side_its_own_attempts(tmp_path: Path) -> None:
    script = Script([candidate(20), candidate(50)], [candidate(100)])
    session, told = ended(tmp_path, script, strategist="both", iterations=6)
    assert [author for _, author, _ in told] == ["builtin", "llm"] * 3
    assert [occasion.n for _, occasion in script.asked] == [2, 6]
    first, second = (context for context, _ in script.asked)
    assert (first.n, [view.n for view in first.attempts], first.iterations) == (1, [], 3)
    assert (second.n, [view.n for view in second.attempts], second.iterations) == (3, [2, 4], 3)
    assert session.lift is not None
    assert (session.lift.model_attempts, session.lift.search_attempts) == (3, 3)


def test_a_reply_that_cannot_be_used_is_a_failed_attempt(tmp_path: Path) -> None:
    session, told = ended(tmp_path, Script(NO_USE, [candidate(20)]))
    assert told == [(1, "llm", "The reply is no JSON."), (2, "llm", None), (3, "llm", None)]
    assert session.verdict is not None


def test_refused_strategies_of_a_reply_are_failed_attempts_of_their_own(tmp_path: Path) -> None:
    script = Script([candidate(20), Refused(name="Oracle", reason="It looks ahead.")], [candidate(50)])
    _, told = ended(tmp_path, script)
    assert told == [(1, "llm", None), (2, "llm", "Oracle: It looks ahead."), (3, "llm", None)]


def test_three_useless_replies_in_a_row_end_the_session_on_what_it_has(tmp_path: Path) -> None:
    session, told = ended(tmp_path, Script([candidate(20)], NO_USE), iterations=8)
    assert [n for n, _, _ in told] == [1, 2, 3, 4]
    assert session.status == "done"
    (stop,) = session.stops
    assert (stop.kind, stop.step) == ("replies", "0005.supervise")
    assert "Ended after 4 of 8 attempts" in session.notices[-1]


def test_a_session_without_a_single_usable_reply_fails_and_may_ask_again(tmp_path: Path) -> None:
    app = with_model(application(tmp_path), Script(NO_USE))
    session = opened(app, plain_request(strategist="llm", iterations=8))
    with pytest.raises(MalformedOutput, match="before anything was tested"):
        app.runner.run(session)
    failed = app.sessions.load(app.owner, session.session_id)
    assert (failed.status, len(app.sessions.attempts(failed))) == ("failed", 3)
    again = with_model(application(tmp_path), Script([candidate(20)]))
    assert again.runner.run(failed).status == "done"
    assert len(again.sessions.attempts(failed)) == 8


def test_a_short_session_without_a_single_usable_reply_fails_as_well(tmp_path: Path) -> None:
    app = with_model(application(tmp_path), Script(NO_USE))
    session = opened(app, plain_request(strategist="llm", iterations=2))
    with pytest.raises(MalformedOutput, match="no reply of the model held a strategy"):
        app.runner.run(session)
    assert len(app.sessions.attempts(session)) == 2


def test_without_its_model_a_session_fails_clearly_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    app = with_model(application(tmp_path), Script([candidate(20)], AWAY))
    session = opened(app, plain_request(strategist="llm"))
    with pytest.raises(ModelAway) as caught:
        app.runner.run(session)
    failed = app.sessions.load(app.owner, session.session_id)
    assert (failed.status, failed.failed_reason) == ("failed", AWAY.message)
    assert caught.value.hint == f"wait; then resume it: `backproof sessions resume {session.session_id}`"
    assert len(app.sessions.attempts(failed)) == 1
    back = with_model(application(tmp_path), Script([candidate(50)]))
    assert back.runner.run(failed).status == "done"
    assert len(back.sessions.attempts(failed)) == 3


def test_a_tournament_goes_on_with_search_alone_and_says_so_once(tmp_path: Path) -> None:
    script = Script([candidate(20)], AWAY)
    session, told = ended(tmp_path, script, strategist="both", iterations=6)
    assert [author for _, author, _ in told] == ["builtin", "llm", "builtin", "builtin", "builtin", "builtin"]
    assert len(script.asked) == 2
    assert [stop.step for stop in session.stops] == ["0004.propose", "0006.propose"]
    assert [notice for notice in session.notices if "built-in search goes on alone" in notice] == [
        session.stops[0].message
    ]


def test_a_call_that_the_budget_does_not_allow_ends_the_session_on_what_it_has(tmp_path: Path) -> None:
    spent = BudgetSpent("The next call may cost more than is left.", "")
    session, told = ended(tmp_path, Script([candidate(20)], spent), budget=Budget(tokens=100))
    assert len(told) == 1
    assert session.status == "done"
    assert [(stop.kind, stop.step) for stop in session.stops] == [("tokens", "0002.propose")]


@pytest.mark.parametrize("backtests", [150, 1])
def test_backtests_are_counted_to_the_last_one(tmp_path: Path, backtests: int) -> None:
    app = application(tmp_path)
    request = plain_request(budget=Budget(backtests=backtests), iterations=20)
    session = app.runner.run(app.sessions.open(app.owner, request, "built-in"))
    made = [attempt.trials for attempt in app.sessions.attempts(session)]
    assert sum(made) == session.usage.backtests == backtests
    assert f"the budget of {backtests} backtest{'' if backtests == 1 else 's'} is spent" in session.notices[-1]


def test_seconds_of_work_end_a_session_and_a_larger_budget_goes_on(tmp_path: Path) -> None:
    app = application(tmp_path)
    request = plain_request(budget=Budget(seconds=1e-6))
    session = app.sessions.open(app.owner, request, "built-in")
    with pytest.raises(BudgetSpent, match="seconds is spent") as caught:
        app.runner.run(session)
    assert f"sessions resume {session.session_id} --budget-seconds" in caught.value.hint
    stopped = app.sessions.load(app.owner, session.session_id)
    assert stopped.status == "failed"
    resumed = application(tmp_path).runner.run(stopped, Budget(seconds=600))
    assert resumed.status == "done"
    assert resumed.request.budget == Budget(seconds=600)
    assert resumed.stops == ()


def test_a_replay_ends_where_the_session_ended_for_whatever_reason(tmp_path: Path) -> None:
    """The stops of the session are obeyed, so neither a clock nor an outage is needed to end the same way."""
    script = Script([candidate(20)], AWAY)
    live, told = ended(tmp_path / "live", script, strategist="both", iterations=6)
    app = with_model(application(tmp_path / "again"), Script([candidate(20)]))
    session = opened(app, plain_request(strategist="both", iterations=6))
    replayed = app.runner.run(app.sessions.save(session.model_copy(update={"stops": live.stops})))
    assert [(a.n, a.author, a.failed_reason) for a in app.sessions.attempts(replayed)] == told
    assert (replayed.stops, replayed.notices, replayed.verdict) == (live.stops, live.notices, live.verdict)


@pytest.mark.parametrize(
    ("answer", "raised"), [(AWAY, ModelAway), (NO_USE, MalformedOutput), (BudgetSpent("No more.", ""), BudgetSpent)]
)
def test_a_replay_fails_where_the_session_failed(
    answer: BackproofError, raised: type[BackproofError], tmp_path: Path
) -> None:
    app = with_model(application(tmp_path), Script(answer))
    session = opened(app, plain_request(strategist="llm", iterations=5))
    with pytest.raises(raised):
        app.runner.run(session)
    live = app.sessions.load(app.owner, session.session_id)
    again = with_model(application(tmp_path / "again"), Script(answer))
    same = opened(again, plain_request(strategist="llm", iterations=5))
    replayed = again.sessions.save(same.model_copy(update={"stops": live.stops}))
    with pytest.raises(raised) as caught:
        again.runner.run(replayed)
    assert caught.value.message == live.failed_reason
    assert again.sessions.load(again.owner, replayed.session_id).stops == live.stops
