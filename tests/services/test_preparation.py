"""A session keeps the very data that it started with, or says that it is no longer there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from backend.bootstrap import Application
from backend.domain.bars import Bars
from backend.domain.errors import Conflict
from backend.domain.goal import Goal
from backend.domain.periods import Period
from backend.domain.sentiment import DatasetLink, Post
from backend.domain.sessions import Session
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import trading_calendar
from backend.providers.prices.sample import SamplePrices
from backend.services.preparation import CUT_ANEW, Prepared
from tests.agents.sessions import application
from tests.services.datasets.desk import silent
from tests.stores.samples import make_session

YEARS = Period(start=date(2009, 1, 2), end=date(2010, 12, 31))
Start = Callable[[], Application]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """A new process over the same data; prices of AAPL were imported."""

    def begin() -> Application:
        return application(tmp_path, prices=("file",), posts=("file", "sample"))

    begin().stores.market.write_bars(imported(), YEARS)
    return begin


def imported() -> Bars:
    return replace(SamplePrices(trading_calendar).fetch("AAPL", Timeframe.DAY, YEARS), source="file")


def begun(app: Application) -> tuple[Session, Prepared]:
    """A session that was prepared, with what it knows from then on."""
    goal = Goal(request="x", symbols=("AAPL",), channels=("reddit",))
    session = make_session("ses_1", app.owner, goal=goal, periods=None)
    app.stores.sessions.add_session(session)
    prepared = app.preparation.prepare(session, goal, silent)
    facts = {
        "goal": prepared.loop.goal,
        "periods": prepared.periods,
        "data_hash": prepared.sealed.data_hash,
        "datasets": tuple(DatasetLink.of(d) for d in prepared.datasets),
        "notices": prepared.notices,
    }
    return app.sessions.save(session.model_copy(update=facts)), prepared


def test_the_pinned_bars_are_those_that_were_tested(start: Start) -> None:
    app = start()
    session, _ = begun(app)
    for process in (app, start()):
        (bars,) = process.preparation.pinned_bars(session)
        frame = process.datasets.frame(bars, process.datasets.versions(app.owner, session.datasets))
        assert frame.data_hash == session.data_hash


def test_bars_that_an_adjustment_replaced_cannot_be_pinned(start: Start) -> None:
    app = start()
    session, _ = begun(app)
    bars = imported()
    halved = {name: getattr(bars, name) / 2 for name in ("open", "high", "low", "close")}
    app.stores.market.replace_series(replace(bars, **halved), YEARS)
    (kept,) = app.preparation.pinned_bars(session)  # what this process tested is in memory
    assert kept.content_hash == bars.content_hash
    with pytest.raises(Conflict, match="data of session ses_1 changed since it started"):
        start().preparation.recall(session)
    app.preparation.forget(session)
    app.market.forget("AAPL")
    with pytest.raises(Conflict, match="changed since it started"):
        app.preparation.pinned_bars(session)


def test_posts_imported_since_do_not_change_a_session_that_had_started(start: Start) -> None:
    session, prepared = begun(start())
    app = start()
    posts = [
        Post(
            id=str(n), symbol="AAPL", channel="reddit", created_at=datetime(2010, 3, n, 15, tzinfo=UTC), text="bullish"
        )
        for n in (9, 10)
    ]
    app.stores.posts.write_posts("file", posts)
    again = start().preparation.recall(session)
    assert again.sealed.data_hash == session.data_hash
    assert [d.id for d in again.datasets] == [d.id for d in prepared.datasets]
    assert (again.periods, again.notices) == (prepared.periods, prepared.notices)
    np.testing.assert_array_equal(again.loop.frame.bars.close, prepared.loop.frame.bars.close)


def test_recalling_reads_each_version_once_and_fetches_nothing(start: Start) -> None:
    session, _ = begun(start())
    app = start()
    app.preparation.recall(session)
    reads = app.counters.data_reads
    app.preparation.recall(session)
    assert (app.counters.source_calls, app.counters.dataset_writes) == (0, 0)
    assert app.counters.data_reads == reads


def test_versions_that_were_cleaned_up_are_made_again(start: Start) -> None:
    app = start()
    session, prepared = begun(app)
    app.stores.sessions.save_session(session.model_copy(update={"status": "done"}))
    assert app.datasets.cleanup_orphans(app.owner, timedelta(0), apply=True).deleted == 1
    later = start()
    assert later.preparation.recall(session).sealed.data_hash == session.data_hash
    assert [link.id for link in later.datasets.associate_with_bot(app.owner, "ses_1", session.datasets)] == [
        d.id for d in prepared.datasets
    ]


def test_periods_of_the_session_before_are_kept_where_the_data_reaches_over_them(start: Start) -> None:
    app = start()
    wanted = begun(app)[1].periods
    goal = Goal(request="x", symbols=("AAPL",), start=wanted.train.start, end=wanted.holdout.end)
    there = make_session("ses_2", app.owner, goal=goal, periods=wanted)
    kept = app.preparation.prepare(there, goal, silent)
    assert (kept.periods, CUT_ANEW in kept.notices) == (wanted, False)
    longer = wanted.model_copy(update={"train": wanted.train.model_copy(update={"start": date(2001, 1, 2)})})
    anew = app.preparation.prepare(make_session("ses_3", app.owner, goal=goal, periods=longer), goal, silent)
    assert (anew.periods, CUT_ANEW in anew.notices) == (wanted, True)


def test_a_follow_up_changes_the_goal_and_not_the_data(start: Start) -> None:
    app = start()
    session, before = begun(app)
    other = session.model_copy(update={"goal": Goal(request="y", symbols=("AAPL",), direction="both")})
    after = app.preparation.recall(other)
    assert (after.loop.goal.request, after.loop.goal.direction) == ("y", "both")
    assert (after.loop.goal.start, after.loop.goal.end) == (before.periods.train.start, before.periods.holdout.end)
    assert after.sealed is before.sealed
