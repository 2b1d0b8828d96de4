"""A whole session with the shipped strategist on sample data: from the request to the verdict."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.agents.strategist import BuiltInStrategist, Occasion
from backend.bootstrap import Application
from backend.domain.errors import Cancelled, Conflict, DataUnavailable
from backend.domain.ports import CancelRequested
from backend.domain.sessions import Attempt, Candidate, Session
from backend.search.context import SearchContext
from backend.search.tuner import EVALUATIONS
from backend.services.attempts import Attempts
from backend.services.preparation import LoopData
from backend.tools.backtester import Backtester
from tests.agents.sessions import application, document, only_session, run, small_request, stable

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Application, Session]:
    app = application(tmp_path_factory.mktemp("session"))
    return app, run(app, small_request())


def test_it_ends_with_a_verdict_and_its_reasons(ended: tuple[Application, Session]) -> None:
    app, session = ended
    shown = document(app, session)
    assert shown["status"] == "done"
    assert shown["verdict"]["outcome"] in ("proven", "unproven", "rejected")
    assert shown["verdict"]["reasons"]
    assert [attempt["n"] for attempt in shown["attempts"]] == [1, 2, 3]
    assert all(attempt["diagnosis"] for attempt in shown["attempts"] if attempt["failed_reason"] is None)
    assert shown["trials"] == sum(attempt["trials"] for attempt in shown["attempts"]) > 3
    assert 1 <= shown["effective_trials"] <= shown["trials"]


def test_the_cut_behind_a_strategy_is_found_again(ended: tuple[Application, Session]) -> None:
    app, session = ended
    tried = app.sessions.attempts(session)[-1].spec_hash
    assert app.sessions.periods_behind(app.owner, ("AAPL",), tried) == session.periods
    assert app.sessions.periods_behind(app.owner, ("MSFT",), tried) is None
    assert app.sessions.periods_behind("somebody", ("AAPL",), tried) is None
    assert app.sessions.periods_behind(app.owner, ("AAPL",), "0" * 32) is None


def test_the_loop_reads_nothing_after_prefetching(ended: tuple[Application, Session]) -> None:
    _, session = ended
    assert session.usage.data_reads == 0
    assert session.usage.posts_scored > 0


def test_events_count_up_by_one_and_tell_the_story(ended: tuple[Application, Session]) -> None:
    app, session = ended
    events = app.sessions.events(app.owner, session.session_id)
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    types = [event.type for event in events]
    assert types[0] == "session.started"
    assert types[-2:] == ["verdict.reached", "session.ended"]
    assert types.count("attempt.backtested") == types.count("attempt.analysed") == 3


def test_the_same_request_again_costs_nothing_and_says_the_same(tmp_path: Path) -> None:
    app = application(tmp_path)
    first = run(app, small_request())
    fresh = application(tmp_path)  # another process: nothing in memory
    second = run(fresh, small_request())
    assert (second.usage.source_calls, second.usage.data_reads, second.usage.posts_scored) == (0, 0, 0)
    assert stable(document(fresh, second)) == stable(document(app, first))
    assert second.datasets == first.datasets


def test_another_seed_is_another_look_at_the_same_holdout(tmp_path: Path) -> None:
    app = application(tmp_path)
    sessions = [run(app, small_request(seed=seed)) for seed in (0, 1)]
    ranks = [session.holdout.openings for session in sessions if session.holdout]
    assert ranks == list(range(1, len(ranks) + 1))


def test_a_rejected_session_opens_nothing(tmp_path: Path) -> None:
    app = application(tmp_path)
    session = run(app, small_request(text="momentum on AAPL, Sharpe above 6"))
    assert session.verdict is not None
    assert session.verdict.outcome == "rejected"
    assert session.holdout is None
    assert app.stores.ledger.list_openings(app.owner) == ()


class _Watching(Backtester):
    """The backtester, keeping what it was handed."""

    def __init__(self, attempts: Attempts) -> None:
        super().__init__(attempts)
        self.seen: list[LoopData] = []

    def test(
        self,
        session: Session,
        data: LoopData,
        candidate: Candidate,
        n: int,
        cancelled: CancelRequested,
        evaluations: int = EVALUATIONS,
    ) -> Attempt:
        self.seen.append(data)
        return super().test(session, data, candidate, n, cancelled, evaluations)


def test_no_bar_of_the_holdout_is_in_the_hands_of_the_loop(tmp_path: Path) -> None:
    app = application(tmp_path)
    watching = _Watching(app.crew.attempts)
    object.__setattr__(app, "crew", replace(app.crew, backtester=watching))
    session = run(app, small_request())
    assert session.periods is not None
    last = np.datetime64(session.periods.validation.end, "D")
    assert len(watching.seen) == 3
    for data in watching.seen:
        assert data.frame.bars.session[-1] == last
        arrays = [*data.frame.bars.arrays().values()]
        arrays += [column for c in data.frame.sentiment.values() for column in (c.mean, c.std, c.posts)]
        assert {len(array) for array in arrays} == {len(data.frame)}
        assert all(array.base is None for array in arrays)


class _Interrupting(BuiltInStrategist):
    """Stops the session from outside in its second iteration, or as a person at the keyboard would."""

    def __init__(self, app: Application, *, keyboard: bool) -> None:
        self._app, self._keyboard = app, keyboard

    def propose(self, context: SearchContext, occasion: Occasion) -> tuple[Candidate, ...]:
        if context.n == 2 and self._keyboard:
            raise KeyboardInterrupt
        if context.n == 2:
            self._app.sessions.cancel(self._app.owner, only_session(self._app).session_id)
        return super().propose(context, occasion)


@pytest.mark.parametrize(("keyboard", "raised"), [(True, KeyboardInterrupt), (False, Cancelled)])
def test_a_cancelled_session_keeps_what_was_finished_and_resumes(
    keyboard: bool, raised: type[BaseException], ended: tuple[Application, Session], tmp_path: Path
) -> None:
    app = application(tmp_path)
    object.__setattr__(app, "crew", replace(app.crew, strategist=_Interrupting(app, keyboard=keyboard)))
    with pytest.raises(raised):
        run(app, small_request())
    session = only_session(app)
    assert session.status == "cancelled"
    assert len(app.sessions.attempts(session)) == 1
    fresh = application(tmp_path)
    resumed = fresh.runner.run(session)
    assert stable(document(fresh, resumed)) == stable(document(*ended))


def test_resuming_a_finished_session_changes_nothing(ended: tuple[Application, Session]) -> None:
    app, session = ended
    before = app.sessions.events(app.owner, session.session_id)
    assert app.runner.run(session) == session
    assert app.sessions.events(app.owner, session.session_id) == before


def test_a_session_without_data_fails_and_says_why(tmp_path: Path) -> None:
    app = application(tmp_path)
    with pytest.raises(DataUnavailable):
        run(app, small_request(text="momentum on AAPL with sec sentiment"))
    session = only_session(app)
    assert session.status == "failed"
    assert "sec" in (session.failed_reason or "")


def test_a_request_without_a_symbol_is_a_question(tmp_path: Path) -> None:
    app = application(tmp_path)
    session = run(app, small_request(text="something that makes money with momentum"))
    assert session.status == "needs_input"
    assert "symbol" in (session.question or "")


def test_data_that_changes_under_a_session_stops_it(tmp_path: Path) -> None:
    app = application(tmp_path)
    object.__setattr__(app, "crew", replace(app.crew, strategist=_Interrupting(app, keyboard=False)))
    with pytest.raises(Cancelled):
        run(app, small_request())
    session = only_session(app)
    app.sessions.save(session.model_copy(update={"data_hash": "0" * 32}))
    with pytest.raises(Conflict, match="changed since it started"):
        application(tmp_path).runner.run(session)
