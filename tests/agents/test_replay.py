"""A stored session runs again from its record: the same JSON, nobody asked, nothing stored."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from backend.agents.crew import Crew
from backend.bootstrap import Application
from backend.bootstrap.replaying import replays
from backend.domain.errors import Conflict, ModelAway
from backend.domain.models import Budget
from backend.domain.periods import Period
from backend.domain.sessions import Session, SessionRequest
from backend.services.replays import Replayed
from tests.agents.llm_sessions.runs import asking, llm_request
from tests.agents.llm_sessions.runs import run as ask_and_run
from tests.agents.sessions import application, document, plain_request, run, small_request
from tests.servers import openai_server_faults as faults
from tests.servers.openai_server import OpenAIServer
from tests.servers.yahoo import YahooServer
from tests.services.market.quotes import made_bars

pytestmark = pytest.mark.slow


def kept(folder: Path) -> dict[str, str]:
    """What lies in a data folder, by content; the index of a write-ahead log changes with its readers."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith("-shm")]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def replayed(app: Application, session: Session) -> Replayed:
    """Replay a session and see that it leaves nothing behind."""
    folder = app.settings.data_dir
    before, counted = kept(folder), app.counters.snapshot()
    found = replays(app).replay(app.owner, session.session_id)
    assert kept(folder) == before
    assert app.counters.snapshot() == counted
    return found


def same(app: Application, session: Session) -> Replayed:
    """Replay a session that must come out as it is stored, in every byte of its document."""
    found = replayed(app, session)
    stored = app.sessions.load(app.owner, session.session_id)
    assert found.differences == ()
    told = json.dumps({"attempts": [a.model_dump(mode="json") for a in found.attempts], **dumped(found.session)})
    assert told == json.dumps(
        {"attempts": [a.model_dump(mode="json") for a in app.sessions.attempts(stored)], **dumped(stored)}
    )
    return found


