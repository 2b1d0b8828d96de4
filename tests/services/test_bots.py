"""A bot keeps the strategy, its verdict, and the very data that it was tested on."""

from pathlib import Path

import pytest

from backend.bootstrap import Application
from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.domain.sessions import Session
from tests.agents.sessions import application, run, small_request

pytestmark = pytest.mark.slow


@pytest.fixture
def ended(tmp_path: Path) -> tuple[Application, Session]:
    app = application(tmp_path)
    return app, run(app, small_request())


def test_it_is_linked_to_the_datasets_and_bars_of_its_session(ended: tuple[Application, Session]) -> None:
    app, session = ended
    bot = app.bots.save(session, app.sessions.attempts(session), "first")
    kept = app.bots.load(app.owner, bot.bot_id)
    assert kept == bot
    assert {link.id for link in kept.datasets} == {link.id for link in session.datasets}
    assert [app.stores.datasets.load_dataset(app.owner, link.id).content_hash for link in kept.datasets] == [
        link.content_hash for link in session.datasets
    ]
    pinned = app.stores.bots.load_snapshot(app.owner, kept.bars_snapshots[0])
    assert pinned.symbol == "AAPL"
    assert pinned.session[-1].astype(object) == session.periods.holdout.end if session.periods else False
    assert app.sessions.load(app.owner, session.session_id).bot_id == bot.bot_id


def test_its_numbers_are_those_of_the_chosen_attempt(ended: tuple[Application, Session]) -> None:
    app, session = ended
    chosen = next(a for a in app.sessions.attempts(session) if a.attempt_id == session.chosen)
    bot = app.bots.save(session, app.sessions.attempts(session), "first")
    assert (bot.spec, bot.spec_hash) == (chosen.spec, chosen.spec_hash)
    assert (bot.metrics.train, bot.metrics.validation) == (chosen.train, chosen.validation)
    assert bot.data_hash == session.data_hash
    assert bot.verdict == session.verdict


def test_a_session_is_saved_once_and_a_name_is_used_once(ended: tuple[Application, Session]) -> None:
    app, session = ended
    app.bots.save(session, app.sessions.attempts(session), "first")
    with pytest.raises(Conflict, match="saved before"):
        app.bots.save(app.sessions.load(app.owner, session.session_id), app.sessions.attempts(session), "second")
    other = run(app, small_request(seed=1))
    with pytest.raises(Conflict, match="first"):
        app.bots.save(other, app.sessions.attempts(other), "first")
    assert app.sessions.load(app.owner, other.session_id).bot_id is None


def test_a_deleted_bot_leaves_its_session_and_its_datasets(ended: tuple[Application, Session]) -> None:
    app, session = ended
    bot = app.bots.save(session, app.sessions.attempts(session), "first")
    app.bots.delete(app.owner, bot.bot_id)
    assert app.bots.list(app.owner) == ()
    assert app.stores.datasets.load_dataset(app.owner, bot.datasets[0].id).id == bot.datasets[0].id
    freed = app.sessions.load(app.owner, session.session_id)
    assert app.bots.save(freed, app.sessions.attempts(freed), "first").name == "first"
    with pytest.raises(NotFound, match=bot.bot_id):
        app.bots.delete(app.owner, bot.bot_id)


def test_it_names_the_engine_that_its_session_ran_on(ended: tuple[Application, Session]) -> None:
    app, session = ended
    older = app.sessions.save(session.model_copy(update={"engine_version": "0"}))
    assert app.bots.save(older, app.sessions.attempts(older), "first").engine_version == "0"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_bot_needs_a_name(ended: tuple[Application, Session], name: str) -> None:
    app, session = ended
    with pytest.raises(InvalidInput, match="1 to 80"):
        app.bots.save(session, app.sessions.attempts(session), name)


def test_a_session_that_is_not_done_cannot_be_saved(ended: tuple[Application, Session]) -> None:
    app, session = ended
    with pytest.raises(Conflict, match="cancelled"):
        app.bots.save(session.model_copy(update={"status": "cancelled"}), (), "early")