def dumped(session: Session) -> dict[str, Any]:
    return session.model_dump(mode="json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that the tests of a worker share."""
    return tmp_path_factory.mktemp("replays")


def test_looks_that_came_later_change_nothing(folder: Path) -> None:
    app = application(folder)
    first, second = (run(app, small_request(seed=seed)) for seed in (11, 12))
    again = [same(application(folder), session) for session in (first, second)]
    opened = [one.session.holdout.openings for one in again if one.session.holdout]
    assert opened == [session.holdout.openings for session in (first, second) if session.holdout]
    assert opened == sorted(set(opened))  # the second looked at what the first had opened


def test_a_session_that_asked_back_asks_the_same(folder: Path) -> None:
    app = application(folder)
    session = run(app, small_request(text="momentum, drawdown under 20 %"))
    assert session.status == "needs_input"
    assert same(app, session).session.question == session.question


def test_a_models_session_needs_no_model(folder: Path, openai_server: OpenAIServer) -> None:
    app = asking(folder, openai_server)
    session = ask_and_run(app, llm_request(seed=21))
    asked = len(openai_server.requests)
    openai_server.__exit__(None, None, None)
    app.retention.prune()
    app.datasets.cleanup_orphans(app.owner, apply=True)
    (told,) = app.data_status()["model_replies"]
    assert told["replies"] >= asked  # no cleaning up takes what a replay reads
    found = same(asking(folder, openai_server, openai_api_key="none", openai_base_url=""), session)
    assert len(openai_server.requests) == asked > 0
    assert found.session.usage.calls == session.usage.calls == asked


def test_a_source_of_prices_is_not_asked(tmp_path: Path) -> None:
    listed = Period(start=date(2001, 1, 2), end=date(2007, 12, 31))
    with YahooServer() as yahoo:
        yahoo.add(made_bars("KO", listed))
        app = application(tmp_path, prices=("yfinance",), yahoo_url=yahoo.url)
        asked = SessionRequest(text="momentum, drawdown under 95 %", symbols=("KO",), iterations=1)
        session = run(app, asked)
        paths = len(yahoo.paths)
        same(application(tmp_path, prices=("yfinance",), yahoo_url=yahoo.url), session)
        assert len(yahoo.paths) == paths > 0


def test_tools_are_offered_as_they_were(folder: Path, openai_server: OpenAIServer) -> None:
    """Though no record says so, and the settings say the other."""
    for offered in (True, False):
        app = asking(folder, openai_server, model_tools=offered)
        session = ask_and_run(app, llm_request(seed=25, iterations=1))
        assert same(asking(folder, openai_server, model_tools=not offered), session).session == session


def said(app: Application, session: Session, text: str) -> Session:
    """The session after somebody said something, and after what that set running."""
    heard = app.conversation.say(app.owner, session.session_id, text)
    return app.runner.run(heard.session) if heard.runs else heard.session


def test_every_turn_of_a_conversation_is_played(folder: Path, openai_server: OpenAIServer) -> None:
    app = asking(folder, openai_server)
    session = ask_and_run(app, llm_request(strategist="both", seed=31, iterations=2))
    for words in ("how many trials were there?", "less drawdown, 2 more attempts", "colourless green ideas"):
        session = said(app, session, words)
    assert [turn.kind for turn in session.turns] == ["request", "question", "refinement", "unclear"]
    assert len(app.sessions.attempts(session)) == 4
    ask_and_run(app, llm_request(strategist="both", seed=32, iterations=1))  # looks at the hold-out between two turns
    session = said(app, session, "at least 10 trades, one more attempt")
    again = same(asking(folder, openai_server, openai_base_url="", openai_api_key="none"), session)
    assert [turn.n for turn in again.session.turns if turn.ending] == [1, 3, 5]


def test_a_conversation_that_was_asked_back_goes_on(folder: Path) -> None:
    app = application(folder)
    session = run(app, small_request(text="momentum, drawdown under 20 %", iterations=1))
    session = said(app, session, "AAPL")
    assert session.status == "done"
    same(app, session)


def test_a_session_that_carries_another_on_is_played(folder: Path) -> None:
    app = application(folder)
    session = run(app, small_request(seed=33, iterations=1))
    elsewhere = said(app, session, "now on MSFT")
    assert elsewhere.continues == session.session_id
    same(app, elsewhere)
    moved_on = said(app, said(app, elsewhere, "back to AAPL"), "only short, 2 more attempts")
    assert moved_on.session_id == session.session_id
    assert moved_on.chosen != session.chosen
    same(app, elsewhere)
    same(app, moved_on)


class Ticking(Application):
    """An application in which every look at the timer takes a tenth of a second."""

    @cached_property
    def crew(self) -> Crew:
        """With that timer."""
        ticks = count()
        return replace(super().crew, timer=lambda: next(ticks) / 10)


def test_a_budget_of_seconds_ends_it_where_it_did(folder: Path) -> None:
    app = Ticking(application(folder).settings)
    session = run(app, small_request(seed=41, iterations=20, budget=Budget(seconds=3)))
    assert {stop.kind for stop in session.stops} == {"seconds"}
    assert 0 < len(app.sessions.attempts(session)) < 20
    same(app, session)


def test_an_outage_stays_where_it_was(folder: Path, openai_server: OpenAIServer) -> None:
    app = asking(folder, openai_server, model_retries=0)
    openai_server.fail_at(dict.fromkeys(range(3, 99), faults.status(500)))
    session = ask_and_run(app, llm_request(strategist="both", seed=51, iterations=4))
    assert {stop.kind for stop in session.stops} == {"outage"}
    same(app, session)


def test_a_failed_session_fails_the_same_way(folder: Path, openai_server: OpenAIServer) -> None:
    app = asking(folder, openai_server, model_retries=0)
    openai_server.fail_at(dict.fromkeys(range(2, 99), faults.status(500)))
    session = app.open_session(llm_request(seed=61))
    with pytest.raises(ModelAway):
        app.runner.run(session)
    failed = app.sessions.load(app.owner, session.session_id)
    assert failed.status == "failed"
    assert same(app, failed).session.failed_reason == failed.failed_reason


def rewrite(app: Application, statement: str, **values: object) -> None:
    """Change a stored row past the application."""
    engine = create_engine(app.settings.store_url)
    with engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount > 0
    engine.dispose()


@pytest.fixture
def own(tmp_path: Path, openai_server: OpenAIServer) -> tuple[Callable[[], Application], Session]:
    """A model's session in a store of its own, and how to open that store once more."""
    session = ask_and_run(asking(tmp_path, openai_server), llm_request(seed=71, iterations=2))
    return lambda: asking(tmp_path, openai_server), session


def test_what_does_not_repeat_is_refused_or_named(own: tuple[Callable[[], Application], Session]) -> None:
    opened, session = own
    app = opened()
    shown = document(app, session)
    attempts = app.sessions.attempts(session)
    assert attempts[1].train is not None
    bent = attempts[1].model_copy(update={"train": attempts[1].train.model_copy(update={"sharpe": 9.0})})
    app.stores.sessions.save_attempt(session.session_id, bent, None)
    app.sessions.save(session.model_copy(update={"trials": session.trials + 1}))
    assert replayed(opened(), session).differences == ("attempts[1].train.sharpe", "trials")
    app.stores.sessions.save_attempt(session.session_id, attempts[1], None)
    app.sessions.save(session)
    assert document(app, session) == shown

    last = app.stores.models.list_calls(app.owner, session.session_id)[-1]
    rewrite(app, "DELETE FROM model_replies WHERE request_hash = :hash", hash=last.request_hash)
    with pytest.raises(Conflict, match=rf"[Nn]o recorded reply .*{last.step}"):
        replayed(opened(), session)

    rewrite(app, "UPDATE market_bars SET close = close * 1.001, high = high * 1.002 WHERE session = '2007-03-01'")
    with pytest.raises(Conflict, match=f"The data of session {session.session_id} changed since it started"):
        replayed(opened(), session)
    rewrite(app, "DELETE FROM market_bars")
    rewrite(app, "DELETE FROM market_coverage")
    with pytest.raises(Conflict, match="was tested on prices that are no longer stored"):
        replayed(opened(), session)
    rewrite(app, "DELETE FROM session_datasets")
    rewrite(app, "DELETE FROM trading_datasets")
    with pytest.raises(Conflict, match="was tested on a dataset that is no longer stored"):
        replayed(opened(), session)


def test_no_replay_shows_a_hold_out_that_was_not_opened(folder: Path) -> None:
    """A session that failed before its conclusion, for a reason that is over: the replay would conclude."""
    app = application(folder)
    session = run(app, plain_request(text="momentum on AAPL, drawdown under 90 %", seed=31, iterations=3))
    assert session.holdout is not None
    cleared = dict.fromkeys(("verdict", "holdout", "null_league", "chosen"))
    (turn,) = session.turns
    turns = (turn.model_copy(update={"ending": None, "answer": ""}),)
    app.sessions.save(
        session.model_copy(update={**cleared, "status": "failed", "failed_reason": "Full.", "turns": turns})
    )
    with pytest.raises(Conflict, match="came to a hold-out that was not opened") as refused:
        replayed(app, session)
    assert str(session.holdout.metrics.sharpe) not in f"{refused.value.message} {refused.value.hint}"


def test_a_session_that_has_not_ended_is_not_replayed(folder: Path) -> None:
    app = application(folder)
    session = app.sessions.open(app.owner, small_request(), app.strategist.name)
    with pytest.raises(Conflict, match="is running; a session is replayed when it has ended by itself"):
        replayed(app, session)
    app.sessions.stop(session, "cancelled")
    with pytest.raises(Conflict, match="is cancelled"):
        replayed(app, session)
